"""Schedules: straight lines, powers and stages, flat at their ends."""

from __future__ import annotations

import pytest

from rewardkit import BadParameter
from rewardkit.schedules import Exponential, Linear, Stages, grpo_d


def test_straight_lines_are_flat_at_their_ends() -> None:
    line = Linear([(10, 1.0), (20, 3.0), (40, 2.0)])
    assert [line(step) for step in (0, 10, 15, 20, 30, 40, 99)] == [1.0, 1.0, 2.0, 3.0, 2.5, 2.0, 2.0]


def test_powers_begin_after_a_while_and_stop_at_the_least() -> None:
    entropy = Exponential(0.02, 0.985, after=20)
    assert entropy(0) == entropy(20) == 0.02
    assert entropy(22) == pytest.approx(0.02 * 0.985**2)
    assert Exponential(1.0, 0.5, least=0.25)(10) == 0.25


def test_stages_hold_until_the_next() -> None:
    tokens = Stages([(0, 4096), (100, 8192)])
    assert [tokens(step) for step in (-1, 0, 99, 100, 500)] == [4096, 4096, 4096, 8192, 8192]


def test_grpo_d_falls_first_and_then_rises() -> None:
    # Counting: 0.04 to 0.1, over 100 steps, 30 of them warm: 0.07 − (0.07 − 0.04) · s/30, then 0.04 + 0.06 · (s − 30)/70
    weight = grpo_d(0.04, 0.1, steps=100)
    assert [weight(step) for step in (0, 15, 30, 65, 100)] == pytest.approx([0.07, 0.055, 0.04, 0.07, 0.1])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Linear([]),
        lambda: Linear([(1, 0), (1, 2)]),
        lambda: Stages([(2, 0), (1, 2)]),
        lambda: Exponential(1, 0),
        lambda: grpo_d(0, 1, steps=0),
    ],
)
def test_what_cannot_be_a_schedule_is_refused(make: object) -> None:
    with pytest.raises(BadParameter):
        make()  # type: ignore[operator]
