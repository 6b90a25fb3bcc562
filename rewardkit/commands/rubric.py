"""`rewardkit rubric check`: whether rubric files can be used, and what they come to."""

from __future__ import annotations

import sys
from argparse import Namespace

from rewardkit.commands.judge_tables import show
from rewardkit.errors import UsageError
from rewardkit.judges.kinds.kind import Item
from rewardkit.judges.kinds.rubric import Criteria
from rewardkit.judges.kinds.rubric_file import notes, read_rubric

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Show each rubric; 1 when one of them cannot be used."""
    lost = 0
    for path in options.files:
        try:
            rubric = read_rubric(path)
        except UsageError as cause:
            print(f"{path}: {cause}", file=sys.stderr)
            lost += 1
            continue
        _show(path, rubric)
    return 1 if lost else 0


def _show(path: str, rubric: Criteria) -> None:
    records = [
        {"criterion": text, "id": f"c{place}", "weight": f"{weight:g}"}
        for place, (text, weight) in enumerate(rubric.criteria, start=1)
    ]
    show(path, records)
    ways = [name for name in ("ordered", "reasons", "may_abstain") if getattr(rubric, name)]
    calls = len(rubric.parts([Item("", (), "")]))
    requests = "1 request" if calls == 1 else f"{calls} requests"
    print(f"{len(records)} criteria, {requests} a row, template {rubric.prompt.version}{', ' * bool(ways)}{', '.join(ways)}")
    for note in notes(rubric):
        print(f"note: {note}")
