"""The tables on the page about trainers: what each test of one shows, and figures from the CSV files in `benchmarks/data`."""

from __future__ import annotations

import csv
from pathlib import Path

from figures import DATA, filled

TRIED = Path(__file__).parents[2] / "tests" / "adapters" / "trainers.csv"
TRAINERS = ("trl", "verl", "openrlhf", "nemo_rl")
SHOWN = {"trl": "TRL, `grpo`", "verl": "verl, `grpo`", "openrlhf": "OpenRLHF, `group_norm`", "nemo_rl": "NeMo RL, leave one out"}


def page(path: Path) -> str:
    """The page with its tables: the trainers; the edges of group advantages, and the time of the reward within a step."""
    return filled(path, f"{_edges()}\n{_step()}", text=filled(path, _overview(), "trainers"))


def _overview() -> str:
    with TRIED.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    lines = ["| trainer | what you name | a row without a verdict | logged | tried |", "|---|---|---|---|---|"]
    for row in rows:
        tried = row["versions"].replace(" ", ", ") or "its documented interface"
        link = f"[{row['trainer']}]({row['page']})"
        lines.append(f"| {link} | {row['interface']} | {row['none']} | {row['logged']} | {tried} |")
    commands = "\n".join(f"{row['command']}  # {row['trainer']}" for row in rows)
    return "\n".join(lines) + f"\n\nA run of each, where files and options are as on its page:\n\n```\n{commands}\n```\n"


def _newest(name: str) -> dict[tuple[str, bool], dict[str, str]]:
    """The last row of each metric, ours and theirs."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return {(line["metric"], line["provider"] == "rewardkit"): line for line in csv.DictReader(source)}


def _edges() -> str:
    rows = _newest("trainer_advantages")
    cases = list(dict.fromkeys(metric.partition(": ")[2] for metric, _ in rows))
    lines = ["| largest absolute advantage of the group | " + " | ".join(f"{SHOWN[t]} | ours" for t in TRAINERS) + " |"]
    lines.append("|---|" + "--:|" * 2 * len(TRAINERS))
    for case in cases:
        cells = [_cell(rows.get((f"{trainer}: {case}", ours))) for trainer in TRAINERS for ours in (False, True)]
        lines.append(f"| {case} | {' | '.join(cells)} |")
    peers = ", ".join(dict.fromkeys(line["provider"] for (_, ours), line in rows.items() if not ours))
    return "\n".join(lines) + f"\n\nBy the packages' own code: {peers}. EasyR1: not measured.\n"


def _cell(line: dict[str, str] | None) -> str:
    if line is None:
        return "–"
    return "NaN" if line["p50"] == "nan" else line["p50"]


def _step() -> str:
    rows = _newest("step")
    times = {metric.rpartition(": ")[2]: line for (metric, _), line in rows.items()}
    wall, cpu = times["wall clock"], times["CPU"]
    what = wall["metric"].partition(", ")[2].rpartition(": ")[0]
    return (
        f"The {what}: **{wall['p50']} s** wall clock (p20 {wall['p20']}, p80 {wall['p80']}), {cpu['p50']} s of CPU time. "
        f"Measured on {wall['date']}, {wall['device']}, while other work kept the machine busy.\n"
    )
