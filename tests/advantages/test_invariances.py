"""What must hold for any batch: exactly where nothing is rounded differently, else to the last bits of float32."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit.advantages import ESTIMATORS, DifficultyWeight, ShortestCorrectBonus, group_advantages

# Estimators in which a group's advantages depend on that group alone.
LOCAL = ["grpo", "dapo", "dr_grpo", "rloo", "opo", "passk", "maxrl", "remax"]
FEW = settings(max_examples=examples(30), deadline=None)
VALUES = st.one_of(st.none(), st.sampled_from([0.0, 0.1, 0.9, 1.0]), st.floats(-10, 10, width=32))


@st.composite
def batches(draw: st.DrawFn) -> dict[str, Any]:
    """A batch of up to 30 rows in up to 5 groups, of one or two reward functions."""
    count = draw(st.integers(1, 30))
    functions = draw(st.integers(1, 2))
    row = st.lists(VALUES, min_size=functions, max_size=functions)
    return {
        "rewards": draw(st.lists(row, min_size=count, max_size=count)),
        "group_ids": draw(st.lists(st.integers(0, 4), min_size=count, max_size=count)),
        "lengths": draw(st.lists(st.integers(0, 300), min_size=count, max_size=count)),
        "baseline": draw(st.lists(st.floats(-1, 1, width=32), min_size=count, max_size=count)),
    }


def run(batch: dict[str, Any], rows: Any, estimator: str, **options: Any) -> Any:
    """The advantages of some rows, in that order."""
    picked = {key: [values[i] for i in rows] for key, values in batch.items()}
    if ESTIMATORS[estimator].needs != "baseline":
        del picked["baseline"]
    return group_advantages(picked.pop("rewards"), estimator=estimator, **picked, **options)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@FEW
@given(batches(), st.randoms(use_true_random=False), st.sampled_from(["rows", "tokens"]))
def test_the_order_of_rows_changes_no_bit(estimator, batch, random, whiten):
    count = len(batch["rewards"])
    shuffled = random.sample(range(count), count)
    hooks = (ShortestCorrectBonus(min_length=10), DifficultyWeight())
    for options in ({"whiten": whiten}, {"hooks": hooks}, *({"scale": scale} for scale in ESTIMATORS[estimator].scales)):
        there, here = run(batch, range(count), estimator, **options), run(batch, shuffled, estimator, **options)
        assert torch.equal(there.advantages[shuffled], here.advantages)
        assert torch.equal(there.kept[shuffled], here.kept)
        for name in ("mean", "std", "degenerate"):
            assert torch.equal(getattr(there, name)[there.group[shuffled]], getattr(here, name)[here.group])


@pytest.mark.parametrize("estimator", LOCAL)
@FEW
@given(batches())
def test_a_batch_in_pieces_is_the_same_bit_for_bit(estimator, batch):
    count = len(batch["rewards"])
    whole = run(batch, range(count), estimator)
    for group in set(batch["group_ids"]):
        rows = [i for i in range(count) if batch["group_ids"][i] == group]
        assert torch.equal(run(batch, rows, estimator).advantages, whole.advantages[rows])


@pytest.mark.parametrize("estimator", LOCAL)
@FEW
@given(batches(), st.integers(2, 4))
def test_copies_of_whole_groups_are_the_same_bit_for_bit(estimator, batch, copies):
    count = len(batch["rewards"])
    once = run(batch, range(count), estimator)
    batch = {key: values * copies for key, values in batch.items()}
    batch["group_ids"] = [(i // count, group) for i, group in enumerate(batch["group_ids"])]
    assert torch.equal(run(batch, range(count * copies), estimator).advantages, once.advantages.repeat(copies))


@pytest.mark.parametrize("estimator", ["grpo", "dapo", "dr_grpo", "opo", "gpg", "maxrl", "gdpo", "reinforce_pp"])
@FEW
@given(batches(), st.integers(2, 3))
def test_copies_of_rows_in_their_own_group_change_nothing_without_a_correction(estimator, batch, copies):
    count = len(batch["rewards"])
    once = run(batch, range(count), estimator, ddof=0)
    batch = {key: values * copies for key, values in batch.items()}
    many = run(batch, range(count * copies), estimator, ddof=0)
    torch.testing.assert_close(many.advantages, once.advantages.repeat(copies), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(many.std, once.std, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("estimator", ["gdpo", "reinforce_pp", "gpg"])
@FEW
@given(batches())
def test_copies_change_batch_moments_by_their_correction_alone(estimator, batch):
    count = len(batch["rewards"])
    once = run(batch, range(count), estimator, ddof=0)
    twice = {key: values * 2 for key, values in batch.items()}
    twice["group_ids"] = [(i // count, group) for i, group in enumerate(batch["group_ids"] * 2)]
    torch.testing.assert_close(
        run(twice, range(2 * count), estimator, ddof=0).advantages, once.advantages.repeat(2), rtol=1e-5, atol=1e-6
    )


@FEW
@given(
    st.lists(st.integers(0, 64), min_size=2, max_size=16),
    st.integers(-100, 100),
    st.sampled_from(sorted(ESTIMATORS.keys() - {"maxrl", "remax"})),
)
def test_a_shift_of_every_reward_changes_nothing(rewards, shift, estimator):
    batch = {"rewards": [r / 64 for r in rewards], "group_ids": [0] * len(rewards)}
    batch |= {"lengths": [1 + r for r in rewards], "baseline": [0.0] * len(rewards)}
    shifted = batch | {"rewards": [r / 64 + shift for r in rewards]}  # exact in float32
    there, here = (run(one, range(len(rewards)), estimator) for one in (batch, shifted))
    torch.testing.assert_close(here.advantages, there.advantages, rtol=1e-5, atol=1e-6)
    assert torch.equal(here.degenerate, there.degenerate)


@FEW
@given(
    st.lists(st.integers(0, 64), min_size=2, max_size=16), st.integers(-8, 8), st.sampled_from(["grpo", "passk", "reinforce_pp"])
)
def test_a_scale_of_every_reward_is_divided_out(rewards, power, estimator):
    options = {"group_size": len(rewards), "estimator": estimator, "eps": 0.0, "tol": 0.0}
    there = group_advantages([r / 64 for r in rewards], **options).advantages
    here = group_advantages([r / 64 * 2.0**power for r in rewards], **options).advantages
    assert torch.equal(here, there)  # a power of two rounds nothing
    for name in ("dr_grpo", "rloo", "opo"):
        given_lengths = {"lengths": [1 + r for r in rewards]} if name == "opo" else {}
        one = group_advantages([r / 64 for r in rewards], group_size=len(rewards), estimator=name, tol=0.0, **given_lengths)
        two = group_advantages([r / 32 for r in rewards], group_size=len(rewards), estimator=name, tol=0.0, **given_lengths)
        assert torch.equal(two.advantages, 2 * one.advantages)


@FEW
@given(batches(), st.sampled_from(["grpo", "dr_grpo", "rloo", "gpg"]))
def test_a_group_s_advantages_sum_to_nothing(batch, estimator):
    found = run(batch, range(len(batch["rewards"])), estimator)
    sums = torch.zeros(len(found.mean), dtype=torch.float64).index_add_(0, found.group, found.advantages.double())
    assert bool((sums.abs() < 1e-4).all())


@FEW
@given(batches(), st.sampled_from(sorted(ESTIMATORS)))
def test_degenerate_groups_and_unscored_rows_are_exactly_zero_and_nothing_is_ever_nan(batch, estimator):
    found = run(batch, range(len(batch["rewards"])), estimator)
    assert bool(found.advantages.isfinite().all())
    assert not found.advantages[found.degenerate[found.group]].any()
    assert not found.advantages[~found.scored].any()
    assert torch.equal(found.kept, found.scored & ~found.degenerate[found.group])


@FEW
@given(batches(), st.sampled_from(sorted(ESTIMATORS)))
def test_twice_is_the_same_with_any_number_of_threads(batch, estimator):
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = run(batch, range(len(batch["rewards"])), estimator)
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(run(batch, range(len(batch["rewards"])), estimator).advantages, one.advantages)


@pytest.mark.parametrize("estimator", ["grpo", "gdpo", "reinforce_pp"])
def test_a_large_batch_is_the_same_with_any_number_of_threads_and_in_any_order(estimator):
    generator = torch.Generator().manual_seed(0)
    rewards = torch.rand(60_000, generator=generator)
    ids = torch.randint(0, 9_000, (60_000,), generator=generator)
    shuffled = torch.randperm(60_000, generator=generator)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = group_advantages(rewards, group_ids=ids, estimator=estimator, scale=None).advantages
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(group_advantages(rewards, group_ids=ids, estimator=estimator).advantages, one)
    assert torch.equal(
        group_advantages(rewards[shuffled], group_ids=ids[shuffled], estimator=estimator).advantages, one[shuffled]
    )


@FEW
@given(st.integers(1, 6), st.integers(1, 6), st.randoms(use_true_random=False))
def test_a_size_and_ids_are_two_ways_to_say_the_same(count, size, random):
    rewards = [random.choice([0.0, 0.5, 0.9, None]) for _ in range(count * size)]
    ids = [f"prompt {i // size}" for i in range(count * size)]
    for estimator in ("grpo", "rloo", "gdpo", "passk"):
        by_size = group_advantages(rewards, group_size=size, estimator=estimator)
        by_ids = group_advantages(rewards, group_ids=np.array(ids), estimator=estimator)
        assert torch.equal(by_size.advantages, by_ids.advantages)
        assert torch.equal(by_size.std, by_ids.std)
