"""Batches that are awkward on purpose, and the checks that every implementation has to pass on them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np
import torch
import truth

ESTIMATORS = ("grpo", "rloo", "gdpo", "reinforce_pp", "maxrl")
MASKS = (torch.bool, torch.uint8, torch.int32, torch.int64, torch.float32)


@dataclass
class Batch:
    """Rewards, groups and tokens; `group_size` 0 means that `order` and `offsets` say what a group is."""

    rewards: np.ndarray
    weights: np.ndarray
    group_size: int = 0
    order: np.ndarray | None = None
    offsets: np.ndarray | None = None
    mask: torch.Tensor | None = None
    cu_seqlens: np.ndarray | None = None
    total: int = 0
    options: dict = field(default_factory=dict)

    @property
    def groups(self) -> list[np.ndarray]:
        if self.group_size:
            return list(np.arange(len(self.rewards)).reshape(-1, self.group_size))
        order = np.arange(len(self.rewards)) if self.order is None else self.order
        return [order[a:b] for a, b in itertools.pairwise(self.offsets)]

    def arguments(self, estimator, scale, token_dtype=torch.float32, device="cpu", **options):
        """What the operator takes."""
        options = {"ddof": 1, "eps": 1e-4, "tol": 1e-6, "clip": None} | options
        tensors = [None if x is None else torch.from_numpy(x).to(device) for x in (self.order, self.offsets)]
        return (
            *(torch.from_numpy(self.rewards).to(device), torch.from_numpy(self.weights).to(device), self.group_size, *tensors),
            *(estimator, scale, options["ddof"], options["eps"], options["tol"], options["clip"]),
            None if self.mask is None else moved(self.mask, device),
            None if self.cu_seqlens is None else torch.from_numpy(self.cu_seqlens).to(device),
            *(self.total, token_dtype),
        )


def moved(mask, device):
    """On another device, and as far off a 16-byte boundary there as it is here."""
    if mask.device.type == device:
        return mask
    off = mask.storage_offset()
    return torch.empty(off + mask.numel(), dtype=mask.dtype, device=device)[off:].view(mask.shape).copy_(mask)


def rewards(dice, shape, kind="plain", unscored=0.1):
    values = {
        "plain": lambda: dice.normal(size=shape),
        "binary": lambda: dice.integers(0, 2, shape),
        "equal": lambda: np.full(shape, 0.9),
        "huge": lambda: dice.normal(size=shape) * 1e30,
        "tiny": lambda: dice.normal(size=shape) * 1e-3,
        "offset": lambda: 1000.0 + dice.normal(size=shape),
        "unscored": lambda: np.full(shape, np.nan),
    }[kind]()
    values = values.astype(np.float32)
    values[dice.random(shape) < unscored] = np.nan
    return values


def fixed(dice, groups, size, functions=1, kind="plain", unscored=0.1):
    return Batch(rewards(dice, (groups * size, functions), kind, unscored), weights(dice, functions), group_size=size)


def uneven(dice, groups, largest, functions=1, kind="plain"):
    """Groups of 0 to `largest` rows, in any order."""
    sizes = dice.integers(0, largest + 1, groups)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    order = dice.permutation(offsets[-1]).astype(np.int64)
    for a, b in itertools.pairwise(offsets):
        order[a:b].sort()
    return Batch(rewards(dice, (int(offsets[-1]), functions), kind), weights(dice, functions), 0, order, offsets)


def weights(dice, functions):
    return (np.ones(1) if functions == 1 else dice.uniform(0.2, 2.0, functions)).astype(np.float32)


def with_mask(dice, batch, tokens, dtype=torch.bool, off=0):
    """A (B, T) mask that stands `off` elements off a 16-byte boundary; numbers other than 0 and 1 where its type has them."""
    rows = len(batch.rewards)
    on = torch.from_numpy(dice.random((rows, tokens)) < 0.7)
    # One set bit each, in every byte of the type; for floats the least and the largest, and -0.0 among the zeros.
    some = {torch.bool: [1], torch.uint8: [1, 2, 64, 128], torch.int32: [1, -(2**31), 2**16, 256]}
    some |= {torch.int64: [1, -(2**63), 2**32, 2**31, 2**56], torch.float32: [1.0, 1e-45, -3e38, float("nan")]}
    value = torch.tensor(some[dtype], dtype=dtype)[torch.from_numpy(dice.integers(0, len(some[dtype]), (rows, tokens)))]
    flat = torch.zeros(off + rows * tokens, dtype=dtype)
    batch.mask = flat[off:].view(rows, tokens)
    batch.mask.copy_(torch.where(on, value, -0.0 if dtype == torch.float32 else torch.zeros((), dtype=dtype)))
    return batch


def packed(dice, batch, longest, before=0, after=0):
    """Rows of 0 to `longest` tokens, with tokens of nobody before and after."""
    lengths = dice.integers(0, longest + 1, len(batch.rewards))
    batch.cu_seqlens = (before + np.concatenate([[0], np.cumsum(lengths)])).astype(np.int64)
    batch.total = int(batch.cu_seqlens[-1]) + after
    return batch


def bfloat16(values):
    """float64 -> float32 -> bfloat16, as float64."""
    return torch.from_numpy(values.astype(np.float32)).bfloat16().double().numpy()


def check(call, batch, estimator, scale, token_dtype=torch.float32, device="cpu", **options):
    """What `call` gives is the truth to 1e-6 relative, and its tokens are its advantages to the bit."""
    got = call(*batch.arguments(estimator, scale, token_dtype, device, **options))
    advantages, tokens, mean, std, degenerate, scored, kept = (x.cpu() for x in got)
    want = truth.group_advantages(batch.rewards, batch.weights, batch.groups, estimator, scale, **options)
    for name, ours, theirs in (("advantages", advantages, want.advantages), ("mean", mean, want.mean), ("std", std, want.std)):
        # A mean of numbers that cancel is only as exact as they are.
        size = np.nanmax(np.abs(batch.rewards), initial=0.0) if name == "mean" else np.abs(theirs).max(initial=0.0)
        np.testing.assert_allclose(
            ours.double().numpy(), theirs, rtol=1e-6, atol=1e-9 * size, err_msg=f"{estimator} {scale} {name}"
        )
    np.testing.assert_array_equal(degenerate.numpy(), want.degenerate)
    own = advantages.double().numpy()
    with_reward = ~np.isnan(truth.weighted(batch.rewards, batch.weights))
    assert (own[~with_reward] == 0).all()
    np.testing.assert_array_equal(scored.numpy(), with_reward)
    np.testing.assert_array_equal(kept.numpy(), with_reward & ~want.degenerate_rows)
    if batch.mask is not None:
        spread = truth.spread_mask(own, batch.mask.numpy())
    elif batch.cu_seqlens is not None:
        spread = truth.spread_packed(own, batch.cu_seqlens, batch.total)
    else:
        spread = np.zeros(0)
    assert tokens.dtype == token_dtype
    np.testing.assert_array_equal(tokens.double().numpy(), bfloat16(spread) if token_dtype == torch.bfloat16 else spread)
    return got
