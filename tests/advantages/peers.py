"""GRPO row by row in exact rational arithmetic, as slow and plain as can be: what the vectorised code is held against."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from fractions import Fraction


def exact_grpo(
    rewards: Sequence[float | None], ids: Sequence[Hashable], scale: str = "group", eps: float = 1e-4, tol: float = 1e-6
) -> list[float]:
    """(r − μ) / (σ + eps) with exact sums; 0 where unscored or where the spread is no more than `tol` of the largest, or of 1."""
    scored = [Fraction(r) for r in rewards if r is not None]
    found = []
    for reward, own in zip(rewards, ids, strict=True):
        group = [Fraction(r) for r, other in zip(rewards, ids, strict=True) if other == own and r is not None]
        if reward is None or len(group) < 2 or max(group) - min(group) <= tol * max(1, *map(abs, group)):
            found.append(0.0)
            continue
        gap = Fraction(reward) - sum(group) / len(group)
        over = {"group": deviation(group), "batch": deviation(scored), "none": None}[scale]
        found.append(float(gap) if over is None else float(gap) / (over + eps))
    return found


def deviation(values: Sequence[Fraction]) -> float:
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
