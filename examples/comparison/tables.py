"""The tables of the comparison from its two CSV files, without anything that trains."""

from __future__ import annotations

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from examples.comparison.intervals import Interval, Runs, difference, interval
from examples.comparison.tricks import TRICKS, Trick

__all__ = ["COMPARED", "HACKED", "WARM", "compared", "cost", "hacks", "ranked", "read", "table", "tricks"]

DATA = Path(__file__).parents[2] / "benchmarks" / "data"
COMPARED, HACKED = DATA / "recipes_compared.csv", DATA / "recipes_hacked.csv"
WARM = "the warm start"
SHOWN = {
    "sampled_accuracy": "accuracy",
    "greedy_accuracy": "greedy",
    "sampled_form": "think, answer",
    "sampled_observed": "observe, think, answer",
    "sampled_explained": "explained",
    "sampled_words": "its words",
    "sampled_tokens": "tokens",
    "spread": "groups with spread",
}

CURVES = ("reward", "accuracy", "words", "form")


def read(path: Path) -> dict[str, list[dict[str, str]]]:
    """The lines of each arm."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as source:
        for line in csv.DictReader(source):
            found[line["arm"]].append(line)
    return dict(found)


def compared(runs: Runs) -> Runs:
    """The arms of the comparison, without the warm start and without the longer runs of hacks."""
    return {name: lines for name, lines in runs.items() if lines[0]["published"]}


def ranked(runs: Runs) -> list[str]:
    """The arms of the comparison, by their accuracy at temperature 1."""
    own = compared(runs)
    return sorted(own, key=lambda name: -interval(own, name, "sampled_accuracy").mean)


def table(runs: Runs) -> str:
    """An arm a line, published ones in bold, by their accuracy."""
    lines = [f"| | runs | {' | '.join(SHOWN.values())} | alarms |", f"|---|--:|{'--:|' * len(SHOWN)}---|"]
    own = compared(runs)
    start = {column: fmean(float(line[column]) for line in runs[WARM]) for column in SHOWN if runs[WARM][0][column]}
    cells = [_number(column, start[column]) if column in start else "" for column in SHOWN]
    lines.append(f"| *{WARM}* | {len(runs[WARM])} | {' | '.join(cells)} | |")
    for name in ranked(runs):
        title = f"**{name}**" if own[name][0]["published"] == "1" else name
        cells = []
        for column in SHOWN:
            one = interval(own, name, column)
            cells.append(_number(column, one.mean) + (f" ± {one.reach:.2f}" if column.endswith("accuracy") else ""))
        lines.append(f"| {title} | {len(own[name])} | {' | '.join(cells)} | {_alarms(own[name])} |")
    return "\n".join(lines) + "\n"


def tricks(runs: Runs, named: Sequence[Trick] = TRICKS) -> str:
    """A trick a line: what it does to accuracy, and whether that can be told from chance."""
    own = compared(runs)
    lines = ["| | accuracy | greedy | form it asks for | for accuracy it |", "|---|--:|--:|--:|---|"]
    for trick in named:
        if trick.of not in own or trick.without not in own:
            lines.append(f"| {trick.name} | not measured | | | |")
            continue
        sampled, greedy = (difference(own, trick, f"{way}_accuracy") for way in ("sampled", "greedy"))
        form = difference(own, trick, trick.form)
        cells = " | ".join(f"{one.mean:+.2f} ± {one.reach:.2f}" for one in (sampled, greedy, form))
        lines.append(f"| {trick.name} | {cells} | {_verdict(sampled, greedy)} |")
    return "\n".join(lines) + "\n"


def _verdict(*differences: Interval) -> str:
    signs = {math.copysign(1, one.mean) for one in differences if abs(one.mean) > one.reach}
    if len(signs) != 1:
        return "cannot be told from chance" if not signs else "helps one and hurts the other"
    return "helps" if signs == {1.0} else "hurts"


def hacks(runs: Runs, steps: Runs) -> str:
    """The longer runs: the first steps beside the last, and what the model then does on ordinary questions."""
    lines = [
        "| | runs | reward, first and last | accuracy of the rows paid for | its words | form | ordinary questions: accuracy "
        "| greedy | alarms |",
        "|---|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for name, rows in steps.items():
        last = max(int(row["step"]) for row in rows)
        ends = [[row for row in rows if where(int(row["step"]))] for where in (lambda s: s < 5, lambda s, end=last: s > end - 5)]
        cells = [" → ".join(f"{fmean(float(row[column]) for row in end):.2f}" for end in ends) for column in CURVES]
        after = [f"{fmean(float(line[f'{way}_accuracy']) for line in runs[name]):.2f}" for way in ("sampled", "greedy")]
        seeds = len({row["seed"] for row in rows})
        lines.append(f"| {name} | {seeds} | {' | '.join([*cells, *after])} | {_alarms(runs[name])} |")
    start = [f"{fmean(float(line[f'{way}_accuracy']) for line in runs[WARM]):.2f}" for way in ("sampled", "greedy")]
    lines.append(f"| *{WARM}* | {len(runs[WARM])} | | | | | {' | '.join(start)} | |")
    return "\n".join(lines) + "\n"


def cost(runs: Runs) -> str:
    """The processor's seconds of everything, where and when."""
    lines = [line for found in runs.values() for line in found]
    total = sum(float(line["cpu_s"]) for line in lines)
    a_run = fmean(float(line["cpu_s"]) for found in compared(runs).values() for line in found)
    last = lines[-1]
    return (
        f"{len(lines)} lines, {total / 60:.0f} minutes of one core (a run {a_run:.0f} s; measuring the ends not counted), "
        f"{last['device']}, {last['date']}, at {last['commit']}.\n"
    )


def _alarms(lines: Sequence[Mapping[str, str]]) -> str:
    counted = Counter(alarm for line in lines for alarm in filter(None, line["alarms"].split("; ")))
    return ", ".join(f"{alarm} ({count} of {len(lines)})" for alarm, count in sorted(counted.items())) or "none"


def _number(column: str, value: float) -> str:
    return f"{value:.1f}" if column.endswith("tokens") else f"{value:.2f}"
