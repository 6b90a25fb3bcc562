"""The host build (and on a GPU the kernels) against `rewardkit.advantages`' plain torch, through its public function."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from batches import ESTIMATORS, fixed, packed, uneven, with_mask

advantages = pytest.importorskip("rewardkit.advantages")
ops = pytest.importorskip("rewardkit_cuda.ops")

# The rest have a scale of their own.
SCALED = [(name, None) for name in ESTIMATORS if name not in ("grpo", "rloo")]
SCALED += [(name, scale) for name in ("grpo", "rloo") for scale in ("group", "none", "batch")]


@pytest.fixture
def dice():
    return np.random.default_rng(5)


def agree(batch, estimator, scale, device="cpu", token_dtype=torch.float32, **options):
    """Both backends of one call, to 1e-6 relative; bfloat16 tokens to one step of it."""
    ids = np.empty(len(batch.rewards), dtype=np.int64)
    for g, rows in enumerate(batch.groups):
        ids[rows] = g
    options |= {"weights": torch.from_numpy(batch.weights).to(device), "estimator": estimator, "scale": scale}
    options |= {"group_size": batch.group_size} if batch.group_size else {"group_ids": torch.from_numpy(ids).to(device)}
    if batch.mask is not None:
        options |= {"token_mask": batch.mask.to(device), "token_dtype": token_dtype}
    if batch.cu_seqlens is not None:
        ends = torch.from_numpy(batch.cu_seqlens).to(device)
        options |= {"cu_seqlens": ends, "total_tokens": batch.total, "token_dtype": token_dtype}
    rewards = torch.from_numpy(batch.rewards).to(device)
    ours = advantages.group_advantages(rewards, backend="cuda", **options)
    truth = advantages.group_advantages(rewards, backend="reference", **options)
    size = float(truth.completions.abs().max()) if len(rewards) else 0.0
    torch.testing.assert_close(ours.completions, truth.completions, rtol=1e-6, atol=1e-8 * size)
    loose = 2**-7 if token_dtype == torch.bfloat16 else 1e-6
    torch.testing.assert_close(ours.advantages, truth.advantages, rtol=loose, atol=1e-8 * size)
    rewards_size = float(rewards.abs().nan_to_num(0.0).max()) if len(rewards) else 0.0
    torch.testing.assert_close(ours.mean, truth.mean, rtol=1e-6, atol=1e-8 * rewards_size)
    torch.testing.assert_close(ours.std, truth.std, rtol=1e-6, atol=0.0)
    for name in ("degenerate", "kept", "scored", "group"):
        assert torch.equal(getattr(ours, name), getattr(truth, name)), name


def batches(dice):
    """One of each kind, by name."""
    yield fixed(dice, 40, 8, 1)
    yield fixed(dice, 7, 33, 3)
    yield fixed(dice, 9, 1)
    yield uneven(dice, 100, 9, 2)
    yield with_mask(dice, fixed(dice, 4, 4, 2), 37, torch.float32, off=1)
    yield packed(dice, uneven(dice, 20, 5), 30)
    for kind in ("binary", "equal", "tiny", "huge", "offset", "unscored"):
        yield fixed(dice, 20, 6, 1, kind)


@pytest.mark.parametrize(("estimator", "scale"), SCALED)
def test_the_host_build(host, dice, estimator, scale):
    for batch in batches(dice):
        for token_dtype in (torch.float32, torch.bfloat16):
            agree(batch, estimator, scale, "cpu", token_dtype)


@pytest.mark.slow
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_the_host_build_on_a_million_rows(host, dice, estimator):
    agree(fixed(dice, 125_000, 8), estimator, dict(SCALED)[estimator])


@pytest.mark.cuda
@pytest.mark.parametrize(("estimator", "scale"), SCALED)
def test_the_kernels(device, dice, estimator, scale):
    for batch in (*batches(dice), fixed(dice, 125_000, 8)):
        for token_dtype in (torch.float32, torch.bfloat16):
            agree(batch, estimator, scale, "cuda", token_dtype)
