"""Means over few seeds with honest intervals: the spread among seeds is pooled over all arms, since three say little of it.

A 95 % interval of one arm is t · s / √n, of a difference t · s · √(1/n + 1/m), with s² pooled within arms and Student's t of its
degrees of freedom. It holds the chance of training and of measuring, and nothing of another warm start, rate or budget.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from statistics import fmean, variance
from typing import NamedTuple

from examples.comparison.tricks import Trick

__all__ = ["Interval", "Runs", "difference", "interval", "pooled", "student"]

Runs = Mapping[str, Sequence[Mapping[str, str]]]
"""The lines of each arm."""


class Interval(NamedTuple):
    """A mean, and how far the 95 % interval reaches to either side."""

    mean: float
    reach: float


@lru_cache
def student(degrees: int, share: float = 0.95) -> float:
    """The t within which a share of Student's distribution lies, by bisection of its integral (Simpson, 2,000 pieces)."""
    scale = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)) / math.sqrt(degrees * math.pi)

    def within(t: float, pieces: int = 2000) -> float:
        ordinates = [(1 + (t * k / pieces) ** 2 / degrees) ** (-(degrees + 1) / 2) for k in range(pieces + 1)]
        inner = 4 * sum(ordinates[1:-1:2]) + 2 * sum(ordinates[2:-1:2])
        return 2 * scale * t / pieces / 3 * (ordinates[0] + inner + ordinates[-1])

    low, high = 0.0, 64.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle) < share else (low, middle)
    return low


def pooled(runs: Runs, column: str) -> tuple[float, int]:
    """The variance among seeds of one arm, taken to be the same for all, and its degrees of freedom."""
    groups = [[float(line[column]) for line in lines] for lines in runs.values() if len(lines) > 1]
    degrees = sum(len(values) - 1 for values in groups)
    return sum(variance(values) * (len(values) - 1) for values in groups) / degrees, degrees


def interval(runs: Runs, arm: str, column: str) -> Interval:
    """The mean of an arm over its seeds."""
    spread, degrees = pooled(runs, column)
    values = [float(line[column]) for line in runs[arm]]
    return Interval(fmean(values), student(degrees) * math.sqrt(spread / len(values)))


def difference(runs: Runs, trick: Trick, column: str) -> Interval:
    """By how much the arm with the trick is above the one without."""
    spread, degrees = pooled(runs, column)
    of, without = ([float(line[column]) for line in runs[arm]] for arm in (trick.of, trick.without))
    return Interval(fmean(of) - fmean(without), student(degrees) * math.sqrt(spread * (1 / len(of) + 1 / len(without))))
