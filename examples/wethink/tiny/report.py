"""What the runs of the small world have logged, as one CSV row a measured step, and the plot of it."""

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
from examples.wethink.tiny import plot, tables
from examples.wethink.tiny.plan import Run
from examples.wethink.tiny.stages import MEASURED
from examples.wethink.tiny.world import BLANK, CHOICE, DESCRIPTIVE

__all__ = ["collect", "write"]

ROOT = Path(__file__).parents[3]
KEPT_PLOT = ROOT / "docs/guide/wethink_tiny.svg"
COLUMNS = {
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
    """One row a measured step of every run that is done and evaluated.

    Of the last step it holds what the evaluation of the saved model found, of those before what was measured while training.
    """
    place = {"device": _device(), "commit": _commit(), "date": date.today().isoformat()}
    rows = []
    for run in runs:
        folder = home / run.name / run.stage
        if not (folder / MEASURED).is_file():
            continue
        took, ended = (json.loads((folder / name).read_text(encoding="utf-8")) for name in ("done.json", MEASURED))
        trained = read_book(folder / "log.jsonl", "train")
        last = -1
        for entry in read_book(folder / "log.jsonl", "held_out"):
            step = entry["step"]
            measured = ended if step == took["steps"] else entry
            own = [t["reward"] for t in trained if last < t["step"] <= step and t.get("reward") is not None]
            rows.append(
                {
                    "method": run.method,
                    "sft_seed": run.sft_seed,
                    "seed": run.seed,
                    "step": step,
                    "steps": took["steps"],
                    "training_reward": round(sum(own) / len(own), 4) if own else "",
                    **{column: round(measured[key], 4) for column, key in COLUMNS.items()},
                    "cpu_s": round(took["cpu_s"]),
                    **place,
                }
            )
            last = step
    return rows


def write(rows: Sequence[dict[str, Any]], home: Path, *, keep: bool) -> None:
    """The CSV and the plot into `home`, with `keep` also to where the documentation has them."""
    for numbers, picture in [(home / tables.KEPT.name, home / KEPT_PLOT.name), *([(tables.KEPT, KEPT_PLOT)] if keep else [])]:
        with numbers.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        picture.write_text(plot.figure(tables.read(numbers)), encoding="utf-8")


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
