"""Which prompts to train on, by how a model fared on them: filters, an order, and a report of what each filter dropped.

Sources of the filters: DAPO and MM-Eureka (bounds of accuracy), OpenVLThinker (clusters of difficulty), Observe-R1 (from easy to
hard, by share of right completions and then by length).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from rewardkit.errors import BadParameter

__all__ = [
    "Attempts",
    "Selection",
    "between",
    "clusters",
    "from_easy_to_hard",
    "percentiles",
    "select",
    "shortest_right",
    "uneven",
]

ROUNDS = 100


@dataclass(frozen=True)
class Attempts:
    """A prompt, and how its completions fared: a reward or None each, and their lengths in tokens where these are known."""

    key: Any
    rewards: Sequence[float | None]
    lengths: Sequence[int] = ()
    right_at: float = 1.0

    @property
    def accuracy(self) -> float | None:
        """The share of right completions among those with a reward; None where none has one."""
        scored = [reward for reward in self.rewards if reward is not None]
        return sum(reward >= self.right_at for reward in scored) / len(scored) if scored else None


Filter = Callable[[Sequence[Attempts]], Sequence[bool]]


@dataclass(frozen=True)
class Selection:
    """The prompts that are left, and how many each filter dropped of those that reached it, by its name."""

    kept: list[Attempts]
    dropped: dict[str, int] = field(default_factory=dict)


def select(prompts: Iterable[Attempts], **filters: Filter) -> Selection:
    """Put prompts through filters one after the other; prompts without any reward are dropped first, as `unscored`."""
    every = list(prompts)
    kept = [one for one in every if one.accuracy is not None]
    dropped = {"unscored": len(every) - len(kept)}
    for name, keeps in filters.items():
        before = len(kept)
        kept = [one for one, stays in zip(kept, keeps(kept), strict=True) if stays]
        dropped[name] = before - len(kept)
    return Selection(kept, dropped)


def between(low: float, high: float) -> Filter:
    """Keeps prompts whose accuracy is from `low` to `high`; MM-Eureka's are 0.1 and 0.9."""
    if not 0 <= low <= high <= 1:
        message = f"low={low!r} and high={high!r} cannot be used; wanted 0 <= low <= high <= 1"
        raise BadParameter(message)
    return lambda prompts: [low <= _accuracy(one) <= high for one in prompts]


def uneven() -> Filter:
    """Drops prompts of which every completion is right, or every one wrong: their advantages are all 0."""
    return lambda prompts: [0 < _accuracy(one) < 1 for one in prompts]


def percentiles(low: float, high: float) -> Filter:
    """Keeps prompts by the rank of their accuracy, from the share `low` to the share `high` of all, the hardest first."""
    if not 0 <= low < high <= 1:
        message = f"low={low!r} and high={high!r} cannot be used; wanted 0 <= low < high <= 1"
        raise BadParameter(message)

    def keeps(prompts: Sequence[Attempts]) -> list[bool]:
        ranked = sorted(range(len(prompts)), key=lambda place: _accuracy(prompts[place]))
        chosen = set(ranked[round(low * len(ranked)) : round(high * len(ranked))])
        return [place in chosen for place in range(len(prompts))]

    return keeps


def clusters(count: int, keep: Iterable[int]) -> Filter:
    """Keeps clusters of like accuracy, numbered from 0, the hardest: k-means in one dimension, begun at quantiles."""
    kept = set(keep)
    if count < 1 or not kept <= set(range(count)):
        message = f"keep={sorted(kept)!r} of count={count!r} clusters cannot be used; clusters are numbered from 0"
        raise BadParameter(message)

    def keeps(prompts: Sequence[Attempts]) -> list[bool]:
        values = [_accuracy(one) for one in prompts]
        centres = _centres(values, count)
        return [min(range(len(centres)), key=lambda place: abs(value - centres[place])) in kept for value in values]

    return keeps


def _centres(values: Sequence[float], count: int) -> list[float]:
    ranked = sorted(values)
    centres = [ranked[(2 * place + 1) * len(ranked) // (2 * count)] for place in range(count)] if ranked else []
    for _ in range(ROUNDS):
        members: list[list[float]] = [[] for _ in centres]
        for value in ranked:
            members[min(range(len(centres)), key=lambda place: abs(value - centres[place]))].append(value)
        moved = [fmean(some) if some else centre for some, centre in zip(members, centres, strict=True)]
        if moved == centres:
            break
        centres = moved
    return centres


def from_easy_to_hard(prompts: Iterable[Attempts]) -> list[Attempts]:
    """The prompts by falling accuracy, and of like accuracy by the mean length of their completions."""
    return sorted(prompts, key=lambda one: (-_accuracy(one), fmean(one.lengths) if one.lengths else 0.0))


def shortest_right(one: Attempts) -> int | None:
    """The place of the shortest right completion; None where none is right. Raises `BadParameter` without lengths."""
    if len(one.lengths) != len(one.rewards):
        message = f"{len(one.lengths)} lengths for {len(one.rewards)} rewards of {one.key!r}; give one a completion"
        raise BadParameter(message)
    right = [place for place, reward in enumerate(one.rewards) if reward is not None and reward >= one.right_at]
    return min(right, key=lambda place: one.lengths[place], default=None)


def _accuracy(one: Attempts) -> float:
    accuracy = one.accuracy
    if accuracy is None:
        message = f"{one.key!r} has no reward at all; put it through select, which drops such prompts first"
        raise BadParameter(message)
    return accuracy
