"""Ten thousand answers, one in a hundred a bomb: every row is answered, and no good row pays for a bad one."""

from __future__ import annotations

import asyncio
import itertools
import random
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rewardkit import dispatch, registry, workers
from rewardkit.compose import Cascade
from rewardkit.types import Sample, Verdict, Verifier

sys.path.insert(0, str(Path(__file__).parent / "plugins"))

import chaos_verifiers  # noqa: F401
from patience import deep

# Two that leave survival to the workers alone, of which math-verify takes a second and more to start again after each bomb,
# and the library's own way with mathematics. Of the rows every hundredth is a bomb.
VERIFIERS = {
    "undefended": (registry.get("chaos.arithmetic"), 10_000),
    "math-verify": (registry.get("chaos.math"), 10_000 if deep() else 600),
    "math": (Cascade("math.equal", "math.symbolic"), 10_000 if deep() else 2_400),
}
MEMORY_MB = 512
TIMEOUT_S = 0.3

BOMBS = [
    "5^{5^{5^{5^5}}}",
    "9^{9^{9^9}}",
    "2^{10^{10}}",
    "10^{10^{10}}-10^{10^{10}}+1",
    r"\sqrt[3]{7^{7^{7^7}}}",
    "99999999!",
    "((50!)!)!",
    "(10^9)!/(10^9-1)!",
    r"\binom{10^9}{5\cdot 10^8}",
    r"\prod_{k=1}^{10^8} k",
    r"\sum_{k=1}^{10^9} \frac{1}{k^2}",
    r"\sin(10^{10^{10}})",
    "(x+y+z+1)^{400}",
    r"\frac{x^{900}-1}{x-1}-(" + "+".join(f"x^{{{k}}}" for k in range(900)) + ")",
    "(" * 100_000 + "1" + ")" * 100_000,
    "{" * 100_000 + "1" + "}" * 100_000,
    r"\frac{1}{" * 3_000 + "2" + "}" * 3_000,
    r"\sqrt{" * 3_000 + "2" + "}" * 3_000,
    "1" * 200_000,
    "+".join(["1"] * 20_000),
    "1" + "^1" * 5_000,
    "-" * 50_000 + "1",
    r"\left(" * 2_000 + "1",
    "1,2" * 20_000,
]


def good(index: int, rng: random.Random) -> tuple[Sample, float]:
    a, b, right = rng.randint(2, 999), rng.randint(2, 99), rng.random() < 0.5
    answer, said = rng.choice(
        [
            (f"{a}", f"{a}" if right else f"{a + b}"),
            (rf"\frac{{{a}}}{{{b}}}", rf"\frac{{{2 * a}}}{{{2 * b}}}" if right else rf"\frac{{{a + 1}}}{{{b}}}"),
            (f"{a}.5", rf"\frac{{{2 * a + 1}}}{{2}}" if right else f"{a}.25"),
        ]
    )
    text = rf"We add and simplify, step by step. The answer is $\boxed{{{said}}}$."
    return Sample(index, "Compute.", text, {"answer": answer}), float(right)


def batch(count: int, seed: int) -> tuple[list[Sample], dict[int, float]]:
    """So many samples, and the score that each good one deserves by its place."""
    rng = random.Random(seed)
    places = set(rng.sample(range(count), count // 100))
    samples: list[Sample] = []
    deserved: dict[int, float] = {}
    bombs = itertools.cycle(BOMBS)
    for index in range(count):
        if index in places:
            bomb = next(bombs)
            samples.append(Sample(index, "Compute.", rf"The answer is $\boxed{{{bomb}}}$.", {"answer": "77"}))
        else:
            sample, deserved[index] = good(index, rng)
            samples.append(sample)
    return samples, deserved


class Watch(threading.Thread):
    """Looks at the workers' memory while they work."""

    def __init__(self, pool: workers.Workers) -> None:
        super().__init__(daemon=True)
        self.pool = pool
        self.pids: set[int] = set()
        self.peak_mb = 0.0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.05):
            for pid in self.pool.pids:
                self.pids.add(pid)
                self.peak_mb = max(self.peak_mb, resident_mb(pid))


def resident_mb(pid: int | str) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0)


@pytest.fixture
def watch() -> Iterator[Watch]:
    pool = workers.configure(2, timeout_s=TIMEOUT_S, memory_mb=MEMORY_MB)
    watch = Watch(pool)
    watch.start()
    yield watch
    watch.done.set()
    workers.configure()


def score_async(verifier: Verifier, samples: list[Sample]) -> list[Verdict]:
    return asyncio.run(dispatch.arun(verifier, samples))


@pytest.mark.slow
@pytest.mark.parametrize("name", VERIFIERS)
def test_chaos(name, watch):
    verifier, count = VERIFIERS[name]
    samples, deserved = batch(count, seed=7)
    before_mb = resident_mb("self")
    with ThreadPoolExecutor(2) as executor:  # a thread, asyncio and the main thread, all at once on one pool
        thread = executor.submit(dispatch.run, verifier, samples[0::3])
        loop = executor.submit(score_async, verifier, samples[1::3])
        main = dispatch.run(verifier, samples[2::3])
        answered = {0: thread.result(), 1: loop.result(), 2: main}

    verdicts = [answered[place % 3][place // 3] for place in range(count)]
    assert sum(map(len, answered.values())) == count
    assert [(place, verdicts[place]) for place, wanted in deserved.items() if verdicts[place].score != wanted] == []
    bombs = [verdict for place, verdict in enumerate(verdicts) if place not in deserved]
    assert not any(verdict.score for verdict in bombs)
    reasons = dict(Counter(verdict.reason for verdict in bombs))
    assert reasons.get("timeout", 0) >= len(bombs) // 3 or name == "math"
    sys.stdout.write(f"{count} rows; bombs {reasons}; largest worker {watch.peak_mb:.0f} MB\n")
    assert watch.peak_mb < MEMORY_MB + 300
    assert resident_mb("self") - before_mb < 200
    watch.pool.close()
    assert not any(resident_mb(pid) for pid in watch.pids)
