"""What a judge alone is worth on the rows that the guard leaves to it; the figures hold the guard's rows too."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from benchmarks.leaderboard.judges import FORMS, name_of
from benchmarks.leaderboard.run import Run
from benchmarks.leaderboard.suites import Suite
from rewardkit.judges.calibration.measures import Measure, Rated, estimates
from rewardkit.judges.guard import Guard

__all__ = ["table", "write"]

FILE = "asked.csv"
SHOWN = (Measure.ACCURACY, Measure.PRECISION, Measure.RECALL, Measure.KAPPA)


def write(suites: Sequence[Suite], run: Run, model: str, folder: Path) -> None:
    """Keep a line a judge that decides alone: rows asked about, how many are right, and measures with intervals."""
    guard = Guard()
    open_rows = [
        (suite, row) for suite in suites for row, pair in enumerate(suite.rows) if guard.look(pair.sample).verdict is None
    ]
    lines = []
    for name in (name_of(form, model) for form in FORMS if form != "rules"):
        if name in run.said:
            rated = [
                Rated(float(run.said[name][suite.name][row].accepted), bool(suite.rows[row].label), f"{suite.name} {row}")
                for suite, row in open_rows
            ]
            found = estimates(rated)
            counts = {"system": name, "asked": len(rated), "right": sum(one.label for one in rated)}
            lines.append(counts | {measure.value: str(found[measure]) for measure in SHOWN})
    if lines:
        with (folder / FILE).open("w", encoding="utf-8", newline="") as sink:
            writer = csv.DictWriter(sink, list(lines[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)


def table(folder: Path) -> str:
    """What `write` kept, as Markdown."""
    with (folder / FILE).open(encoding="utf-8", newline="") as source:
        lines = list(csv.reader(source))
    lines.insert(1, ["---", *["--:"] * (len(lines[0]) - 1)])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
