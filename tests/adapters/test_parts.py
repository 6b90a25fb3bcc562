"""The parts of a rubric in what a trainer logs: the same columns for every row, whatever became of it."""

from __future__ import annotations

import math

import pytest

from rewardkit.adapters.verl import compute_score, compute_scores

PARTS = ("part/accuracy", "part/format.think_answer")
OPTIONS = {"recipe": "wethink", "routes": {"rule": "rule"}}


@pytest.mark.parametrize("unscored", [0.0, math.nan])
def test_verl_gets_each_part_of_every_row(unscored: float) -> None:
    good, tale = "<think>so</think><answer>B</answer>", "<think>so</think><answer>a tale</answer>"
    told = compute_scores(
        ["x"] * 3,
        [good, "C", tale],
        ["B", "B", "The tale of two cities, told."],
        [{"reward": "rule"}] * 3,
        unscored=unscored,
        **OPTIONS,
    )
    assert [row["part/accuracy"] for row in told[:2]] == [1.0, 0.0]
    assert told[2]["part/accuracy"] == pytest.approx(unscored, nan_ok=True)
    assert [row["part/format.think_answer"] for row in told] == [1.0, 0.0, 1.0]
    assert len({frozenset(row) for row in told}) == 1


def test_one_row_has_the_keys_that_a_batch_has() -> None:
    assert set(PARTS) <= compute_score("x", "B", "B", {"reward": "rule"}, **OPTIONS).keys()
    assert not any(key.startswith("part/") for key in compute_score("x", "B", "B", {}))
