"""Large files on the command line: score by two workers, and compare of two such runs, in seconds and memory.

`python -m benchmarks.rules.bench_files [--rows N] [--loaded]`. The rows are those of suites/notation.jsonl, again and again with
ids of their own, eight to a prompt, and in the second run every tenth completion is another one. Each command is a program of its
own. CPU seconds are of all its processes; memory is that of the largest, over the file and over a tenth of it, so that growth
shows. With `--loaded` the machine was at other work as well, which the rows then say: wall clock means little there. Keeps
data/files.csv.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rows import ROOT, Row, keep, row

SUITE = ROOT / "benchmarks" / "suites" / "notation.jsonl"
GROUP = 8
CHANGED = 10


@dataclass(frozen=True)
class Took:
    """What a program took: all its processes together, and the memory of the largest."""

    cpu_s: float
    wall_s: float
    peak_mb: float


def write(path: Path, rows: int, *, changed: bool) -> None:
    """So many rows, eight to a prompt; with `changed` every tenth completion is that of the row behind it."""
    samples = [json.loads(line) for line in SUITE.read_text(encoding="utf-8").splitlines()]
    others = [*samples[1:], samples[0]]
    with path.open("w", encoding="utf-8") as sink:
        for number, (sample, other) in zip(range(rows), itertools.cycle(zip(samples, others, strict=True)), strict=False):
            completion = other["completion"] if changed and number % CHANGED == 0 else sample["completion"]
            made = {**sample, "id": number, "prompt": f"Question {number // GROUP}?", "completion": completion}
            sink.write(json.dumps(made, ensure_ascii=False) + "\n")


def took(folder: Path, *command: str) -> Took:
    """Run the program to its end."""
    start = time.perf_counter()
    arguments = [sys.executable, "-m", "rewardkit", *command]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(arguments, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        message = f"{command} ended with status {status}"
        raise SystemExit(message)
    return Took(used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss / 1024)


def runs(folder: Path, rows: int) -> dict[str, Took]:
    """Score two files of so many rows by two workers, and compare short records and full ones."""
    for name, changed in (("a", False), ("b", True)):
        write(folder / f"{name}.jsonl", rows, changed=changed)
    score = ("score", "a.jsonl", "-o", "a.out", "--trace", "a.trace", "--workers", "2")
    again = ("score", "b.jsonl", "-o", "b.out", "--trace", "b.trace", "--workers", "2")
    found = {"score, two workers": took(folder, *score)}
    took(folder, *again)
    found["compare, short records"] = took(folder, "compare", "a.out", "b.out", "--report", "short.html")
    found["compare, full records"] = took(folder, "compare", "a.trace", "b.trace", "--report", "full.html")
    return found


def measured(rows: int, load: str) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        small, large = runs(Path(folder), rows // 10), runs(Path(folder), rows)
    for name, one in large.items():
        about = f"files: {rows:,} rows, {name}"
        yield row("rewardkit", about, "s CPU", [one.cpu_s])
        yield row("rewardkit", f"{about}{load}", "s wall clock", [one.wall_s])
        yield row("rewardkit", about, "MB, the largest process", [one.peak_mb])
        yield row("rewardkit", f"files: {rows // 10:,} rows, {name}", "MB, the largest process", [small[name].peak_mb])


def main() -> None:
    """Measure, keep the rows in data/files.csv and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--loaded", action="store_true", help="the machine has other work at the same time")
    options = parser.parse_args()
    rows = list(measured(options.rows, ", beside other work" if options.loaded else ""))
    path = keep("files", rows)
    for entry in rows:
        print(f"{entry.metric:66s} {entry.p50:>10s} {entry.unit}")
    print(f"→ {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
