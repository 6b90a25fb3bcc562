"""From a group's numbers to advantages: one short function an estimator.

Below, r is a row's reward, μ and σ its group's mean and deviation, n the scored rows of the group, l a completion's length in
tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from rewardkit.advantages import reference
from rewardkit.advantages.groups import Groups

__all__ = ["ESTIMATORS", "Batch", "Estimate", "Estimator"]


@dataclass(frozen=True)
class Batch:
    """What an estimator is given, all of it on one device.

    Attributes:
        columns: (B, K) float32, NaN where there is no reward.
        weights: (K,) float32.
        rewards: (B,) float64, the weighted sum of each row, NaN = unscored.
        groups: the groups of the B rows.
        stats: the statistics of `rewards`.
        scale: "group", "batch" or "none".
        ddof: 1 or 0, for every deviation.
        eps: added to every divisor.
        tol: the spread at which rewards count as equal.
        whiten: "rows" or "tokens", what counts once when the batch is whitened.
        lengths: (B,) tokens of each completion, if known.
        baseline: (B,) float64, the given baseline, if any.
    """

    columns: Tensor
    weights: Tensor
    rewards: Tensor
    groups: Groups
    stats: reference.Statistics
    scale: str
    ddof: int
    eps: float
    tol: float
    whiten: str
    lengths: Tensor | None
    baseline: Tensor | None

    def counted(self) -> Tensor:
        """(B,) the rewards that the batch's numbers are made of: NaN also in groups with an infinite one."""
        return torch.where(self.groups.rows(self.stats.infinite), torch.nan, self.rewards)

    def scaled(self, values: Tensor) -> Tensor:
        """(B,) over the group's or the batch's deviation of the rewards, or as it is."""
        if self.scale == "group":
            return values / (self.groups.rows(self.stats.std) + self.eps)
        if self.scale == "batch":
            return values / (reference.batch_std(self.counted(), self.ddof) + self.eps)
        return values

    def whitened(self, values: Tensor) -> Tensor:
        """(B,) over the batch, each row counted once or once a token."""
        weights = self.lengths if self.whiten == "tokens" else None
        return reference.whitened(values, self.ddof, self.eps, self.tol, weights)


class Estimate(NamedTuple):
    """(B,) float64 advantages, meaningless where unscored or degenerate, and (N,) bool: groups that teach nothing."""

    advantages: Tensor
    degenerate: Tensor


class Estimator(NamedTuple):
    """An estimator and what it takes.

    Attributes:
        function: the estimator.
        scales: the values of `scale` that mean something, the default first; empty if it has a scale of its own.
        needs: "lengths", "baseline" or nothing.
        fused: its name in `torch.ops.rewardkit.group_advantages`, if it is there.
        formula: the advantage of a row.
        source: where it is from.
    """

    function: Callable[[Batch], Estimate]
    scales: tuple[str, ...]
    formula: str
    source: str
    needs: str = ""
    fused: str = ""


def _above_mean(batch: Batch) -> Tensor:
    return batch.rewards - batch.groups.rows(batch.stats.mean)


def grpo(batch: Batch) -> Estimate:
    """(r - μ) / (σ + eps)."""
    return Estimate(batch.scaled(_above_mean(batch)), batch.stats.degenerate)


def rloo(batch: Batch) -> Estimate:
    """R less the mean of the other rows, which is n/(n-1) (r - μ)."""
    n = batch.groups.rows(batch.stats.count).double()
    return Estimate(batch.scaled(_above_mean(batch) * n / (n - 1).clamp(min=1)), batch.stats.degenerate)


def gdpo(batch: Batch) -> Estimate:
    """Each reward function's GRPO advantage, summed by weight, whitened over the batch."""
    total = torch.zeros_like(batch.rewards)
    flat = torch.ones_like(batch.stats.degenerate)
    for k, weight in enumerate(batch.weights.double()):
        column = batch.columns[:, k].double()
        stats = reference.statistics(column, batch.groups, batch.ddof, batch.tol)
        own = (column - batch.groups.rows(stats.mean)) / (batch.groups.rows(stats.std) + batch.eps)
        total = total + weight * torch.where(column.isnan() | batch.groups.rows(stats.degenerate), 0.0, own)
        flat = flat & stats.degenerate
    return Estimate(batch.whitened(torch.where(batch.rewards.isnan(), torch.nan, total)), flat)


