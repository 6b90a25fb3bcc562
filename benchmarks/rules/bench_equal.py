"""One whole verdict on pairs of one kind, in microseconds: the reference read anew each time, and the reference kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rewardkit import recipes
from rewardkit.answers import forget
from rewardkit.types import Sample

SUITE = Path(__file__).parents[1] / "suites" / "notation.jsonl"
ROWS = [json.loads(line) for line in SUITE.read_text(encoding="utf-8").splitlines()]
KINDS = sorted({row["kind"] for row in ROWS})


@pytest.mark.parametrize("cached", [False, True], ids=["reference read anew", "reference kept"])
@pytest.mark.parametrize("kind", KINDS)
def test_equal(benchmark, kind, cached):
    routes = recipes.build("auto").routes["math"].parts[0]
    samples = [Sample(i, None, row["completion"], {"answer": row["answer"]}) for i, row in enumerate(ROWS) if row["kind"] == kind]

    def verdicts():
        for sample in samples:
            if not cached:
                forget()
            routes.check(sample)

    benchmark.extra_info.update(
        metric=f"math.equal: {kind}, {'reference kept' if cached else 'reference read anew'}", per=len(samples)
    )
    benchmark.pedantic(verdicts, rounds=200, warmup_rounds=5)
