"""PAD, prioritised advantage distillation: train on rows whose advantage is neither small nor large, more often on the larger.

Source: ReVisual-R1, arXiv 2506.04207. Its paper draws by a softmax without replacement, its code by a power law with replacement;
both are here.

Beware of the ceiling. With right-or-wrong rewards and GRPO's advantages, the minority of a group (the one right answer to a hard
prompt, or wrong one to an easy prompt) has an advantage above 0.97 unless the group is split evenly. So the ceiling drops just
those rows and leaves the majority. A warning says so where it happens.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import torch
from torch import Tensor

from rewardkit.advantages.hooks import Hook, Rows
from rewardkit.errors import BadParameter

__all__ = ["PadPower", "PadSoftmax"]


@dataclass(frozen=True)
class _Window(Hook):
    low: float = 0.03
    high: float = 0.97

    def _inside(self, size: Tensor) -> Tensor:
        raise NotImplementedError

    def keeps(self, rows: Rows, advantages: Tensor) -> Tensor:
        """(B,) bool: the rows that may be drawn. Warns where the ceiling drops every row of one sign and spares the other."""
        inside = self._inside(advantages.abs())
        lost = torch.zeros(rows.groups.count, dtype=torch.bool, device=advantages.device)
        for side in (advantages > 0, advantages < 0):
            seen, left = (_any(group, rows) for group in (side & (advantages.abs() > self.low), side & inside))
            other = _any(inside & ~side, rows)
            lost |= seen & ~left & other
        if count := int(lost.sum()):
            warnings.warn(
                f"PAD's ceiling of {self.high} drops one side of {count} of {rows.groups.count} groups, which then train on "
                "the other alone; with right-or-wrong rewards the side dropped is the minority. Raise `high` to keep it.",
                UserWarning,
                stacklevel=2,
            )
        return inside


def _any(chosen: Tensor, rows: Rows) -> Tensor:
    return rows.groups.sums(rows.groups.gathered(chosen.double())) > 0


@dataclass(frozen=True)
class PadSoftmax(_Window):
    """As in the paper: low ≤ |A| ≤ high, and rows drawn with probability exp(|A| / tau), each at most once.

    Args:
        low: the least |A|.
        high: the greatest.
        share: rows drawn, as a share of the batch, rounded up, and no more than there are.
        tau: the temperature, from 1.0 down to 0.3 in the paper's training.
    """

    share: float = 1.0
    tau: float = 1.0

    def _inside(self, size: Tensor) -> Tensor:
        return (size >= self.low) & (size <= self.high)

    def draw(self, advantages: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
        """(M,) int64 row numbers out of (B,) advantages; all rows, once each, if none is inside."""
        size = _sizes(advantages)
        inside = self._inside(size)
        if not bool(inside.any()):
            return torch.arange(size.shape[0], device=size.device)
        count = min(math.ceil(self.share * size.shape[0]), int(inside.sum()))
        rows = inside.nonzero()[:, 0]
        return rows[torch.multinomial(torch.softmax(size[rows] / self.tau, 0), count, generator=generator)]


@dataclass(frozen=True)
class PadPower(_Window):
    """As in the published code: low < |A| < high, and rows drawn with probability (|A| + 1e-8)^power, with replacement.

    Args:
        low: what |A| must exceed.
        high: what |A| must stay under.
        share: rows drawn, as a multiple of the batch, rounded down.
        power: the exponent.
    """

    share: float = 1.5
    power: float = 1.5

    def _inside(self, size: Tensor) -> Tensor:
        return (size > self.low) & (size < self.high)

    def draw(self, advantages: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
        """(M,) int64 row numbers out of (B,) advantages; all rows, once each, if none is inside."""
        size = _sizes(advantages)
        inside = self._inside(size)
        count = int(self.share * size.shape[0])
        if not bool(inside.any()) or not count:
            return torch.arange(size.shape[0], device=size.device)
        rows = inside.nonzero()[:, 0]
        return rows[torch.multinomial((size[rows] + 1e-8) ** self.power, count, replacement=True, generator=generator)]


def _sizes(advantages: Tensor) -> Tensor:
    if advantages.dim() != 1:
        raise BadParameter(
            f"advantages have the shape {tuple(advantages.shape)}; give (B,), one a completion: `result.completions`."
        )
    return advantages.double().abs()