def reinforce_pp(batch: Batch) -> Estimate:
    """R - μ, whitened over the batch."""
    gap = torch.where(batch.groups.rows(batch.stats.degenerate), 0.0 * batch.counted(), _above_mean(batch))
    return Estimate(batch.whitened(gap), batch.stats.degenerate)


def opo(batch: Batch) -> Estimate:
    """R less the mean of the group's rewards by length, Σ l r / Σ l; by rows where no completion has a token."""
    assert batch.lengths is not None
    groups, absent = batch.groups, batch.rewards.isnan()
    lengths = torch.where(absent, 0.0, batch.lengths.double())
    weighted = torch.where(absent, 0.0, lengths * batch.rewards)
    tokens = groups.sums(groups.ascending(lengths))
    mean = torch.where(tokens > 0, groups.sums(groups.ascending(weighted)) / tokens.clamp(min=1), batch.stats.mean)
    return Estimate(batch.scaled(batch.rewards - groups.rows(mean)), batch.stats.degenerate)


def gpg(batch: Batch) -> Estimate:
    """α (r - μ), α the scored rows of the batch over those in groups that teach something."""
    scored = ~batch.counted().isnan()
    useful = (scored & ~batch.groups.rows(batch.stats.degenerate)).sum().clamp(min=1)
    return Estimate(batch.scaled(_above_mean(batch) * (scored.sum() / useful)), batch.stats.degenerate)


def passk(batch: Batch) -> Estimate:
    """The lead of the group's best row over its second best, for the best row alone; nobody leads a tie."""
    groups, stats = batch.groups, batch.stats
    second = groups.ascending(batch.rewards)[groups.offsets[:-1] + (stats.count - 2).clamp(min=0)]
    best = batch.rewards == groups.rows(stats.high)
    return Estimate(batch.scaled(torch.where(best, groups.rows(stats.high - second), 0.0)), stats.degenerate)


def maxrl(batch: Batch) -> Estimate:
    """(r - μ) / (μ + eps), for rewards from 0 to 1; a group without success teaches nothing."""
    failed = ~(batch.stats.mean > batch.eps)
    return Estimate(_above_mean(batch) / (batch.groups.rows(batch.stats.mean) + batch.eps), batch.stats.degenerate | failed)


def remax(batch: Batch) -> Estimate:
    """R less the given baseline, such as the reward of the greedy completion; degenerate only where the divisor has no spread."""
    assert batch.baseline is not None
    infinite = batch.stats.infinite
    flat = {"group": batch.stats.degenerate, "batch": infinite | reference.is_flat(batch.counted(), batch.tol)}
    return Estimate(batch.scaled(batch.rewards - batch.baseline), flat.get(batch.scale, infinite))


ESTIMATORS: dict[str, Estimator] = {
    "grpo": Estimator(grpo, ("group", "batch", "none"), "(r − μ) / (σ + ε)", "arXiv 2402.03300", fused="grpo"),
    "dapo": Estimator(grpo, ("group", "batch", "none"), "as grpo; train on the `kept` rows", "arXiv 2503.14476", fused="grpo"),
    "dr_grpo": Estimator(grpo, ("none",), "r − μ", "arXiv 2503.20783", fused="grpo"),
    "rloo": Estimator(rloo, ("none", "group", "batch"), "n/(n−1) · (r − μ)", "arXiv 2402.14740", fused="rloo"),
    "gdpo": Estimator(gdpo, (), "whiten(Σₖ wₖ (rₖ − μₖ) / (σₖ + ε))", "arXiv 2601.05242", fused="gdpo"),
    "reinforce_pp": Estimator(reinforce_pp, (), "whiten(r − μ)", "arXiv 2501.03262", fused="reinforce_pp"),
    "opo": Estimator(opo, ("none", "group", "batch"), "r − Σ l r / Σ l", "arXiv 2505.23585", needs="lengths"),
    "gpg": Estimator(gpg, ("none", "group", "batch"), "α (r − μ), α = scored rows / those not degenerate", "arXiv 2504.02546"),
    "passk": Estimator(passk, ("group", "none", "batch"), "best row: (r₁ − r₂) / (σ + ε), else 0", "arXiv 2503.19595"),
    "maxrl": Estimator(maxrl, (), "(r − μ) / (μ + ε)", "arXiv 2602.02710", fused="maxrl"),
    "remax": Estimator(remax, ("none", "group", "batch"), "r − given baseline", "arXiv 2310.10505", needs="baseline"),
}
