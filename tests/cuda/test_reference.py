"""The host build (and on a GPU the kernels) against `rewardkit.advantages`' plain torch, through its public function."""

from __future__ import annotations

import itertools

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
    finite = rewards[rewards.isfinite()].abs()
    rewards_size = float(finite.max()) if len(finite) else 0.0
    torch.testing.assert_close(ours.mean, truth.mean, rtol=1e-6, atol=1e-8 * rewards_size, equal_nan=True)
    torch.testing.assert_close(ours.std, truth.std, rtol=1e-6, atol=0.0, equal_nan=True)
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


@pytest.fixture
def unlooked(monkeypatch):
    """Infinite rewards pass, as they do on a GPU, where looking would mean waiting."""
    monkeypatch.setattr("rewardkit.advantages.rewards._finite", lambda table: None)


INFINITE = {"one": [np.inf], "both": [np.inf, -np.inf], "with no reward": [-np.inf, np.nan]}


@pytest.mark.parametrize(("estimator", "scale"), SCALED)
@pytest.mark.parametrize("values", INFINITE.values(), ids=INFINITE)
@pytest.mark.parametrize("functions", [1, 2])
def test_an_infinite_reward_makes_its_own_group_degenerate_and_no_other(
    host, dice, unlooked, estimator, scale, values, functions
):
    batch = fixed(dice, 9, 4, functions)
    batch.rewards[16 : 16 + len(values), 0] = values
    agree(batch, estimator, scale)
    options = {"group_size": 4, "estimator": estimator, "scale": scale, "weights": torch.from_numpy(batch.weights)}
    for backend in ("reference", "cuda"):
        found = advantages.group_advantages(torch.from_numpy(batch.rewards), backend=backend, **options)
        assert found.completions.isfinite().all()
        if estimator != "gdpo":  # there it is one column of the group that teaches nothing
            without = batch.rewards.copy()
            without[16:20] = np.nan
            other = advantages.group_advantages(torch.from_numpy(without), backend=backend, **options)
            assert torch.equal(found.completions, other.completions)
            assert torch.equal(found.degenerate, other.degenerate)


@pytest.mark.parametrize("signs", [(np.inf, -np.inf), (-np.inf, np.inf), (np.inf, np.inf)])
def test_two_infinite_rewards_of_a_row_are_no_missing_reward(host, dice, unlooked, signs):
    batch = fixed(dice, 3, 4, 2, unscored=0.0)
    batch.rewards[5] = signs
    agree(batch, "grpo", "batch")
    found = advantages.group_advantages(torch.from_numpy(batch.rewards), group_size=4, backend="cuda")
    assert found.scored.all()
    assert found.degenerate.tolist() == [False, True, False]


NOTHING = {
    "a list": [],
    "a mapping": {},
    "a table of two": np.zeros((0, 2), np.float32),
    "a table of none": np.zeros((0, 0), np.float32),
    "named": {"right": [], "form": []},
}
NO_TOKENS = {
    "none": {},
    "mask": {"token_mask": torch.zeros(0, 5)},
    "long mask": {"token_mask": torch.zeros(0, 5, dtype=torch.int64), "token_dtype": torch.bfloat16},
    "ends": {"cu_seqlens": [0]},
    "ends of others": {"cu_seqlens": [2], "total_tokens": 7},
}


@pytest.mark.parametrize("rewards", NOTHING.values(), ids=NOTHING)
@pytest.mark.parametrize("tokens", NO_TOKENS.values(), ids=NO_TOKENS)
def test_a_batch_of_nothing(host, rewards, tokens):
    for groups, (estimator, scale) in itertools.product(({"group_size": 4}, {"group_ids": []}), SCALED):
        nothing_for_nothing(rewards, {"estimator": estimator, "scale": scale, **groups, **tokens})


def nothing_for_nothing(rewards, call):
    ours, truth = (advantages.group_advantages(rewards, backend=backend, **call) for backend in ("cuda", "reference"))
    for name in ("advantages", "completions", "mean", "std", "degenerate", "kept", "scored", "group"):
        mine, theirs = getattr(ours, name), getattr(truth, name)
        assert mine.dtype == theirs.dtype, name
        assert torch.equal(mine, theirs), name


@pytest.mark.slow
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_the_host_build_on_a_million_rows(host, dice, estimator):
    agree(fixed(dice, 125_000, 8), estimator, dict(SCALED)[estimator])


@pytest.mark.cuda
@pytest.mark.parametrize(("estimator", "scale"), SCALED)
def test_the_kernels(device, dice, estimator, scale):
    for batch in batches(dice):
        for token_dtype in (torch.float32, torch.bfloat16):
            agree(batch, estimator, scale, "cuda", token_dtype)
    agree(fixed(dice, 125_000, 8), estimator, scale, "cuda")
