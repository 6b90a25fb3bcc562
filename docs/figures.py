"""The tables of figures in hand-written pages, from the CSV files in `benchmarks/data` alone."""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent.parent / "benchmarks" / "data"
BEGIN, END = "<!-- written by docs/generate.py -->", "<!-- end of what is written -->"
OURS, PEER = "rewardkit", "math-verify"
SHARES = ("accuracy", "precision", "recall")

ABOUT = {
    "notation": "ours, one pair a notation; we wrote its rows",
    "hardverify_math_a": "from HardVerify-Math: right answers that rules tend to reject, and wrong ones",
    "core_cases_a": "wrong verdicts reported against other verifiers",
    "latex2sympy_parser_pairs": "parser tests of latex2sympy; right answers only, so precision says nothing",
    "mathv_numeric": "numeric answers of models on MATH-V",
    "grader_unit_tests": "the unit tests of sixteen other verifiers",
}

_METRIC = re.compile(r"(?P<suite>.+) \(n=(?P<pairs>\d+)\): (?P<what>.+)")


class Run(NamedTuple):
    """When and where a number was measured; only numbers of one run are set side by side."""

    commit: str
    device: str
    date: str


def suites() -> str:
    """How well the library does: each suite in its newest run that has both systems, and where the other is ahead."""
    found = _read()
    lines = ["| suite | pairs | accuracy | precision | recall | CPU time |", "|---|--:|--:|--:|--:|--:|"]
    behind: list[str] = []
    slowest: list[tuple[float, str]] = []
    runs: set[Run] = set()
    for (suite, pairs), measured in found.items():
        run = next((run for run in reversed(measured) if {OURS, PEER} <= measured[run].keys()), None)
        if run is None:
            continue
        ours, other = measured[run][OURS], measured[run][PEER]
        runs.add(run)
        cells = [_pair(ours, other, share) for share in SHARES]
        times = other["mean"] / ours["mean"]
        slowest.append((times, suite))
        lines.append(f"| `{suite}` | {pairs} | {' | '.join(cells)} | {ours['mean'] / 1000:.2f} ms, {times:.0f}× less |")
        behind += [f"{share} on `{suite}`" for share in SHARES if ours.get(share, 0) < other.get(share, 0)]
        if times < 1:
            behind.append(f"speed on `{suite}`")
    if not runs:
        return "Nothing was measured yet: `make bench`.\n"
    least, where = min(slowest)
    about = "".join(f"* `{suite}`: {ABOUT[suite]}\n" for suite, _ in found if suite in ABOUT)
    newest = max(runs, key=lambda run: run.date)
    return (
        "\n".join(lines)
        + f"\n\nIn brackets: {PEER} in the same run. CPU time: our mean a pair, and how many times less that is than theirs.\n"
        + f"The lead in speed is least on `{where}` ({least:.0f}×). {PEER} is ahead in: {', '.join(behind) or 'none of these'}.\n"
        + f"Measured on {newest.date}, {newest.device}.\n\n{about}"
    )


def _read() -> dict[tuple[str, str], dict[Run, dict[str, dict[str, float]]]]:
    """Suite → run → system → number."""
    found: dict[tuple[str, str], dict[Run, dict[str, dict[str, float]]]] = {}
    for line in _lines("suites"):
        metric = _METRIC.fullmatch(line["metric"])
        if metric is None or line["provider"] not in (OURS, PEER):
            continue
        run = Run(line["commit"], line["device"], line["date"])
        suite = found.setdefault((metric["suite"], metric["pairs"]), {})
        suite.setdefault(run, {}).setdefault(line["provider"], {})[metric["what"]] = float(line["p50"])
    newest = {suite: (suite, pairs) for suite, pairs in found}
    return {key: runs for key, runs in found.items() if newest[key[0]] == key}


def _pair(ours: dict[str, float], other: dict[str, float], share: str) -> str:
    def shown(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    return f"{shown(ours.get(share))} ({shown(other.get(share))})"


def workers() -> str:
    """What worker processes cost and withstand, beside pebble: the newest row of each."""
    newest = {(line["metric"], line["provider"]): line for line in _lines("workers")}
    lines = ["| | library | median | 20–80 % | unit |", "|---|---|--:|--:|---|"]
    order = list(dict.fromkeys(metric for metric, _ in newest))
    for (metric, provider), line in sorted(newest.items(), key=lambda entry: order.index(entry[0][0])):
        spread = f"{line['p20']}–{line['p80']}" if line["p20"] else ""
        lines.append(f"| {metric.removeprefix('workers: ')} | {provider} | {line['p50']} | {spread} | {line['unit']} |")
    last = list(newest.values())[-1]
    return "\n".join(lines) + f"\n\nMeasured on {last['date']}, {last['device']}.\n"


def small_world() -> str:
    """The tables of WeThink in small, by the code that prints them at the end of a run."""
    root = str(DATA.parents[1])
    if root not in sys.path:
        sys.path.append(root)
    from examples.wethink.tiny import tables

    return f"{tables.whole(tables.read())}\n"


def _lines(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def filled(page: Path, table: str) -> str:
    """A page with what stands between its markers brought up to date."""
    head, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        message = f"{page.name} has lost its markers {BEGIN} and {END}"
        raise ValueError(message)
    return f"{head}{BEGIN}\n{table}{END}{tail}"
