"""Tables of `bench-judge`: printed, as JSON, and one number a line as CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rewardkit.judges.calibration.measures import Estimate

__all__ = ["Record", "Results", "cell", "plain", "show", "write_csv"]

Record = dict[str, Any]
Results = dict[str, list[Record]]


def show(title: str, records: Sequence[Record]) -> None:
    """Print a table; nothing without records."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not records:
        return
    names = list(dict.fromkeys(name for record in records for name in record))
    table = Table(box=None, pad_edge=False, header_style="bold", title=title, title_justify="left")
    for name in names:
        table.add_column(name, justify="left" if isinstance(records[0].get(name), str) else "right")
    for record in records:
        table.add_row(*(Text(cell(record.get(name))) for name in names))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def cell(value: Any) -> str:
    """A value as it stands in a table."""
    if isinstance(value, float):
        return f"{value:.3f}"
    return "–" if value is None else str(value)


def plain(results: Results) -> Results:
    """The tables with each interval as two numbers of their own."""
    return {title: [dict(_numbers(record)) for record in records] for title, records in results.items()}


def write_csv(path: str, results: Results) -> None:
    """One line a number: table, row, column, value."""
    with open(path, "w", encoding="utf-8", newline="") as sink:  # checked before the work
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(("table", "row", "column", "value"))
        for title, records in plain(results).items():
            for record in records:
                labels = " / ".join(str(value) for value in record.values() if isinstance(value, str))
                writer.writerows((title, labels, name, value) for name, value in record.items() if not isinstance(value, str))


def _numbers(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if isinstance(value, Estimate):
            yield from ((name, value.value), (f"{name} low", value.low), (f"{name} high", value.high))
        else:
            yield name, value
