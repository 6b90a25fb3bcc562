"""The truth about a group's numbers, in plain torch: every other implementation is tested against this one.

Sums are taken in float64 over ascending values, from the first to the last. So a result does not depend on the order of the rows,
on the other groups of the batch, or on the number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from rewardkit.advantages.groups import Groups

__all__ = ["Statistics", "batch_std", "combined", "is_flat", "no_spread", "statistics", "whitened"]


@dataclass(frozen=True)
class Statistics:
    """What a group's scored rewards say, each (N,) float64 except `count` (int64), `degenerate` and `infinite` (bool)."""

    count: Tensor
    mean: Tensor
    std: Tensor
    low: Tensor
    high: Tensor
    degenerate: Tensor
    infinite: Tensor


def combined(columns: Tensor, weights: Tensor) -> Tensor:
    """(B, K) float32 and (K,) to (B,) float64: each row's weighted sum of the rewards it has, NaN if it has none.

    Infinities that cancel are no missing reward: their sum is infinite.
    """
    table = columns.double()
    absent = table.isnan()
    total = torch.zeros(table.shape[0], dtype=torch.float64, device=table.device)
    for k, weight in enumerate(weights.double()):
        total = total + torch.where(absent[:, k], 0.0, table[:, k] * weight)
    return torch.where(absent.all(dim=1), torch.nan, torch.where(total.isnan(), torch.inf, total))


def statistics(rewards: Tensor, groups: Groups, ddof: int, tol: float) -> Statistics:
    """Mean, deviation and extremes of each group, over its scored rows alone.

    The deviation is sqrt(sum (r - mean)² / (n - ddof)), in two passes, and 0 where n ≤ ddof. A group is degenerate if fewer than
    two of its rows are scored or max - min ≤ tol · max(1, max |r|): the deviation of equal numbers need not be 0 in floating
    point, their spread is.

    Args:
        rewards: (B,) float64, NaN = unscored.
        groups: the groups of the B rows.
        ddof: 1 for the sample's deviation, 0 for the population's.
        tol: the spread, relative to the largest reward and to 1, at which rewards count as equal.
    """
    ordered = groups.ascending(rewards)
    scored = ~ordered.isnan()
    count = groups.sums(scored.double()).long()
    n = count.clamp(min=1)
    number = groups.gathered(groups.number)
    mean = groups.sums(torch.where(scored, ordered, 0.0)) / n
    gap = torch.where(scored, ordered - mean[number], 0.0)
    squares = groups.sums(gap * gap)
    std = torch.where(count > ddof, (squares / (count - ddof).clamp(min=1)).sqrt(), 0.0)
    first, last = groups.offsets[:-1], groups.offsets[:-1] + n - 1
    none = count == 0
    low, high = (torch.where(none, 0.0, ordered[place]) for place in (first, last))
    return Statistics(count, mean, std, low, high, no_spread(count, low, high, tol), low.isinf() | high.isinf())


def batch_std(rewards: Tensor, ddof: int) -> Tensor:
    """() deviation of the scored rows of (B,) float64, whatever their groups."""
    _, std = _moments(rewards, torch.ones_like(rewards), ddof)
    return std


def whitened(values: Tensor, ddof: int, eps: float, tol: float, weights: Tensor | None = None) -> Tensor:
    """(values - mean) / (deviation + eps) over the batch, and 0 everywhere if the values have no spread.

    Args:
        values: (B,) float64; NaN rows are left out and stay NaN.
        ddof: as for `statistics`.
        eps: added to the deviation.
        tol: as for `statistics`.
        weights: (B,) how often a row counts, such as its tokens; once if None.
    """
    mean, std = _moments(values, torch.ones_like(values) if weights is None else weights.double(), ddof)
    return torch.where(is_flat(values, tol), 0.0 * values, (values - mean) / (std + eps))


def is_flat(values: Tensor, tol: float) -> Tensor:
    """() bool: whether (B,) float64, without its NaN, has no spread."""
    present = ~values.isnan()
    low = torch.where(present, values, torch.inf).amin() if values.shape[0] else values.sum()
    high = torch.where(present, values, -torch.inf).amax() if values.shape[0] else values.sum()
    return no_spread(present.sum(), low, high, tol)


def no_spread(count: Tensor, low: Tensor, high: Tensor, tol: float) -> Tensor:
    """Whether fewer than two numbers, or numbers from low to high, count as equal."""
    size = torch.maximum(low.abs(), high.abs()).clamp(min=1.0)
    # Written so that a spread of NaN, from infinite rewards, is no spread either.
    return (count < 2) | ~(high - low > tol * size)


def _moments(values: Tensor, times: Tensor, ddof: int) -> tuple[Tensor, Tensor]:
    ordered, place = values.sort(stable=True)
    times = torch.where(ordered.isnan(), 0.0, times[place])
    filled = ordered.nan_to_num(nan=0.0)
    total = _total(times)
    mean = _total((filled * times).sort().values) / total.clamp(min=1)
    gap = filled - mean
    squares = _total((gap * gap * times).sort().values)
    return mean, torch.where(total > ddof, (squares / torch.where(total > ddof, total - ddof, 1.0)).sqrt(), 0.0)


def _total(values: Tensor) -> Tensor:
    """() the sum of (B,), added up from the first to the last."""
    ends = torch.tensor([0, values.shape[0]], device=values.device)
    return torch.segment_reduce(values, "sum", offsets=ends, unsafe=True, initial=0)[0]
