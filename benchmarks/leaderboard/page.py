"""The page of the documentation: what stands between its markers, and the chart beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.leaderboard import asked, tables
from benchmarks.leaderboard import kept as store
from benchmarks.leaderboard.chart import chart
from benchmarks.leaderboard.kept import Kept
from benchmarks.rows import ROOT

__all__ = ["CHART", "PAGE", "filled", "summary", "write"]

PAGE = ROOT / "docs" / "reference" / "leaderboard.md"
CHART = PAGE.with_suffix(".svg")

PARTS: dict[str, Callable[[Kept], str]] = {
    "measured": tables.measured,
    "summary": tables.summary,
    "forms": tables.by_form,
    "suites": tables.suites,
    "accuracies": tables.matrix,
    "figures": tables.every_figure,
    "missing": tables.missing,
    "judges": lambda kept: tables.with_judges(store.read(store.JUDGED)),
    "judges alone": lambda kept: asked.table(store.JUDGED),
}


def write(kept: Kept, path: Path = PAGE) -> None:
    """Bring the page and its chart up to date."""
    path.write_text(filled(path.read_text(encoding="utf-8"), kept), encoding="utf-8")
    path.with_suffix(".svg").write_text(chart(kept), encoding="utf-8")


def filled(text: str, kept: Kept) -> str:
    """The page with each part between its markers written again. Raises `ValueError` for a page without one of them."""
    for name, part in PARTS.items():
        begin, end = f"<!-- {name}: written by benchmarks.leaderboard -->", f"<!-- end of {name} -->"
        head, found, rest = text.partition(begin)
        _, closed, tail = rest.partition(end)
        if not found or not closed:
            message = f"the page has no part {name!r}: wanted {begin} … {end}"
            raise ValueError(message)
        text = f"{head}{begin}\n{part(kept)}{end}{tail}"
    return text


def summary(kept: Kept) -> str:
    """The table for a terminal."""
    return tables.summary(kept)
