"""`rewardkit report`: a page over what `score` wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cli_program import Done, call_here

ROWS = [{"id": "first", "completion": "B", "answer": "B"}, {"id": "second", "completion": "C", "answer": "B"}, "bad"]


def test_the_page_is_written_from_verdicts_or_from_a_trace(score: Callable[..., Done], tmp_path: Path) -> None:
    trace, page = tmp_path / "trace.jsonl", tmp_path / "page.html"
    scored = score(ROWS, "--trace", trace)
    for source in (scored.path, trace):
        done = call_here("report", source, "-o", page)
        assert (done.returncode, done.stdout) == (0, "")
        assert f"report: {page}" in done.stderr
        text = page.read_text(encoding="utf-8")
        assert all(word in text for word in ("first", "second", "bad_row", "choice.option", source.name))


def test_an_unfinished_line_is_counted_and_an_empty_file_has_a_page(score: Callable[..., Done], tmp_path: Path) -> None:
    scored = score(ROWS)
    for data in (scored.path.read_bytes()[:-20], b""):
        scored.path.write_bytes(data)
        assert call_here("report", scored.path, "-o", tmp_path / "page.html").returncode == 0


@pytest.mark.parametrize(
    ("source", "page", "message"),
    [
        ("none.jsonl", "page.html", "none.jsonl: no such file. It is what rewardkit score wrote"),
        (".", "page.html", "no such file"),
        ("in.jsonl", "page.html", "not a scored file. Score it first: rewardkit score"),
        ("out.jsonl", ".", "Is a directory"),
        ("out.jsonl", "none/page.html", "No such file"),
        ("out.jsonl", "in.jsonl/page.html", "Not a directory"),
        ("out.jsonl", "/dev/full", "No space left"),
        ("out.jsonl", "out.jsonl", "both input and output"),
    ],
)
def test_a_wrong_call_says_so_and_spoils_nothing(
    score: Callable[..., Done], tmp_path: Path, source: str, page: str, message: str
) -> None:
    scored = score(ROWS)
    before = scored.path.read_bytes()
    done = call_here("report", tmp_path / source, "-o", tmp_path / page)
    assert done.returncode == 2
    assert message in done.stderr
    assert scored.path.read_bytes() == before
