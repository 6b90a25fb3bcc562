"""What the pipeline adds to a verifier's own work stays within its budget."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from patience import least_cpu_s

from rewardkit import Verdict

# A slower machine is slower at both; three to five were seen when this was written.
BUDGET_IN_VERDICTS = 8.0
MADE = 20_000


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    path = Path(__file__).parents[1] / "benchmarks" / "rules" / "bench_pipeline.py"
    spec = importlib.util.spec_from_file_location("bench_pipeline", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.alone
@pytest.mark.parametrize("name", ["reward function", "router by column", "router by function over cascades"])
def test_a_sample_costs_no_more_than_a_few_verdicts(bench, name):
    # CPU time, and the first median of several that is within it: a neighbour on the core costs this test nothing.
    medians = []
    while not medians or (medians[-1] > BUDGET_IN_VERDICTS and len(medians) < 5):
        medians.append(sorted(bench.overhead_us(name, repeats=15))[7] / verdict_us())
    assert medians[-1] <= BUDGET_IN_VERDICTS, medians


def verdict_us() -> float:
    """Microseconds of CPU time that making one verdict takes now."""
    return least_cpu_s(lambda: [Verdict.scored(1.0) for _ in range(MADE)]) / MADE * 1e6
