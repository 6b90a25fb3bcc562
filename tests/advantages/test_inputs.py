"""What `group_advantages` reads, in whatever form a trainer holds it, and what it refuses instead of guessing."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from rewardkit.advantages import group_advantages
from rewardkit.errors import BadParameter, WrongLength

NAN, INF = float("nan"), float("inf")
REWARDS = [1.0, 0.0, 1.0, 0.0]
MASK = [[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0]]


@pytest.mark.parametrize(
    "ids",
    [
        [torch.tensor(1), torch.tensor(2), torch.tensor(1), torch.tensor(2)],
        list(torch.tensor([1, 2, 1, 2])),
        [np.int64(1), 2, np.int32(1), 2],
        torch.tensor([[1], [2], [1], [2]]),
        np.array([["a"], ["b"], ["a"], ["b"]]),
        torch.tensor([True, False, True, False]),
        (("step 1", 1), ("step 1", 2), ("step 1", 1), ("step 1", 2)),
        [b"a", b"b", b"a", b"b"],
    ],
)
def test_equal_ids_are_one_group_whatever_they_are(ids):
    assert group_advantages(REWARDS, group_ids=ids).group.tolist() == [0, 1, 0, 1]


def test_a_size_may_be_an_integer_of_numpy_s():
    assert group_advantages(REWARDS, group_size=np.int64(2)).mean.shape == (2,)


@pytest.mark.parametrize("form", [torch.tensor, np.array, list])
def test_masks_and_ends_may_be_tensors_arrays_or_lists(form):
    expected = group_advantages(REWARDS, group_size=2, token_mask=torch.tensor(MASK)).advantages
    assert torch.equal(group_advantages(REWARDS, group_size=2, token_mask=form(MASK)).advantages, expected)
    packed = group_advantages(REWARDS, group_size=2, cu_seqlens=form([0, 2, 3, 6, 6])).advantages
    assert torch.equal(packed, expected[torch.tensor(MASK) != 0])


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64, torch.uint8])
def test_ends_may_be_any_integers(dtype):
    found = group_advantages(REWARDS, group_size=2, cu_seqlens=torch.tensor([0, 1, 1, 2, 2], dtype=dtype))
    assert found.advantages.tolist() == pytest.approx([2**-0.5, 2**-0.5], rel=1e-3)


@pytest.mark.parametrize("value", [1, 1.0, True, np.int64(1)])
def test_one_is_one(value):
    expected = group_advantages(REWARDS, group_size=4, ddof=1).advantages
    for backend in ("reference", "auto"):
        assert torch.equal(group_advantages(REWARDS, group_size=4, ddof=value, backend=backend).advantages, expected)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"group_ids": [np.float32(1), 1, 2, 2]}, "is no group id"),
        ({"group_ids": [torch.tensor(1.0), 1, 2, 2]}, "is no group id"),
        ({"group_ids": [[1], [1], [2], [2]]}, r"cannot be told apart .*integer or string"),
        ({"group_ids": np.array([[1, 2], [1, 2]])}, r"shape \(2, 2\); give \(B,\)"),
        ({"group_ids": torch.ones(2, 2, dtype=torch.long)}, r"shape \(2, 2\); give \(B,\)"),
        ({"group_size": 2, "weights": torch.tensor([NAN])}, "finite number"),
        ({"group_size": 2, "weights": torch.tensor([INF])}, "finite number"),
        ({"group_size": 2, "weights": [None]}, "finite number"),
        ({"group_size": 2, "weights": ["high"]}, "finite number"),
        ({"group_size": 2, "estimator": "remax", "baseline": [0.0, INF, 0.0, 0.0]}, "baseline of row 1 is inf"),
        ({"group_size": 2, "estimator": "opo", "lengths": [1, INF, 1, 1]}, "0 or more"),
        ({"group_size": 2, "total_tokens": 5}, "total_tokens is 5 without cu_seqlens"),
        ({"group_size": 2, "cu_seqlens": torch.arange(5.0)}, "cu_seqlens are torch.float32"),
        ({"group_size": 2, "cu_seqlens": torch.tensor(3)}, r"shape \(\); give \(B\+1,\)"),
        ({"group_size": 2, "cu_seqlens": torch.arange(0)}, r"shape \(0,\); give \(B\+1,\)"),
        ({"group_size": 2, "token_mask": "all"}, "token_mask cannot be read"),
    ],
)
def test_what_would_be_guessed_is_refused(options, says):
    with pytest.raises(BadParameter, match=says):
        group_advantages(REWARDS, **options)


@pytest.mark.parametrize(
    "rewards", [[1e300, 0.0], np.array([1e300, 0.0]), torch.tensor([1e300, 0.0], dtype=torch.float64), {"only": [1e300, 0.0]}]
)
def test_a_reward_beyond_float32_is_infinite(rewards):
    with pytest.raises(BadParameter, match="row 0 is inf in float32"):
        group_advantages(rewards, group_size=2)


def test_complex_rewards_have_no_order():
    for rewards in (torch.tensor([1j, 0]), np.array([1j, 0]), [1j, 0]):
        with pytest.raises(BadParameter, match="give a number or None"):
            group_advantages(rewards, group_size=2)


def test_lengths_that_are_not_the_batch_s_are_said_even_where_they_are_not_needed():
    with pytest.raises(WrongLength, match="lengths has 3 entries for a batch of 4"):
        group_advantages(REWARDS, group_size=2, lengths=[1, 2, 3])
    with pytest.raises(WrongLength, match="form has 1 entries for a batch of 2"):
        group_advantages({"right": [1.0, 0.0], "form": [1.0]}, group_size=2)


@pytest.mark.parametrize("scale", ["group", "batch", "none"])
def test_a_baseline_that_is_given_is_not_divided_by_nothing(scale):
    """Rewards without spread have no scale, which is no reason for advantages of thousands."""
    found = group_advantages([1.0, 1.0], group_size=2, estimator="remax", baseline=[0.5, 0.25], scale=scale)
    assert found.advantages.tolist() == ([0.5, 0.75] if scale == "none" else [0.0, 0.0])
    assert found.degenerate.tolist() == [scale != "none"]
    alone = group_advantages([1.0], group_size=1, estimator="remax", baseline=[0.5], scale=scale)
    assert alone.advantages.tolist() == ([0.5] if scale == "none" else [0.0])
    two = group_advantages([1.0, 1.0, 0.0, 1.0], group_size=2, estimator="remax", baseline=[0.5] * 4, scale=scale)
    assert two.degenerate.tolist() == [scale == "group", False]
