"""The published rewards side by side, in the docs: tables and charts by the code of `examples.comparison`."""

from __future__ import annotations

import sys
from pathlib import Path

import figures

ROOT = Path(__file__).parents[2]


def page(path: Path) -> str:
    """The page with its three tables."""
    tables = _of_examples()
    runs, steps = tables.read(tables.COMPARED), tables.read(tables.HACKED)
    text = figures.filled(path, f"{tables.table(runs)}\n{tables.cost(runs)}", "arms")
    text = figures.filled(path, tables.tricks(runs), "tricks", text)
    return figures.filled(path, tables.hacks(runs, steps), "hacks", text)


def dots() -> str:
    """The chart of every run."""
    tables = _of_examples()
    from examples.comparison import plot

    return plot.dots(tables.read(tables.COMPARED))


def hacked() -> str:
    """The chart of the hacks."""
    tables = _of_examples()
    from examples.comparison import plot

    return plot.hacked(tables.read(tables.HACKED))


def _of_examples():  # type: ignore[no-untyped-def]
    if str(ROOT) not in sys.path:
        sys.path.append(str(ROOT))
    from examples.comparison import tables

    return tables
