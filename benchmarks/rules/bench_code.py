"""Code in the sandbox: what a run costs, what is left of many, and what hostile programs are paid.

`python -m benchmarks.rules.bench_code [--runs 10000]` where bubblewrap is installed; rows go to `benchmarks/data/code.csv`. A
small run reads two numbers and prints their sum, one test. CPU is that of this process and of all processes of the sandboxes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import ROOT, Row, keep, row, write_page
from rewardkit import get, sandbox
from rewardkit.types import Sample

SMALL = "```python\na, b = map(int, input().split())\nprint(a + b)\n```"
BATCH = 500
HOSTILE = ROOT / "tests" / "verifiers" / "hostile" / "code.jsonl"
WANTED = {
    "printed": {"answer": {"inputs": ["17\n", "4\n"], "outputs": ["52\n", "13\n"]}},
    "returned": {"answer": {"inputs": [[17], [4]], "outputs": [52, 13], "fn_name": "f"}},
    "asserted": {"answer": ["assert f(17) == 52", "assert f(4) == 13"]},
}


def cpu_s() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def belongings() -> tuple[int, int, int]:
    """Processes, descriptors and mounts of this process."""
    parents = [path.read_text().rpartition(")")[2].split()[1] for path in Path("/proc").glob("[0-9]*/stat") if path.exists()]
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    return parents.count(str(os.getpid())), len(os.listdir("/proc/self/fd")), len(mounts)


def runs(count: int) -> Iterator[Row]:
    """Small runs in batches, and what is left of them."""
    verifier, before = get("code.python"), belongings()
    sample = Sample(0, "", SMALL, {"answer": {"inputs": ["1 2"], "outputs": ["3"]}})
    rates, done, cpu = [], 0, cpu_s()
    while done < count:
        start = time.perf_counter()
        verdicts = verifier.verify([sample] * min(BATCH, count - done))
        rates.append(len(verdicts) / (time.perf_counter() - start))
        done += len(verdicts)
        assert all(verdict.score == 1.0 for verdict in verdicts)
    sandbox.configure()  # only what has ended is counted
    spent_ms = 1000 * (cpu_s() - cpu) / done
    left = [now - then for now, then in zip(belongings(), before, strict=True)]
    yield row("rewardkit", "code, small runs", "runs/s", rates)
    yield row("rewardkit", "code, CPU of a small run", "ms", [spent_ms])
    for name, value in zip(("processes", "descriptors", "mounts"), left, strict=True):
        yield row("rewardkit", f"code, {name} left of {done} runs", name, [value])


def hostile() -> Iterator[Row]:
    """What the hostile programs of the tests are paid."""
    programs = [json.loads(line) for line in HOSTILE.read_text(encoding="utf-8").splitlines()]
    samples = [Sample(0, "", f"```python\n{one['code']}\n```", WANTED[one["shape"]]) for one in programs]
    verdicts = get("code.python", timeout_s=1, memory_mb=128).verify(samples)
    yield row("rewardkit", f"code, hostile programs paid, of {len(programs)}", "programs", [sum(v.score != 0 for v in verdicts)])


def main() -> None:
    """Measure, keep and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    options = parser.parse_args()
    rows = [*runs(options.runs), *hostile()]
    print(keep("code", rows))
    write_page()
    for one in rows:
        print(f"{one.metric}: {one.p20} {one.p50} {one.p80} {one.unit}")


if __name__ == "__main__":
    main()
