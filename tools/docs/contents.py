"""The list of all pages on the first one: the navigation of `mkdocs.yml`, and of each page the sentence that it begins with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_NO_TEXT = re.compile(r"```|[|<#>]|[*-] |!\[")
_SENTENCE = re.compile(r".+?[.?!](?=\s|$)", re.DOTALL)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def opening(path: Path) -> str:
    """The first sentence below a page's title, on one line and without links; empty where no text stands there."""
    text = _FRONT_MATTER.sub("", path.read_text(encoding="utf-8")).lstrip()
    first = text.partition("\n")[2].lstrip().partition("\n\n")[0]
    found = None if _NO_TEXT.match(first) else _SENTENCE.match(first)
    return "" if found is None else _LINK.sub(r"\1", " ".join(found[0].split()))


def contents() -> str:
    """A section for each part of the navigation, in its order."""
    navigation = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    parts = [(name, below) for entry in navigation for name, below in entry.items() if isinstance(below, list)]
    return "\n".join(f"## {name}\n\n" + "\n".join(_lines(below)) + "\n" for name, below in parts)


def _lines(below: list[dict[str, object]]) -> Iterator[str]:
    for entry in below:
        for name, page in entry.items():
            if isinstance(page, list):
                yield f"\n**{name}**\n"
                yield from _lines(page)
            else:
                yield f"* [{name}]({page}): {opening(DOCS / str(page))}"
