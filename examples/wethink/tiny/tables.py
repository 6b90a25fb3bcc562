"""The tables of the small world from its CSV, without anything that trains."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["KEPT", "ends", "read", "rises", "table", "whole"]

KEPT = Path(__file__).parents[3] / "benchmarks/data/wethink_tiny.csv"
START, MAIN, MORE, CLEAN = "SFT, corrupted", "GRPO, hybrid", "more SFT, corrupted", "SFT, clean"
ABLATION = (MAIN, "GRPO, rule only", "GRPO, judge only", "GRPO, format only", "GRPO, even groups dropped")
WEIGHTS = (
    *("GRPO, weights 1 and 0", "GRPO, weights 0.9 and 0.1", MAIN),
    *("GRPO, weights 0.5 and 0.5", "GRPO, weights 0.3 and 0.7", "GRPO, gated"),
)
TIERS = ("GRPO, tiers 0, 1", MAIN, "GRPO, tiers 0, 0.25, 0.5, 0.75, 1")
SHOWN = {
    "sampled_accuracy": "accuracy",
    "sampled_choice": "choice",
    "sampled_blank": "fill-in",
    "sampled_descriptive": "descriptive",
    "sampled_format": "form",
    "sampled_reward": "reward",
    "greedy_accuracy": "greedy accuracy",
}


def read(path: Path = KEPT) -> list[dict[str, Any]]:
    """The rows of a CSV, numbers as numbers."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [{name: _value(text) for name, text in row.items()} for row in csv.DictReader(lines)]


def _value(text: str) -> Any:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def ends(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last measured row of every run."""
    return [row for row in rows if row["step"] == row["steps"]]


def rises(rows: Sequence[dict[str, Any]], column: str, method: str = MAIN) -> tuple[int, int]:
    """In how many runs of a method the column is higher at the end than at step 0, and how many runs there are."""
    first = {(r["sft_seed"], r["seed"]): r[column] for r in rows if r["method"] == method and r["step"] == 0}
    last = {(r["sft_seed"], r["seed"]): r[column] for r in ends(rows) if r["method"] == method}
    return sum(last[run] > first[run] for run in last), len(last)


def table(rows: Sequence[dict[str, Any]], methods: Sequence[str], sft_seed: int | None = None) -> str:
    """A Markdown table: the mean over a method's runs at their end, and in brackets the least and the most of several."""
    last = [row for row in ends(rows) if sft_seed is None or row["sft_seed"] == sft_seed]
    lines = ["| | runs | " + " | ".join(SHOWN.values()) + " | CPU |", "|---|--:|" + "--:|" * (len(SHOWN) + 1)]
    for name in methods:
        own = [row for row in last if row["method"] == name]
        if not own:
            lines.append(f"| {name} | 0 | not measured |" + " |" * len(SHOWN))
            continue
        cells = [_spread([row[column] for row in own]) for column in SHOWN]
        lines.append(f"| {name} | {len(own)} | {' | '.join(cells)} | {sum(r['cpu_s'] for r in own) / len(own):.0f} s |")
    return "\n".join(lines)


def _spread(values: Sequence[float]) -> str:
    mean = f"{sum(values) / len(values):.3f}"
    return mean if len(values) == 1 else f"{mean} ({min(values):.2f}–{max(values):.2f})"


def whole(rows: Sequence[dict[str, Any]]) -> str:
    """Every table, and in how many runs GRPO raised what."""
    accuracy, reward, greedy = (rises(rows, f"{c}") for c in ("sampled_accuracy", "sampled_reward", "greedy_accuracy"))
    rose = (
        "GRPO: not measured."
        if not accuracy[1]
        else (
            f"After GRPO, T = 1 accuracy is above that of its own warm start in {accuracy[0]} of {accuracy[1]} runs, reward in "
            f"{reward[0]} of {reward[1]}, greedy accuracy in {greedy[0]} of {greedy[1]}."
        )
    )
    parts = [
        f"GRPO after the warm starts, and the controls.\n\n{table(rows, (START, MAIN, MORE, CLEAN))}\n\n{rose}",
        f"One source of reward at a time, after the first warm start.\n\n{table(rows, (START, *ABLATION), 0)}",
        f"Weights of accuracy and form (0.7 and 0.3 are the paper's).\n\n{table(rows, WEIGHTS, 0)}",
        f"Tiers of the judge (0, 0.5 and 1 are ours).\n\n{table(rows, TIERS, 0)}",
    ]
    device, date = rows[-1]["device"], rows[-1]["date"]
    return "\n\n".join(parts) + f"\n\nSaved models on the held-out questions; measured on {date}, {device}, one thread a run."
