"""Batches filled up with groups that a filter keeps."""

from __future__ import annotations

import pytest
import torch

from rewardkit.advantages import AccuracyBounds, GroupAdvantages, Refill, group_advantages
from rewardkit.errors import BadParameter


def completed(*right_of_four: int) -> GroupAdvantages:
    """Groups of four with so many right, filtered as MM-Eureka does."""
    rewards = [1.0 if row < right else 0.0 for right in right_of_four for row in range(4)]
    return group_advantages(rewards, group_size=4, hooks=[AccuracyBounds(0.1, 0.9)])


def test_a_batch_is_filled_from_several_rounds_and_no_further() -> None:
    refill = Refill(3)
    assert refill.take(completed(0, 2, 4)).tolist() == [4, 5, 6, 7]
    assert (refill.missing, refill.kept, refill.seen, refill.is_done) == (2, 1, 3, False)
    assert refill.take(completed(1, 4, 3, 2)).tolist() == [0, 1, 2, 3, 8, 9, 10, 11]
    assert (refill.missing, refill.kept, refill.seen, refill.is_done) == (0, 3, 7, True)
    assert refill.take(completed(2)).tolist() == []


def test_a_policy_that_is_right_everywhere_is_not_asked_for_ever() -> None:
    refill = Refill(3, rounds=2)
    for _ in range(2):
        assert not refill.is_done
        assert refill.take(completed(4, 4)).tolist() == []
    assert refill.is_done
    assert refill.missing == 3
    assert repr(refill) == "Refill(0 of 3 groups, 4 seen in 2 of 2 rounds)"


def test_groups_of_any_order_and_rows_without_a_reward() -> None:
    rewards = torch.tensor([1.0, 1.0, 0.0, 1.0, torch.nan, 1.0])
    result = group_advantages(rewards, group_ids=["a", "b", "a", "b", "a", "b"], hooks=[AccuracyBounds()])
    assert Refill(5).take(result).tolist() == [0, 2]


def test_a_batch_needs_a_group_and_a_round() -> None:
    for wanted, rounds in ((0, 1), (1, 0)):
        with pytest.raises(BadParameter, match="at least 1"):
            Refill(wanted, rounds=rounds)
