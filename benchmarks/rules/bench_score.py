"""A file beside the reward function, two workers beside one and beside none, one pair beside a batch, and small batches.

`python -m benchmarks.rules.bench_score [--rows N] [--repeats N] [--workers] [FILE.jsonl …]`. The rows are those of
suites/notation.jsonl, or of the files, again and again with ids of their own. What is compared is measured in turns, and of each
the best run counts, since a neighbour on the machine only ever adds. CPU time is that of all processes, with their start. Keeps
data/score.csv for the rows of the suite; of other files the table is only printed.
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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rows import ROOT, Row, keep, row

SUITE = ROOT / "benchmarks" / "suites" / "notation.jsonl"
BATCH = 256
ALONE = 2_000  # pairs verified one by one
SIZES = (500, 2_000, 8_000, 32_000, 100_000)  # rows of files with which workers are tried
FIELDS = ("prompt", "completion", "answer", "choices")


@dataclass(frozen=True)
class Spent:
    """What a program took, all its processes together."""

    cpu_s: float
    wall_s: float

    def best(self, other: Spent) -> Spent:
        """The less of each."""
        return Spent(min(self.cpu_s, other.cpu_s), min(self.wall_s, other.wall_s))


def write(path: Path, sources: list[Path], rows: int) -> None:
    """So many rows with ids of their own."""
    samples = [json.loads(line) for source in sources for line in source.read_text(encoding="utf-8").splitlines()]
    with path.open("w", encoding="utf-8") as sink:
        for number, sample in zip(range(rows), itertools.cycle(samples), strict=False):
            sink.write(json.dumps({**sample, "id": number}, ensure_ascii=False) + "\n")


def spent(*command: str | Path) -> Spent:
    """Run a program of Python to its end."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", *map(str, command)], cwd=ROOT, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        message = f"{command} ended with status {status}"
        raise SystemExit(message)
    return Spent(used.ru_utime + used.ru_stime, time.perf_counter() - start)


def columns(path: Path) -> list[dict[str, Any]]:
    """The rows of a file, with the columns that are verified."""
    read = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [{name: one[name] for name in FIELDS if one.get(name) is not None} for one in read]


def batches(rows: list[dict[str, Any]], size: int) -> list[dict[str, list[Any]]]:
    """The rows as a trainer hands them over, prompts and completions by their names."""
    parts = [rows[at : at + size] for at in range(0, len(rows), size)]
    names = [("prompts", "prompt"), ("completions", "completion"), ("answer", "answer"), ("choices", "choices")]
    return [{theirs: [one.get(ours) for one in part] for theirs, ours in names} for part in parts]


def through_the_api(path: Path) -> float:
    """CPU seconds of the reward function on the rows of a file, which are read before."""
    from rewardkit import load

    reward, parts = load("auto"), batches(columns(path), BATCH)
    start = time.process_time()
    for part in parts:
        reward(**part)
    return time.process_time() - start


def api(path: Path) -> float:
    """The same in a process of its own, as the program is one."""
    command = [sys.executable, "-m", "benchmarks.rules.bench_score", "--api", str(path)]
    return float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def of_files(source: Path, one: Path, rows: int, repeats: int) -> Iterator[Row]:
    output = source.with_suffix(".out")
    best: dict[str, Spent] = {}
    calls: list[float] = []
    for _ in range(repeats):
        calls.append(api(source))
        for name, path, more in (("here", source, ()), ("one", source, (1,)), ("two", source, (2,)), ("start", one, ())):
            workers = [text for count in more for text in ("--workers", str(count))]
            took = spent("rewardkit", "score", path, "-o", output, *workers)
            best[name] = took.best(best.get(name, took))
    here, alone, two = best["here"], best["one"], best["two"]
    yield row("rewardkit", "score: a file", "rows/s of CPU", [rows / here.cpu_s])
    yield row("rewardkit", "score: the reward function", "rows/s of CPU", [rows / min(calls)])
    yield row("rewardkit", "score: a file beside the reward function", "times as fast, CPU", [min(calls) / here.cpu_s])
    yield row("rewardkit", "score: two workers beside one", "times as fast, wall clock", [alone.wall_s / two.wall_s])
    yield row("rewardkit", "score: two workers beside one", "times the CPU", [two.cpu_s / alone.cpu_s])
    yield row("rewardkit", "score: one row, start to end", "s CPU", [best["start"].cpu_s])


