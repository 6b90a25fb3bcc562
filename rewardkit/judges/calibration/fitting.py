"""What is learnt from labels: a threshold, Platt's curve, or a curve that only rises."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import groupby

from rewardkit.judges.calibration.measures import Rated

__all__ = ["best_threshold", "interpolated", "isotonic", "logistic", "platt"]

STEPS = 100
CLOSE = 1e-10
STEEPEST = 700.0  # beyond it an exponential is no number any more


def best_threshold(rated: Sequence[Rated]) -> float:
    """The cut between two scores with the best mean of recall and share of wrong rows refused (Youden 1950).

    Of cuts that are as good the highest, which pays the least. Rows of both labels are needed.
    """
    right = sum(one.label for one in rated)
    wrong = len(rated) - right
    scores = sorted({one.score for one in rated})
    missed = refused = 0
    best, cut = 0.0, scores[0]
    by_score = groupby(sorted(rated, key=lambda one: one.score), key=lambda one: one.score)
    for place, (score, tied) in enumerate(by_score):
        worth = (1 - missed / right) + refused / wrong
        if worth >= best:
            best, cut = worth, score if place == 0 else (scores[place - 1] + score) / 2
        for one in tied:
            missed, refused = missed + one.label, refused + (not one.label)
    return cut


def platt(rated: Sequence[Rated]) -> tuple[float, float]:
    """Slope and offset of P(right) = 1 / (1 + exp(slope·score + offset)), by Newton's method.

    The targets are Platt's (1999): (n₊ + 1) / (n₊ + 2) for right rows and 1 / (n₋ + 2) for wrong ones, so that rows which a
    cut parts whole still have a finite slope.
    """
    right = sum(one.label for one in rated)
    wrong = len(rated) - right
    high, low = (right + 1) / (right + 2), 1 / (wrong + 2)
    rows = [(one.score, high if one.label else low) for one in rated]
    slope, offset = 0.0, math.log((wrong + 1) / (right + 1))
    loss = _loss(rows, slope, offset)
    for _ in range(STEPS):
        step = _newton(rows, slope, offset)
        size = 1.0
        while (next_loss := _loss(rows, slope + size * step[0], offset + size * step[1])) > loss and size > CLOSE:
            size /= 2
        slope, offset = slope + size * step[0], offset + size * step[1]
        if loss - next_loss < CLOSE:
            break
        loss = next_loss
    return slope, offset


def logistic(score: float, slope: float, offset: float) -> float:
    """P(right) of a score on Platt's curve."""
    return 1 / (1 + math.exp(max(-STEEPEST, min(STEEPEST, slope * score + offset))))


def isotonic(rated: Sequence[Rated]) -> list[tuple[float, float]]:
    """The rising steps nearest to the labels, as corners to interpolate between (pool adjacent violators, Ayer et al. 1955)."""
    blocks: list[tuple[float, float, int, int]] = []  # first and last score, right rows, rows
    for score, tied in groupby(sorted(rated, key=lambda one: one.score), key=lambda one: one.score):
        labels = [one.label for one in tied]
        block = (score, score, sum(labels), len(labels))
        while blocks and blocks[-1][2] * block[3] >= block[2] * blocks[-1][3]:
            first, _, right, rows = blocks.pop()
            block = (first, block[1], right + block[2], rows + block[3])
        blocks.append(block)
    corners = [(end, right / rows) for first, last, right, rows in blocks for end in (first, last)]
    return [corner for place, corner in enumerate(corners) if place == 0 or corner != corners[place - 1]]


def interpolated(score: float, corners: Sequence[tuple[float, float]]) -> float:
    """The height between two corners, in a straight line; that of the end beyond either end."""
    place = bisect_right(corners, score, key=lambda corner: corner[0])
    if place == 0 or place == len(corners):
        return corners[min(place, len(corners) - 1)][1]
    (left, low), (right, high) = corners[place - 1 : place + 1]
    return low + (high - low) * (score - left) / (right - left)


def _loss(rows: Sequence[tuple[float, float]], slope: float, offset: float) -> float:
    total = 0.0
    for score, target in rows:
        power = slope * score + offset
        # log(1 + exp(power)) - (1 - target)·power, written so that neither side overflows
        total += max(power, 0.0) + math.log1p(math.exp(-abs(power))) - (1 - target) * power
    return total


def _newton(rows: Sequence[tuple[float, float]], slope: float, offset: float) -> tuple[float, float]:
    down_slope = down_offset = 0.0
    bend = [CLOSE, 0.0, CLOSE]
    for score, target in rows:
        chance = logistic(score, slope, offset)
        gap, weight = target - chance, chance * (1 - chance)
        down_slope, down_offset = down_slope + gap * score, down_offset + gap
        bend = [bend[0] + weight * score * score, bend[1] + weight * score, bend[2] + weight]
    parted = bend[0] * bend[2] - bend[1] ** 2
    if abs(parted) < CLOSE**2:
        return 0.0, 0.0
    return (
        -(bend[2] * down_slope - bend[1] * down_offset) / parted,
        -(bend[0] * down_offset - bend[1] * down_slope) / parted,
    )
