"""The host build of the kernels' own headers against an independent truth."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from batches import ESTIMATORS, MASKS, Batch, check, fixed, packed, uneven, with_mask
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

SCALES = ("group", "batch", "none")


@pytest.fixture
def dice():
    return np.random.default_rng(0)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("groups", "size"), [(1, 1), (7, 1), (5, 2), (9, 3), (33, 8), (3, 33), (40, 64), (2, 257)])
@pytest.mark.parametrize("functions", [1, 3])
def test_fixed_groups(host, dice, estimator, scale, groups, size, functions):
    check(host.group_advantages, fixed(dice, groups, size, functions), estimator, scale)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("functions", [1, 4])
def test_uneven_groups_in_any_order(host, dice, estimator, scale, functions):
    check(host.group_advantages, uneven(dice, 300, 9, functions), estimator, scale)
    check(host.group_advantages, uneven(dice, 3, 200, functions), estimator, scale)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("kind", ["binary", "equal", "huge", "tiny", "offset", "unscored"])
@pytest.mark.parametrize("scale", SCALES)
def test_awkward_rewards(host, dice, estimator, kind, scale):
    got = check(host.group_advantages, fixed(dice, 50, 8, 1, kind), estimator, scale)
    if kind in ("equal", "unscored"):
        assert (got[0] == 0).all()
        assert got[4].all()


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_infinite_rewards_are_degenerate_and_not_nan(host, estimator):
    rewards = np.array([[np.inf], [1.0], [np.inf], [np.inf], [0.0], [1.0]], dtype=np.float32)
    batch = Batch(rewards, np.ones(1, np.float32), group_size=2)
    advantages, _, _, _, degenerate, scored, kept = host.group_advantages(*batch.arguments(estimator, "group"))
    assert scored.all()
    assert kept.tolist() == [False] * 4 + [True] * 2
    assert degenerate.tolist() == [True, True, False]
    assert (advantages[:4] == 0).all()


@pytest.mark.parametrize(
    "options", [{"clip": 0.5}, {"ddof": 0}, {"ddof": 2}, {"eps": 0.0}, {"tol": 0.0}, {"tol": 0.5}, {"clip": 0.0}]
)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_options(host, dice, estimator, options):
    check(host.group_advantages, fixed(dice, 30, 6, 2, "plain", 0.0), estimator, "group", **options)


@pytest.mark.parametrize("token_dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("mask_dtype", MASKS)
@pytest.mark.parametrize("tokens", [0, 1, 17, 1000])
def test_tokens(host, dice, tokens, mask_dtype, token_dtype):
    check(host.group_advantages, with_mask(dice, fixed(dice, 4, 4), tokens, mask_dtype, off=3), "grpo", "group", token_dtype)


@pytest.mark.parametrize("token_dtype", [torch.float32, torch.bfloat16])
def test_packed_tokens(host, dice, token_dtype):
    check(host.group_advantages, packed(dice, uneven(dice, 30, 6), 50, before=5, after=9), "rloo", "none", token_dtype)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_no_rows(host, estimator):
    check(host.group_advantages, Batch(np.zeros((0, 2), np.float32), np.ones(2, np.float32), group_size=4), estimator, "batch")


@pytest.mark.slow
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_million_rows(host, dice, estimator):
    check(host.group_advantages, fixed(dice, 15_625, 64, 1), estimator, "batch")


@settings(max_examples=examples(60), deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    estimator=st.sampled_from(ESTIMATORS),
    scale=st.sampled_from(SCALES),
    functions=st.integers(1, 4),
    kind=st.sampled_from(["plain", "binary", "offset", "tiny"]),
)
def test_any_batch(host_library, seed, estimator, scale, functions, kind):
    dice = np.random.default_rng(seed)
    batch = uneven(dice, int(dice.integers(1, 40)), int(dice.integers(1, 40)), functions, kind)
    check(host_library.group_advantages, batch, estimator, scale)


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("scale", SCALES)
def test_the_order_of_rows_changes_the_last_bit_at_most(host, dice, estimator, scale):
    """Sums are in the order of rows: what differs is the last bit of a float64, which float32 rarely sees."""
    batch = fixed(dice, 200, 16, 2)
    other = np.concatenate([16 * g + dice.permutation(16) for g in range(200)])
    moved = Batch(batch.rewards[other], batch.weights, group_size=16)
    first, second = (host.group_advantages(*each.arguments(estimator, scale)) for each in (batch, moved))
    torch.testing.assert_close(second[0], first[0][torch.from_numpy(other)], rtol=1.2e-7, atol=1e-14)
    assert torch.equal(first[4], second[4])


def test_the_order_of_groups_changes_no_bit(host, dice):
    batch = fixed(dice, 64, 16, 2)
    other = dice.permutation(64)
    moved = Batch(batch.rewards.reshape(64, 16, 2)[other].reshape(-1, 2), batch.weights, group_size=16)
    for scale in ("group", "none"):
        first = host.group_advantages(*batch.arguments("grpo", scale))[0].view(64, 16)
        second = host.group_advantages(*moved.arguments("grpo", scale))[0].view(64, 16)
        assert torch.equal(first[torch.from_numpy(other)], second)
