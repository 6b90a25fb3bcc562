"""Totals over groups against tables computed by hand; the arithmetic stands beside each in `groups.jsonl`."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.evals import benchmark
from rewardkit.evals.run import evaluate
from rewardkit.evals.wemath import four_way
from rewardkit.testing import ScriptedClient

GROUPS = [json.loads(line) for line in (Path(__file__).parent / "groups.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("group", "mode"),
    [pytest.param(group, mode, id=f"{group['benchmark']}-{group['id']}-{mode}") for group in GROUPS for mode in group["modes"]],
)
def test_totals_are_those_of_the_hand(group, mode):
    judge = ScriptedClient(group["replies"]) if "replies" in group else None
    result = evaluate(benchmark(group["benchmark"]), group["rows"], mode, judge=judge)
    for figure, wanted in group["figures"].items():
        low, high = wanted if isinstance(wanted, list) else (wanted, wanted)
        assert result.figures[figure].low == pytest.approx(low), figure
        assert result.figures[figure].high == pytest.approx(high), figure
        assert (result.figures[figure].value is None) == (low != high)


def test_every_benchmark_that_counts_in_groups_has_a_table():
    assert {group["benchmark"] for group in GROUPS} >= {"WeMath", "HallusionBench", "MME", "MMBench", "DynaMath"}


@pytest.mark.parametrize("steps", [2, 3])
def test_wemath_s_four_kinds_share_all_outcomes(steps):
    """Each pattern of steps and whole is of one kind, and loose differs from strict only in mastery and memorisation."""
    for *parts, whole in itertools.product([False, True], repeat=steps + 1):
        strict, loose = four_way(parts, whole, strict=True), four_way(parts, whole, strict=False)
        if whole:
            assert strict == ("CM" if all(parts) else "RM")
            assert loose == ("RM" if not any(parts) else "CM")
        else:
            assert strict == loose == ("IG" if all(parts) else "IK")


@given(right=st.lists(st.booleans(), min_size=9, max_size=9), undecided=st.lists(st.booleans(), min_size=9, max_size=9))
def test_a_range_holds_every_outcome_of_its_undecided_rows(right, undecided):
    """However a model would decide the open rows, no figure leaves its range."""
    rows = next(group["rows"] for group in GROUPS if group["id"] == "VD and VS merge")
    made = [
        {**row, "prediction": "I see" if is_open else "Yes" if is_right else "No"}
        for row, is_right, is_open in zip(rows, right, undecided, strict=True)
    ]
    hallusion = benchmark("HallusionBench")
    ranges = evaluate(hallusion, made, "vlmevalkit").figures
    says = ["Yes" if is_right else "No" for is_right, is_open in zip(right, undecided, strict=True) if is_open]
    decided = evaluate(hallusion, made, "vlmevalkit", judge=ScriptedClient(says)).figures
    for name, figure in decided.items():
        assert figure.value is not None
        assert ranges[name].low - 1e-9 <= figure.value <= ranges[name].high + 1e-9
