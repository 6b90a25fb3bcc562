"""How a number moves in a run: the weight of a divergence, of the entropy, or of a reward, as a function of the step.

A schedule is called with the step, from 0, and holds its ends: before its first point and behind its last it is flat.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rewardkit.errors import BadParameter

__all__ = ["Exponential", "Linear", "Schedule", "Stages", "grpo_d"]


class Schedule:
    """A number for each step."""

    def __call__(self, step: float) -> float:
        """The value at a step."""
        raise NotImplementedError


@dataclass(frozen=True)
class Linear(Schedule):
    """Straight lines from point to point, `(step, value)` each, in the order of their steps."""

    points: Sequence[tuple[float, float]]

    def __post_init__(self) -> None:
        _rising([step for step, _ in self.points])

    def __call__(self, step: float) -> float:
        """The value at a step."""
        steps = [at for at, _ in self.points]
        place = bisect_right(steps, step)
        if place == 0:
            return self.points[0][1]
        if place == len(steps):
            return self.points[-1][1]
        (begin, low), (end, high) = self.points[place - 1 : place + 1]
        return low + (high - low) * (step - begin) / (end - begin)


@dataclass(frozen=True)
class Exponential(Schedule):
    """`start` · `factor` to the power of the step, from `after` on, and never less than `least`.

    ReVisual-R1's weight of the entropy is `Exponential(0.02, 0.985, after=20)`.
    """

    start: float
    factor: float
    after: float = 0.0
    least: float = 0.0

    def __post_init__(self) -> None:
        if not self.factor > 0:
            message = f"factor={self.factor!r} must be above 0"
            raise BadParameter(message)

    def __call__(self, step: float) -> float:
        """The value at a step."""
        return max(self.least, self.start * float(self.factor ** max(0.0, step - self.after)))


@dataclass(frozen=True)
class Stages(Schedule):
    """Each value from its step on: `(first step, value)`.

    Vision-R1's length of a completion is `Stages([(0, 4096), (100, 8192), (200, 16384)])`, with 16, 8 and 4 completions a prompt.
    """

    points: Sequence[tuple[float, float]]

    def __post_init__(self) -> None:
        _rising([step for step, _ in self.points])

    def __call__(self, step: float) -> float:
        """The value at a step."""
        place = bisect_right([at for at, _ in self.points], step)
        return self.points[max(place - 1, 0)][1]


def grpo_d(least: float, most: float, *, steps: float, warm: float = 0.3) -> Linear:
    """OThink-MR1's weight of the divergence: from the middle down to `least` in the first `warm` share, then up to `most`.

    That is the formula of arXiv 2503.16081; its prose, which says that the weight only rises, is another schedule.
    """
    if not 0 < warm < 1 or not steps > 0:
        message = f"warm={warm!r} must lie between 0 and 1, and steps={steps!r} above 0"
        raise BadParameter(message)
    return Linear([(0, (least + most) / 2), (warm * steps, least), (steps, most)])


def _rising(steps: Sequence[float]) -> None:
    if not steps or any(later <= earlier for earlier, later in pairwise(steps)):
        message = f"the steps {list(steps)!r} must rise, and there must be at least one"
        raise BadParameter(message)
