"""One advantage a completion becomes one a token, in a mask or packed."""

from __future__ import annotations

import pytest
import torch

from rewardkit.advantages import DifficultyWeight, group_advantages

REWARDS = [1.0, 0.0, None, 0.5, 1.0, 0.0]


@pytest.fixture
def mask():
    return torch.rand(6, 13, generator=torch.Generator().manual_seed(0)) < 0.6


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.int64, torch.float32, torch.bfloat16])
@pytest.mark.parametrize("token_dtype", [torch.float32, torch.bfloat16])
def test_every_token_has_its_completion_s_advantage_and_everything_else_is_zero(mask, dtype, token_dtype):
    found = group_advantages(REWARDS, group_size=3, token_mask=mask.to(dtype), token_dtype=token_dtype)
    bare = group_advantages(REWARDS, group_size=3)
    assert torch.equal(found.completions, bare.advantages)
    assert found.advantages.dtype == token_dtype
    for row in range(6):
        assert torch.equal(found.advantages[row][mask[row]], bare.advantages[row].to(token_dtype).expand(int(mask[row].sum())))
        assert not found.advantages[row][~mask[row]].any()
    assert not (found.advantages.signbit() & (found.advantages == 0)).any(), "a -0.0"


def test_any_number_that_is_not_zero_marks_a_token(mask):
    found = group_advantages(REWARDS, group_size=3, token_mask=mask * -7.5)
    assert torch.equal(found.advantages, group_advantages(REWARDS, group_size=3, token_mask=mask).advantages)


def test_a_view_into_a_larger_tensor(mask):
    expected = group_advantages(REWARDS, group_size=3, token_mask=mask).advantages
    larger = torch.ones(8, 20, dtype=torch.bool)
    larger[1:7, 3:16] = mask
    assert torch.equal(group_advantages(REWARDS, group_size=3, token_mask=larger[1:7, 3:16]).advantages, expected)
    assert torch.equal(group_advantages(REWARDS, group_size=3, token_mask=mask.T.contiguous().T).advantages, expected)


@pytest.mark.parametrize("backend", ["reference", "cuda"])
@pytest.mark.parametrize("token_dtype", [torch.float32, torch.bfloat16])
def test_tokens_are_contiguous_whatever_the_mask_is(mask, token_dtype, backend):
    import rewardkit_cuda

    if backend == "cuda" and not rewardkit_cuda.host_available():
        pytest.skip("the host build of rewardkit_cuda is not there")
    turned = mask.T.contiguous().T
    found = group_advantages(REWARDS, group_size=3, token_mask=turned, token_dtype=token_dtype, backend=backend).advantages
    assert found.is_contiguous()
    assert torch.equal(found, group_advantages(REWARDS, group_size=3, token_mask=mask, token_dtype=token_dtype).advantages)


@pytest.mark.parametrize("backend", ["reference", "cuda"])
@pytest.mark.parametrize("token_dtype", [torch.float32, torch.bfloat16])
def test_an_infinite_advantage_leaves_masked_tokens_zero(mask, token_dtype, backend):
    """What float32 cannot hold becomes infinite; infinity times 0 would be NaN."""
    import rewardkit_cuda

    if backend == "cuda" and not rewardkit_cuda.host_available():
        pytest.skip("the host build of rewardkit_cuda is not there")
    options = {"group_size": 3, "estimator": "rloo", "token_dtype": token_dtype, "backend": backend}
    found = group_advantages([3e38, -3e38, -3e38, 0.0, 1.0, 0.5], token_mask=mask, **options)
    assert found.completions.isinf().tolist() == [True, False, False, False, False, False]
    assert torch.equal(found.advantages, torch.where(mask, found.completions[:, None], 0.0).to(token_dtype))


def test_no_tokens():
    assert group_advantages(REWARDS, group_size=3, token_mask=torch.ones(6, 0)).advantages.shape == (6, 0)


@pytest.mark.parametrize("token_dtype", [torch.float32, torch.bfloat16])
def test_packed_tokens(token_dtype):
    lengths = [3, 0, 2, 5, 1, 0]
    ends = torch.tensor([0, *lengths]).cumsum(0)
    found = group_advantages(REWARDS, group_size=3, cu_seqlens=ends.int(), token_dtype=token_dtype)
    bare = group_advantages(REWARDS, group_size=3).advantages
    expected = [value for value, length in zip(bare.to(token_dtype).tolist(), lengths, strict=True) for _ in range(length)]
    assert found.advantages.tolist() == expected
    padded = group_advantages(REWARDS, group_size=3, cu_seqlens=ends + 2, total_tokens=16, token_dtype=token_dtype)
    assert padded.advantages.tolist() == [0.0, 0.0, *expected, 0.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="at most the 5 packed tokens"):
        group_advantages(REWARDS, group_size=3, cu_seqlens=ends, total_tokens=5)


def test_lengths_are_counted_from_the_tokens(mask):
    ends = torch.cat([torch.zeros(1, dtype=torch.int64), mask.sum(1).cumsum(0)])
    by_hand = group_advantages(REWARDS, group_size=3, estimator="opo", lengths=mask.sum(1)).advantages
    assert torch.equal(group_advantages(REWARDS, group_size=3, estimator="opo", token_mask=mask).completions, by_hand)
    assert torch.equal(group_advantages(REWARDS, group_size=3, estimator="opo", cu_seqlens=ends).completions, by_hand)
    assert torch.equal(
        group_advantages(REWARDS, group_size=3, estimator="opo", lengths=[1] * 6, token_mask=mask).completions,
        group_advantages(REWARDS, group_size=3, estimator="dr_grpo").advantages,
    )


def test_weights_and_clip_reach_the_tokens(mask):
    options = {"group_size": 3, "hooks": (DifficultyWeight(),), "clip": 0.6}
    found = group_advantages(REWARDS, token_mask=mask, **options)
    assert found.completions.abs().max() == pytest.approx(0.6)
    assert torch.equal(found.advantages, found.completions[:, None] * mask)
