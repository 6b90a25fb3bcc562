"""`rewardkit compare`: two scorings of the same rows, by reason and route, and what the change does to groups."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from rewardkit.errors import UsageError
from rewardkit.report.changes import CLASSES, Changes, compared
from rewardkit.report.changes_page import write_changes
from rewardkit.report.records import read_records

__all__ = ["run"]

SHOWN = 20


def run(options: Namespace) -> int:
    """Show what changed; 2 when a file cannot be read, is no scored file, or the page cannot be written."""
    for name in (options.before, options.after):
        if not Path(name).is_file():
            message = f"cannot read {name}: no such file. It is what rewardkit score wrote, or a reward function's trace"
            raise UsageError(message)
    changes = compared(read_records(options.before), read_records(options.after), group_size=options.group_size)
    if options.json:
        print(json.dumps(changes.as_json(), ensure_ascii=False))
    else:
        _show(changes)
    if options.report:
        try:
            page = write_changes(changes, options.report, before=options.before, after=options.after)
        except OSError as cause:
            message = f"cannot write {options.report}: {cause.strerror}"
            raise UsageError(message) from None
        print(f"report: {page}", file=sys.stderr)
    return 0


def _show(changes: Changes) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("before \\ after")
    for name in CLASSES:
        table.add_column(name, justify="right")
    for before in CLASSES:
        table.add_row(before, *(f"{changes.confusion[before, after]:,}" for after in CLASSES))
    out.print(table)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("reason before", "reason after", "rows"):
        table.add_column(name, justify="right" if name == "rows" else "left")
    for (before, after), rows in changes.reasons.most_common(SHOWN):
        table.add_row(Text(before), Text(after), f"{rows:,}")
    if changes.reasons:
        out.print(table)
    for name, counts in sorted(changes.routes.items()):
        if counts["changed"]:
            out.print(Text(f"route {name}: {counts['changed']:,} of {counts['rows']:,} rows changed"))
    groups = changes.groups
    out.print(
        f"{changes.changed:,} of {changes.rows:,} rows changed; {groups.groups:,} groups: {groups.gained:,} gained contrast, "
        f"{groups.lost:,} lost it, {groups.flipped:,} rows changed the sign of their advantage"
    )
    if changes.only_before or changes.only_after:
        out.print(f"{changes.only_before:,} rows only in the first file, {changes.only_after:,} only in the second")
