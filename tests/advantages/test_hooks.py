"""Bonuses, weights and filters of groups, against the numbers that their papers and codes give."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch

from rewardkit.advantages import (
    AccuracyBounds,
    DifficultyWeight,
    Hook,
    PadPower,
    PadSoftmax,
    Rows,
    ShortestCorrectBonus,
    group_advantages,
)
from rewardkit.errors import BadParameter


def right(of_eight, groups=1):
    return ([1.0] * of_eight + [0.0] * (8 - of_eight)) * groups


@pytest.mark.parametrize(("count", "weight"), [(0, 0.0), (1, 0.7875), (2, 1.35), (4, 1.8), (6, 1.35), (8, 0.0)])
def test_difficulty_weighs_most_where_half_are_right(count, weight):
    bare = group_advantages(right(count), group_size=8).advantages
    weighed = group_advantages(right(count), group_size=8, hooks=[DifficultyWeight(sigma=1.8)]).advantages
    assert weighed.tolist() == pytest.approx((bare * weight).tolist(), rel=1e-6)


def test_difficulty_counts_scored_rows_alone():
    rewards = [1.0, 0.0, None, None]
    bare = group_advantages(rewards, group_size=4).advantages
    weighed = group_advantages(rewards, group_size=4, hooks=[DifficultyWeight(sigma=1.0)]).advantages
    assert torch.equal(weighed, bare)  # 4 · ½ · ½


@pytest.mark.parametrize(("count", "kept"), [(0, False), (1, True), (5, True), (9, True), (10, False)])
def test_accuracy_bounds_are_included(count, kept):
    rewards = [1.0] * count + [0.0] * (10 - count)
    found = group_advantages(rewards, group_size=10, hooks=[AccuracyBounds(0.1, 0.9)])
    assert found.kept.tolist() == [kept] * 10
    assert group_advantages(rewards, group_size=10, hooks=[AccuracyBounds(0.11, 0.89)]).kept.all() == (1 < count < 9)


def test_the_shortest_correct_completion_gets_the_bonus():
    lengths = [150, 120, 110, 400]
    hook = ShortestCorrectBonus(bonus=0.2, min_length=100)
    found = group_advantages(
        [1.0, 1.0, 0.0, 1.0], group_size=4, estimator="remax", baseline=[0.0] * 4, lengths=lengths, hooks=[hook]
    )
    assert found.advantages.tolist() == pytest.approx([1.0, 1.2, 0.0, 1.0])


@pytest.mark.parametrize(
    ("rewards", "lengths", "why"),
    [
        ([0.0, 0.5, 0.0], [150, 120, 110], "nobody is right, so nobody is the shortest who is"),
        ([1.0, 1.0, 0.0], [100, 120, 110], "the shortest is short enough"),
        ([None, None, 0.0], [150, 120, 110], "nothing is known"),
    ],
)
def test_and_nobody_gets_it_where(rewards, lengths, why):
    bare = group_advantages(rewards, group_size=3, scale="none")
    found = group_advantages(rewards, group_size=3, scale="none", lengths=lengths, hooks=[ShortestCorrectBonus()])
    assert torch.equal(found.advantages, bare.advantages), why
    assert torch.equal(found.mean, bare.mean), why


def test_a_tie_for_the_shortest_is_shared():
    found = group_advantages([1.0, 1.0, 1.0], group_size=3, lengths=[150, 150, 151], hooks=[ShortestCorrectBonus()])
    assert found.mean.item() == pytest.approx(1 + 0.4 / 3)


def test_a_column_is_chosen_by_name_or_number():
    rewards = {"form": [1.0, 1.0, 1.0, 1.0], "right": [1.0, 0.0, 0.0, 0.0]}
    for column in ("right", 1):
        found = group_advantages(rewards, group_size=4, hooks=[AccuracyBounds(column=column)])
        assert found.kept.all()
    assert not group_advantages(rewards, group_size=4, hooks=[AccuracyBounds(column="form")]).kept.any()
    with pytest.raises(BadParameter, match="there are form, right"):
        group_advantages(rewards, group_size=4, hooks=[AccuracyBounds(column="rigth")])
    with pytest.raises(BadParameter, match="column is 2 of 2"):
        group_advantages(rewards, group_size=4, hooks=[AccuracyBounds(column=2)])
    with pytest.raises(BadParameter, match="lengths are needed"):
        group_advantages(rewards, group_size=4, hooks=[ShortestCorrectBonus()])


# What |A| is for k right of eight (seeds of PAD: group deviation of the sample), and which side the ceiling leaves.
@pytest.mark.parametrize(("count", "left"), [(1, "wrong"), (2, "wrong"), (3, "wrong"), (4, "both"), (5, "right"), (7, "right")])
@pytest.mark.parametrize("hook", [PadPower(), PadSoftmax()])
def test_pads_ceiling_drops_the_minority_and_says_so(count, left, hook):
    rewards = right(count)
    if left == "both":
        assert group_advantages(rewards, group_size=8, hooks=[hook]).kept.all()
        return
    with pytest.warns(UserWarning, match=r"PAD's ceiling of 0\.97 drops one side of 1 of 1 groups"):
        found = group_advantages(rewards, group_size=8, hooks=[hook])
    majority = [(reward == 1.0) == (left == "right") for reward in rewards]
    assert found.kept.tolist() == majority
    assert group_advantages(rewards, group_size=8, hooks=[type(hook)(high=3.0)]).kept.all()


def test_pad_by_softmax_draws_each_row_once():
    advantages = torch.tensor([0.5, -0.5, 0.9, 0.01, 2.0, 0.0, 0.1, -0.9])
    generator = torch.Generator().manual_seed(0)
    drawn = PadSoftmax(share=0.5).draw(advantages, generator=generator)
    assert len(drawn) == len(set(drawn.tolist())) == 4
    assert sorted(PadSoftmax(share=1.0).draw(advantages).tolist()) == [0, 1, 2, 6, 7]
    firsts = [PadSoftmax(share=0.1, tau=0.3).draw(advantages, generator=generator)[0].item() for _ in range(3000)]
    likely = torch.softmax(advantages[[0, 1, 2, 6, 7]].abs() / 0.3, 0)
    seen = torch.tensor([firsts.count(row) / 3000 for row in (0, 1, 2, 6, 7)])
    torch.testing.assert_close(seen, likely, atol=0.04, rtol=0)


def test_pad_by_power_draws_with_replacement():
    advantages = torch.tensor([0.5, -0.5, 0.9, 0.01, 2.0, 0.0, 0.1, -0.9])
    drawn = PadPower(share=500.0).draw(advantages, generator=torch.Generator().manual_seed(0))
    assert len(drawn) == 4000
    likely = advantages[[0, 1, 2, 6, 7]].abs() ** 1.5
    seen = torch.bincount(drawn, minlength=8)[[0, 1, 2, 6, 7]] / 4000
    assert not set(drawn.tolist()) & {3, 4, 5}
    torch.testing.assert_close(seen, likely / likely.sum(), atol=0.03, rtol=0)
    again = PadPower(share=500.0).draw(advantages, generator=torch.Generator().manual_seed(0))
    assert torch.equal(drawn, again)


def test_pad_falls_back_to_the_whole_batch():
    for hook in (PadPower(), PadSoftmax()):
        assert hook.draw(torch.zeros(3)).tolist() == [0, 1, 2]
        assert hook.draw(torch.zeros(0)).tolist() == []
        with pytest.raises(BadParameter, match=r"result\.completions"):
            hook.draw(torch.zeros(3, 4))


def test_hooks_of_your_own_compose_in_order():
    @dataclass(frozen=True)
    class Halved(Hook):
        def rewards(self, rows: Rows) -> torch.Tensor:
            return rows.rewards / 2

        def weights(self, rows: Rows) -> torch.Tensor:
            return torch.full((len(rows.rewards),), 3.0)

        def keeps(self, rows: Rows, advantages: torch.Tensor) -> torch.Tensor:
            return advantages > 0

    found = group_advantages([1.0, 0.0], group_size=2, scale="none", hooks=[Halved(), Halved(), Hook()])
    assert found.mean.item() == 0.125
    assert found.advantages.tolist() == [1.125, -1.125]
    assert found.kept.tolist() == [True, False]
