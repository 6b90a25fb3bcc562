"""What worker processes cost and what they withstand, beside pebble where it is installed.

`python -m benchmarks.rules.bench_workers` keeps data/workers.csv.

The shares at the end are the reason why the library has workers of its own. A pool on multiprocessing imports the
user's script again in every child, so that a script without a main guard fails; it may not start inside a daemonic process
(a torch DataLoader worker is one); and its time limit belongs to a chunk, so that one sample that hangs takes its
finished neighbours along, while chunks of one cost a round trip a sample.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.rows import ROOT, Row, keep, row
from benchmarks.rules.work import compute, spin_or_return
from rewardkit import dispatch, lifted, registry
from rewardkit.types import Sample
from rewardkit.workers import Workers

PAIRS = 20_000
REPEATS = 9


def samples(count: int, *hangs: int) -> list[Sample]:
    return [
        Sample(i, "What is half of one, and why?", "hang" if i in hangs else "ok", {"answer": "ok", "category": "math"})
        for i in range(count)
    ]


def timed(call: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    call()
    return clock() - start


def turns_for(seconds: float) -> int:
    best = min(timed(lambda: compute(100_000)) for _ in range(5))
    return int(100_000 * seconds / best)


def costs() -> Iterator[Row]:
    batch = samples(PAIRS)
    nothing = registry.get("bench.work")
    busy = registry.get("bench.work", turns=turns_for(100e-6))

    def alone(verifier: Any) -> None:
        for sample in batch:
            verifier.check(sample)

    inline, parent, child, faster = [], [], [], []
    with Workers(2) as two, Workers(1) as one:
        two.run(busy, batch[:1000])
        one.run(nothing, batch[:1000])
        same = lifted.FunctionVerifier(lifted.Spec("bench.inline", nothing.spec.function))
        for _ in range(REPEATS):
            bare = timed(lambda: alone(same))
            inline.append((timed(lambda: dispatch.run(same, batch)) - bare) / PAIRS * 1e6)
            parent.append(timed(lambda: one.run(nothing, batch), time.thread_time) / PAIRS * 1e6)
            child.append((timed(lambda: one.run(nothing, batch)) - bare) / PAIRS * 1e6)
            faster.append(timed(lambda: alone(busy)) / timed(lambda: two.run(busy, batch)))
        trips = [timed(lambda: one.run(nothing, batch[:1])) * 1e6 for _ in range(500)]
    yield row("rewardkit", "dispatch: an inline slice", "µs a sample beyond the verifier", inline)
    yield row("rewardkit", "workers: CPU of the calling thread", "µs a sample", parent)
    yield row("rewardkit", "workers: both sides, one worker", "µs a sample beyond the verifier", child)
    yield row("rewardkit", "workers: two, on 100 µs a sample", "times as fast as one core", faster)
    yield row("rewardkit", "workers: one sample there and back", "µs", trips)

    def cold() -> None:
        with Workers(1) as pool:
            pool.run(nothing, batch[:1])

    yield row("rewardkit", "workers: start, score one sample, end", "ms", [timed(cold) * 1e3 for _ in range(REPEATS)])


def hang_at_7_of_20() -> int:
    """How many of the 19 innocent samples get their result."""
    with Workers(2, timeout_s=0.5) as pool:
        verdicts = pool.run(registry.get("bench.work"), samples(20, 7))
    return sum(verdict.score == 1.0 for verdict in verdicts)


def runs(script: str) -> bool:
    """Whether a script without a main guard prints its answer, and runs its body once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "script.py"
        path.write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nprint('body', flush=True)\n{textwrap.dedent(script)}")
        done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=60)
    return done.stdout.split() == ["body", "ok"]


OURS = """
from rewardkit import registry
from rewardkit.types import Sample
from rewardkit.workers import Workers
import benchmarks.rules.work
with Workers(1) as pool:
    [verdict] = pool.run(registry.get("bench.work"), [Sample(0, "", "ok")])
print("ok" if verdict.score == 1.0 else verdict)
"""
PEBBLE = """
import multiprocessing
from pebble import ProcessPool
from benchmarks.rules.work import spin_or_return
with ProcessPool(max_workers=1, context=multiprocessing.get_context("spawn")) as pool:
    print(pool.schedule(spin_or_return, args=["ok"], timeout=5).result(timeout=10))
"""


def _in_a_daemon(script: str, queue: Any) -> None:
    try:
        exec(textwrap.dedent(script), {})
        queue.put(True)
    except BaseException:
        queue.put(False)


def runs_in_a_daemon(script: str) -> bool:
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=_in_a_daemon, args=(script, queue), daemon=True)
    process.start()
    works = bool(queue.get(timeout=60))
    process.terminate()
    process.join()
    return works


def withstood(provider: str, script: str, survivors: int) -> Iterator[Row]:
    yield row(provider, "workers: in a script without a main guard", "works (1) or not (0)", [runs(script)])
    yield row(provider, "workers: inside a daemonic process", "works (1) or not (0)", [runs_in_a_daemon(script)])
    yield row(provider, "workers: one of 20 hangs, answered of the other 19", "samples", [survivors])


def pebble() -> Iterator[Row]:
    from pebble import ProcessPool  # type: ignore[import-not-found, unused-ignore]

    texts = ["ok"] * PAIRS
    with ProcessPool(max_workers=1, context=multiprocessing.get_context("spawn")) as pool:
        pool.schedule(spin_or_return, args=["ok"]).result()
        for size, count in ((1, 2000), (100, PAIRS)):
            spent = [
                timed(lambda: list(pool.map(spin_or_return, texts[:count], chunksize=size).result())) / count * 1e6  # noqa: B023
                for _ in range(REPEATS)
            ]
            yield row("pebble", f"workers: a function that does nothing, chunks of {size}", "µs a sample", spent)
        answered = 0
        results = pool.map(spin_or_return, ["hang" if i == 7 else "ok" for i in range(20)], chunksize=10, timeout=0.5).result()
        while True:
            try:
                answered += next(results) == "ok"
            except StopIteration:
                break
            except TimeoutError:
                continue
    yield from withstood("pebble", PEBBLE, answered)


def main() -> None:
    """Measure, keep the rows in data/workers.csv and print them."""
    rows = [*costs(), *withstood("rewardkit", OURS, hang_at_7_of_20())]
    if importlib.util.find_spec("pebble"):
        rows += pebble()
    path = keep("workers", rows)
    for entry in rows:
        print(f"{entry.provider:10s} {entry.metric:62s} {entry.p20:>7s} {entry.p50:>7s} {entry.p80:>7s} {entry.unit}")
    print(f"→ {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