def of_sizes(folder: Path, sources: list[Path], repeats: int) -> Iterator[Row]:
    """What two workers are worth for files of several sizes: they have to start and to load before they are any help."""
    for rows in SIZES:
        source = folder / f"{rows}.jsonl"
        write(source, sources, rows)
        best: dict[str, Spent] = {}
        for _ in range(repeats):
            for name, more in (("none", ()), ("two", ("--workers", "2"))):
                took = spent("rewardkit", "score", source, "-o", source.with_suffix(".out"), *more)
                best[name] = took.best(best.get(name, took))
        none, two = best["none"], best["two"]
        metric = f"score: {rows:,} rows, two workers beside none"
        yield row("rewardkit", metric, "times as fast, wall clock", [none.wall_s / two.wall_s])
        yield row("rewardkit", metric, "times the CPU", [two.cpu_s / none.cpu_s])


def best_of(repeats: int, *calls: Callable[[], object]) -> list[float]:
    """CPU seconds of each, measured in turns."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(repeats + 1):  # the first fills caches
        for call, taken in zip(calls, times, strict=True):
            start = time.process_time()
            call()
            taken.append(time.process_time() - start)
    return [min(taken[1:]) for taken in times]


def of_pairs(path: Path, repeats: int) -> Iterator[Row]:
    """One pair, and small batches, beside a batch of 256."""
    from rewardkit import dispatch, load, recipes, verify
    from rewardkit.types import Sample

    rows = columns(path)[:ALONE]
    samples = [
        Sample(n, one.get("prompt"), one["completion"], {k: v for k, v in one.items() if k in ("answer", "choices")})
        for n, one in enumerate(rows)
    ]
    auto, reward = recipes.build("auto"), load("auto")
    sizes = (1, 8, 64)
    parts = {size: batches(rows, size) for size in (*sizes, BATCH)}

    def whole() -> None:
        for at in range(0, len(samples), BATCH):
            dispatch.run(auto, samples[at : at + BATCH])

    def called(size: int) -> Callable[[], None]:
        return lambda: [reward(**part) for part in parts[size]] and None

    in_batches, one_by_one, full, *small = best_of(
        repeats, whole, lambda: [verify(**one) for one in rows], called(BATCH), *map(called, sizes)
    )
    yield row("rewardkit", "verify: a pair alone", "µs CPU", [1e6 * one_by_one / len(rows)])
    yield row("rewardkit", "verify: a pair alone beside one in a batch", "times the CPU", [one_by_one / in_batches])
    for size, taken in zip(sizes, small, strict=True):
        metric = f"reward function: batches of {size} beside those of {BATCH}"
        yield row("rewardkit", metric, "µs CPU a row more", [1e6 * (taken - full) / len(rows)])


def main() -> None:
    """Measure and print; keep what was measured on the suite."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--workers", action="store_true", help="only what two workers are worth, by size of the file")
    parser.add_argument("--api", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.api:
        print(through_the_api(options.api))
        return
    with tempfile.TemporaryDirectory() as folder:
        source, one = Path(folder) / "rows.jsonl", Path(folder) / "one.jsonl"
        rows = list(of_sizes(Path(folder), options.files or [SUITE], options.repeats))
        if not options.workers:
            write(source, options.files or [SUITE], options.rows)
            write(one, options.files or [SUITE], 1)
            rows += [*of_pairs(source, options.repeats), *of_files(source, one, options.rows, options.repeats)]
    for entry in rows:
        print(f"{entry.metric:58s} {entry.p50:>8s} {entry.unit}")
    if not options.files:
        print(f"→ {keep('score', rows).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
