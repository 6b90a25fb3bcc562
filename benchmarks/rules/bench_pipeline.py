"""What the pipeline adds to a verifier's own work, in microseconds a sample: batches of 1024, a verifier that does nothing."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest

from rewardkit import registry
from rewardkit.compose import Cascade, Rubric
from rewardkit.registry import verifier
from rewardkit.reward import RewardFunction
from rewardkit.router import Router
from rewardkit.types import Sample, Verdict

BATCH = 1024
COLUMNS = {
    "prompts": ["What is half of one?"] * BATCH,
    "completions": [r"The answer is \boxed{\frac{1}{2}}."] * BATCH,
    "completion_ids": [[1, 2, 3]] * BATCH,
    "answer": ["1/2"] * BATCH,
    "reward": ["math"] * BATCH,
}


@verifier("bench.trivial", requires=("answer",))
def trivial(sample: Sample) -> Verdict:
    """The same verdict for everything."""
    return Verdict.scored(1.0)


def by_parity(sample: Sample) -> str:
    """A route for every other sample, so that slices have to be put together again."""
    return "even" if sample.index % 2 == 0 else "odd"


def pipelines() -> dict[str, Callable[[], object]]:
    """Calls over one batch, by name; the first is the verifier's function alone."""
    samples = [
        Sample(i, p, c, {"answer": "1/2"})
        for i, (p, c) in enumerate(zip(COLUMNS["prompts"], COLUMNS["completions"], strict=True))
    ]
    two = {"even": "bench.trivial", "odd": "bench.trivial"}
    nested = {route: Cascade("bench.trivial", "bench.trivial") for route in two}
    functions = {
        "reward function": RewardFunction("bench.trivial"),
        "router by column": RewardFunction(Router({"math": "bench.trivial"})),
        "router by function, two routes": RewardFunction(Router(two, by=by_parity)),
        "router by function over cascades": RewardFunction(Router(nested, by=by_parity)),
        "rubric of two verifiers": RewardFunction(Rubric(dict.fromkeys(map(registry.get, ["bench.trivial"] * 2), 0.5))),
    }
    calls: dict[str, Callable[[], object]] = {"verifier alone": lambda: [trivial(sample) for sample in samples]}
    return calls | {name: (lambda f=f: f(**COLUMNS)) for name, f in functions.items()}


def overhead_us(name: str, repeats: int = 30) -> list[float]:
    """Microseconds of CPU time a sample beyond the verifier's own, of each repeat, measured turn by turn."""
    calls = pipelines()
    taken: dict[str, list[float]] = {"verifier alone": [], name: []}
    for _ in range(repeats):
        for key, times in taken.items():
            start = time.process_time()
            calls[key]()
            times.append((time.process_time() - start) / BATCH * 1e6)
    alone = statistics.median(taken["verifier alone"])
    return [each - alone for each in taken[name]]


@pytest.mark.parametrize("name", pipelines())
def test_pipeline(benchmark, name):
    benchmark.extra_info.update(
        metric=f"pipeline: {name}", per=BATCH, minus="" if name == "verifier alone" else "pipeline: verifier alone"
    )
    benchmark.pedantic(pipelines()[name], rounds=100, warmup_rounds=10)
