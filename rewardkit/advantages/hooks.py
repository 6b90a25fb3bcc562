"""What may happen to groups beside the estimator: a bonus before it, a weight or a choice of rows after it.

A hook is a frozen dataclass with up to three methods; `group_advantages(…, hooks=(a, b))` asks each in order. Write one by
subclassing `Hook`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from rewardkit.advantages.groups import Groups
from rewardkit.errors import BadParameter

__all__ = ["AccuracyBounds", "DifficultyWeight", "Hook", "Rows", "ShortestCorrectBonus"]


@dataclass(frozen=True)
class Rows:
    """What a hook sees of a batch.

    Attributes:
        rewards: (B, K) float32, NaN where there is no reward.
        groups: the groups of the B rows.
        lengths: (B,) int64 tokens of each completion, if known.
        names: the K names of the reward functions, if they have any.
    """

    rewards: Tensor
    groups: Groups
    lengths: Tensor | None
    names: tuple[str, ...] = ()

    def place(self, column: int | str) -> int:
        """The place of a reward function among the K."""
        count = self.rewards.shape[1]
        if isinstance(column, str):
            if column not in self.names:
                raise BadParameter(f"no reward function is named {column!r}; there are {', '.join(self.names) or 'no names'}.")
            return self.names.index(column)
        if not 0 <= column < max(count, 1):
            raise BadParameter(f"column is {column} of {count} reward functions, which are numbered from 0.")
        return column

    def correct(self, column: int | str, correct_at: float) -> Tensor:
        """(B,) bool: rows with at least `correct_at` in a column; never an unscored row."""
        return self.rewards[:, self.place(column)] >= correct_at

    def accuracy(self, column: int | str, correct_at: float) -> Tensor:
        """(N,) float64: the share of correct rows among the scored ones of each group, NaN if none is scored."""
        groups = self.groups
        right = groups.sums(groups.gathered(self.correct(column, correct_at).double()))
        scored = groups.sums(groups.gathered((~self.rewards[:, self.place(column)].isnan()).double()))
        return right / scored


class Hook:
    """Does nothing; override what you need."""

    needs_lengths: ClassVar[bool] = False

    def rewards(self, rows: Rows) -> Tensor:
        """(B, K) rewards that take the place of those given."""
        return rows.rewards

    def weights(self, rows: Rows) -> Tensor | None:
        """(B,) factors of the advantages, or None."""
        return None

    def keeps(self, rows: Rows, advantages: Tensor) -> Tensor | None:
        """(B,) bool, the rows to train on, given the (B,) advantages; or None."""
        return None


@dataclass(frozen=True)
class ShortestCorrectBonus(Hook):
    """Adds `bonus` to the shortest correct completion of a group if it is longer than `min_length`; ties share it.

    A group without a correct completion gets none (in Observe-R1's code its first row does). Source: Observe-R1, arXiv
    2505.12432.

    Args:
        bonus: added to the column that says what is correct, so that column's weight applies.
        min_length: tokens; a shorter completion needs no encouragement.
        column: the reward function that says what is correct, by number or name.
        correct_at: the reward from which on a row is correct.
    """

    needs_lengths: ClassVar[bool] = True
    bonus: float = 0.2
    min_length: int = 100
    column: int | str = 0
    correct_at: float = 1.0

    def rewards(self, rows: Rows) -> Tensor:
        """(B, K) with the bonus."""
        assert rows.lengths is not None
        correct = rows.correct(self.column, self.correct_at)
        lengths = torch.where(correct, rows.lengths, torch.iinfo(torch.int64).max)
        shortest = lengths.new_full((rows.groups.count,), torch.iinfo(torch.int64).max)
        shortest = shortest.scatter_reduce(0, rows.groups.number, lengths, "amin")
        first = correct & (lengths == rows.groups.rows(shortest)) & (lengths > self.min_length)
        given = rows.rewards.clone()
        given[:, rows.place(self.column)] += self.bonus * first
        return given


@dataclass(frozen=True)
class DifficultyWeight(Hook):
    """Weighs each group's advantages by 4·sigma·p·(1 − p), p its share of correct rows: most where half are right.

    Source: Observe-R1, arXiv 2505.12432.

    Args:
        sigma: the weight at p = ½.
        column: the reward function that says what is correct, by number or name.
        correct_at: the reward from which on a row is correct.
    """

    sigma: float = 1.8
    column: int | str = 0
    correct_at: float = 1.0

    def weights(self, rows: Rows) -> Tensor:
        """(B,) factors; 0 where no row of the group is scored."""
        share = rows.accuracy(self.column, self.correct_at)
        return rows.groups.rows((4 * self.sigma * share * (1 - share)).nan_to_num(nan=0.0))


@dataclass(frozen=True)
class AccuracyBounds(Hook):
    """Keeps groups whose share of correct rows is from `low` to `high`, both included.

    Source: the online filter of MM-Eureka, arXiv 2503.07365.

    Args:
        low: the least share of correct rows.
        high: the greatest.
        column: the reward function that says what is correct, by number or name.
        correct_at: the reward from which on a row is correct.
    """

    low: float = 0.1
    high: float = 0.9
    column: int | str = 0
    correct_at: float = 1.0

    def keeps(self, rows: Rows, advantages: Tensor) -> Tensor:
        """(B,) bool."""
        share = rows.accuracy(self.column, self.correct_at)
        return rows.groups.rows((share >= self.low) & (share <= self.high))
