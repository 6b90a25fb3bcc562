"""The same advantages as other trainers compute them, from their documented formulas, and as rewardkit_cuda does.

Each takes rewards (B, K) with NaN = unscored, weights (K,), the group size, ids of the groups on the host, a mask (B, T) or None
and the tokens' type, and returns advantages (B,) or the token tensor (B, T).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import torch
from torch import Tensor

from rewardkit.advantages import group_advantages


@dataclass
class Inputs:
    """One set of inputs; several are rotated, so that a cache does not serve them."""

    rewards: Tensor
    weights: Tensor
    group_size: int
    ids: list[int]
    ids_on_device: Tensor
    mask: Tensor | None
    dtype: torch.dtype

    @classmethod
    def make(
        cls,
        batch: int,
        group_size: int,
        tokens: int,
        dtype: torch.dtype,
        device: str,
        functions: int = 1,
        mask: torch.dtype = torch.bool,
    ) -> Inputs:
        """Random rewards, and rows that end somewhere in their second half."""
        rewards = torch.randn(batch, functions, device=device)
        ids = [row // group_size for row in range(batch)]
        on = None
        if tokens:
            ends = torch.randint(tokens // 2, tokens + 1, (batch, 1), device=device)
            on = (torch.arange(tokens, device=device) < ends).to(mask)
        weights = torch.ones(functions, device=device)
        return cls(rewards, weights, group_size, ids, torch.tensor(ids, device=device), on, dtype)

    def bytes(self) -> int:
        """The fewest bytes that have to move: every input once, everything returned once."""
        rows, tokens = self.rewards.shape[0], self.mask.numel() if self.mask is not None else 0
        read = tokens * (self.mask.element_size() if self.mask is not None else 0)
        groups = rows // self.group_size
        written = tokens * torch.empty(0, dtype=self.dtype).element_size()
        return self.rewards.numel() * 4 + read + written + rows * 6 + groups * 9


def on_tokens(advantages: Tensor, inputs: Inputs) -> Tensor:
    """Broadcast and multiply, as every trainer does."""
    return advantages if inputs.mask is None else advantages.to(inputs.dtype)[:, None] * inputs.mask.to(inputs.dtype)


def trl(inputs: Inputs) -> Tensor:
    """TRL's GRPO defaults: nan-aware mean and Bessel-corrected deviation of each group, eps 1e-4."""
    unscored = inputs.rewards.isnan().all(dim=1)
    total = (inputs.rewards * inputs.weights).nansum(dim=1).masked_fill(unscored, float("nan"))
    grouped = total.view(-1, inputs.group_size)
    mean = grouped.nanmean(dim=1, keepdim=True)
    count = (~grouped.isnan()).sum(dim=1, keepdim=True)
    std = (((grouped - mean) ** 2).nansum(dim=1, keepdim=True) / (count - 1).clamp(min=1)).sqrt()
    advantages = ((grouped - mean) / (std + 1e-4)).view(-1).nan_to_num(nan=0.0)
    return on_tokens(advantages, inputs)


def verl_loop(inputs: Inputs) -> Tensor:
    """verl's GRPO: a dictionary from id to a list of 0-d tensors, a loop over groups and one over rows, eps 1e-6."""
    scores = (inputs.rewards * inputs.weights).sum(dim=1).clone()
    of: defaultdict[int, list[Tensor]] = defaultdict(list)
    for row, group in enumerate(inputs.ids):
        of[group].append(scores[row])
    mean, std = {}, {}
    for group, values in of.items():
        stacked = torch.stack(values)
        mean[group], std[group] = (stacked.mean(), stacked.std()) if len(values) > 1 else (0.0, 1.0)
    for row, group in enumerate(inputs.ids):
        scores[row] = (scores[row] - mean[group]) / (std[group] + 1e-6)
    return on_tokens(scores, inputs)


def verl_vectorised(inputs: Inputs) -> Tensor:
    """verl's vectorised GRPO: sums by index_add over ids, eps 1e-6."""
    scores, ids = (inputs.rewards * inputs.weights).sum(dim=1), inputs.ids_on_device
    zeros = scores.new_zeros(len(scores) // inputs.group_size)
    count = zeros.index_add(0, ids, torch.ones_like(scores))
    mean = zeros.index_add(0, ids, scores) / count.clamp(min=1)
    centred = scores - mean[ids]
    std = (zeros.index_add(0, ids, centred**2) / (count - 1).clamp(min=1)).sqrt()
    return on_tokens(centred / (std[ids] + 1e-6), inputs)


def ours(inputs: Inputs) -> Tensor:
    """The operator."""
    got = torch.ops.rewardkit.group_advantages(
        *(inputs.rewards, inputs.weights, inputs.group_size, None, None, "grpo", "group", 1, 1e-4, 1e-6, None),
        *(inputs.mask, None, 0, inputs.dtype),
    )
    return got[0] if inputs.mask is None else got[1]


def public(inputs: Inputs) -> Tensor:
    """The function that users call, with what it checks and tells beside the advantages."""
    return group_advantages(
        inputs.rewards,
        weights=inputs.weights,
        group_size=inputs.group_size,
        token_mask=inputs.mask,
        token_dtype=inputs.dtype,
    ).advantages


FORMS = {"ours": ours, "ours, public": public, "trl": trl, "verl vectorised": verl_vectorised, "verl loop": verl_loop}
