"""A batch filled up with groups that a filter keeps, as MM-Eureka's buffer and DAPO's dynamic sampling do."""

from __future__ import annotations

import torch
from torch import Tensor

from rewardkit.advantages.api import GroupAdvantages
from rewardkit.errors import BadParameter

__all__ = ["Refill"]


class Refill:
    """Counts groups that are kept until there are enough; then, or after `rounds` rounds of completions, it `is_done`.

    Source: MM-Eureka, arXiv 2503.07365, algorithm 1; a limit of rounds is ours, for a policy that is right everywhere or nowhere
    would be asked for ever.

        refill = Refill(128)
        while not refill.is_done:
            ...  # complete `refill.missing` prompts more, and `group_advantages(…, hooks=[AccuracyBounds()])`
            rows = refill.take(result)

    Args:
        wanted: groups that a batch needs.
        rounds: after how many rounds a batch stays as it is.

    Attributes:
        kept: groups taken so far.
        seen: groups completed so far, those that were dropped among them.
        done_rounds: rounds so far.

    Raises:
        BadParameter: for numbers below 1.
    """

    def __init__(self, wanted: int, *, rounds: int = 10) -> None:
        if wanted < 1 or rounds < 1:
            raise BadParameter(f"wanted={wanted!r} and rounds={rounds!r} must be at least 1.")
        self.wanted, self.rounds = wanted, rounds
        self.kept = self.seen = self.done_rounds = 0

    def __repr__(self) -> str:
        return f"Refill({self.kept} of {self.wanted} groups, {self.seen} seen in {self.done_rounds} of {self.rounds} rounds)"

    @property
    def missing(self) -> int:
        """Groups that are still wanted."""
        return self.wanted - self.kept

    @property
    def is_done(self) -> bool:
        """Whether there are enough, or the rounds are used up."""
        return not self.missing or self.done_rounds >= self.rounds

    def take(self, result: GroupAdvantages) -> Tensor:
        """(M,) int64, the kept rows of the groups that this round adds to the batch, and of no more groups than are missing."""
        held = torch.zeros(result.groups.count, dtype=torch.bool, device=result.kept.device)
        held[result.group[result.kept]] = True
        taken = held & (held.cumsum(0) <= self.missing)
        self.done_rounds += 1
        self.seen += result.groups.count
        self.kept += int(taken.sum())
        return (result.kept & taken[result.group]).nonzero()[:, 0]
