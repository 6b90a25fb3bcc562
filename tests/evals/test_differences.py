"""What is said of the modes' differences is shown by cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cases_of import read_cases

import rewardkit.evals
from rewardkit.evals import BENCHMARKS, benchmark
from rewardkit.evals.compare import published
from rewardkit.evals.model import MODES

HOUSE = Path(rewardkit.evals.__file__).parent
DIFFERENCES = [json.loads(line) for line in (HOUSE / "differences.jsonl").read_text(encoding="utf-8").splitlines()]
CASES = {(case["benchmark"], case["id"]): case for case in read_cases()}
BY_TABLE = {("WeMath", "score"), ("HallusionBench", "groups")}  # shown in groups.jsonl


@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: f"{row['benchmark']}, {row['point']}")
def test_every_difference_is_shown_by_its_cases(row):
    assert row["cases"] or (row["benchmark"], row["point"]) in BY_TABLE
    for name in row["cases"]:
        case = CASES[row["benchmark"], name]
        replied = {
            mode: {key: said for key, said in script.items() if key != "says"} for mode, script in case.get("replies", {}).items()
        }
        told = {str((case[mode], replied.get(mode))) for mode in MODES}
        assert len(told) > 1, name


def test_every_benchmark_has_a_row():
    assert {row["benchmark"] for row in DIFFERENCES} == set(BENCHMARKS)


def test_published_numbers_say_where_they_come_from():
    for one in published(
        ("WeThink", "base model (Qwen2.5-VL-7B)", "WeThink (paper)", "WeThink (re-evaluated)", "WeThink (wizwand)")
    ):
        assert 0 < one.low <= benchmark(one.benchmark).top
        assert one.source
        assert one.certainty
    assert len(published()) == 26, "thirteen benchmarks are published for both models; the fourteenth is not known"
