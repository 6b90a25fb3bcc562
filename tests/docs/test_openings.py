"""Every page says in its first sentence what it is for; the first page of the site lists those sentences."""

from __future__ import annotations

import runpy
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from doc_pages import DOCS, ROOT, name_of

pytest.importorskip("yaml")
opening: Callable[[Path], str] = runpy.run_path(str(ROOT / "tools" / "docs" / "contents.py"))["opening"]
PAGES = sorted(DOCS.rglob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_begins_with_what_it_is_for(page: Path) -> None:
    said = opening(page)
    assert 25 <= len(said) <= 200, (
        f"the first paragraph of {name_of(page)} wants one short sentence that says what it is for: {said!r}"
    )


def test_no_two_pages_are_for_the_same() -> None:
    twice = [said for said, times in Counter(map(opening, PAGES)).items() if times > 1]
    assert not twice


@pytest.mark.parametrize(
    "text", ["```\ncode\n```\n", "| a | b |\n|---|---|\n", "* a list.\n", "## Another heading\n\nText.\n", ""]
)
def test_what_is_no_sentence_is_none(text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n{text}")
    assert opening(page) == ""


def test_links_and_front_matter_are_left_out(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("---\nsearch:\n  exclude: true\n---\n\n# Title\n\nHow to\n[score](cli.md) it. And more.\n")
    assert opening(page) == "How to score it."
