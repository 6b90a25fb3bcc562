"""Numbers of the small world: one CSV row a measured step of a run, the table over runs, the plot."""

from __future__ import annotations

import csv
import json
import platform
import subprocess
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from examples.wethink.book import read_book
from examples.wethink.tiny import plot
from examples.wethink.tiny.plan import Run
from examples.wethink.tiny.world import BLANK, CHOICE, DESCRIPTIVE

__all__ = ["collect", "ends", "read", "rises", "table", "write"]

ROOT = Path(__file__).parents[3]
KEPT_CSV, KEPT_PLOT = ROOT / "benchmarks/data/wethink_tiny.csv", ROOT / "docs/wethink_tiny.svg"
MEASURED = {
    **{f"{way}_accuracy": f"{way}_accuracy" for way in ("sampled", "greedy")},
    **{
        f"{way}_{short}": f"{way}_accuracy/{category}"
        for way in ("sampled", "greedy")
        for short, category in (("choice", CHOICE), ("blank", BLANK), ("descriptive", DESCRIPTIVE))
    },
    **{f"{way}_{name}": f"{way}_{name}" for way in ("sampled", "greedy") for name in ("format", "reward", "tokens")},
}
"""Column of the CSV and key in the log."""


def collect(runs: Iterable[Run], home: Path) -> list[dict[str, Any]]:
    """One row a measured step of every run that is done."""
    place = {"device": _device(), "commit": _commit(), "date": date.today().isoformat()}
    rows = []
    for run in runs:
        folder = home / run.name / run.stage
        if not (folder / "done.json").is_file():
            continue
        took = json.loads((folder / "done.json").read_text(encoding="utf-8"))
        trained = read_book(folder / "log.jsonl", "train")
        last = -1
        for entry in read_book(folder / "log.jsonl", "held_out"):
            step = entry["step"]
            own = [t["reward"] for t in trained if last < t["step"] <= step and t.get("reward") is not None]
            rows.append(
                {
                    "method": run.method,
                    "sft_seed": run.sft_seed,
                    "seed": run.seed,
                    "step": step,
                    "steps": took["steps"],
                    "training_reward": round(sum(own) / len(own), 4) if own else "",
                    **{column: round(entry[key], 4) for column, key in MEASURED.items()},
                    "cpu_s": round(took["cpu_s"]),
                    **place,
                }
            )
            last = step
    return rows


def write(rows: Sequence[dict[str, Any]], home: Path, *, keep: bool) -> None:
    """The CSV and the plot into `home`, with `keep` also to where the documentation has them."""
    for numbers, picture in [(home / KEPT_CSV.name, home / KEPT_PLOT.name), *([(KEPT_CSV, KEPT_PLOT)] if keep else [])]:
        with numbers.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        picture.write_text(plot.figure(read(numbers)), encoding="utf-8")


def read(path: Path = KEPT_CSV) -> list[dict[str, Any]]:
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


def rises(rows: Sequence[dict[str, Any]], method: str, column: str) -> tuple[int, int]:
    """In how many runs of a method the column is higher at the end than at step 0, and how many runs there are."""
    first = {(r["sft_seed"], r["seed"]): r[column] for r in rows if r["method"] == method and r["step"] == 0}
    last = {(r["sft_seed"], r["seed"]): r[column] for r in ends(rows) if r["method"] == method}
    return sum(last[run] > first[run] for run in last), len(last)


SHOWN = {
    "sampled_accuracy": "T = 1 accuracy",
    "sampled_choice": "choice",
    "sampled_blank": "blank",
    "sampled_descriptive": "descriptive",
    "sampled_format": "form",
    "sampled_reward": "reward",
    "greedy_accuracy": "greedy accuracy",
}


def table(rows: Sequence[dict[str, Any]], methods: Sequence[str] | None = None, sft_seed: int | None = None) -> str:
    """A Markdown table: per method the mean over its runs at their end, and in brackets least and most of several."""
    last = [row for row in ends(rows) if sft_seed is None or row["sft_seed"] == sft_seed]
    names = list(dict.fromkeys(row["method"] for row in last)) if methods is None else list(methods)
    lines = ["| | runs | " + " | ".join(SHOWN.values()) + " | CPU |", "|---|--:|" + "--:|" * (len(SHOWN) + 1)]
    for name in names:
        own = [row for row in last if row["method"] == name]
        if own:
            minutes = sum(row["cpu_s"] for row in own) / len(own)
            cells = [_spread([row[column] for row in own]) for column in SHOWN]
            lines.append(f"| {name} | {len(own)} | " + " | ".join(cells) + f" | {minutes:.0f} s |")
    return "\n".join(lines)


def _spread(values: Sequence[float]) -> str:
    mean = f"{sum(values) / len(values):.3f}"
    return mean if len(values) == 1 else f"{mean} ({min(values):.2f}–{max(values):.2f})"


def _device() -> str:
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = f"{names[0]}, {len(names)} cores" if names else model
    return f"{model}, Python {platform.python_version()}"


def _commit() -> str:
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    return git("rev-parse", "--short", "HEAD") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")
