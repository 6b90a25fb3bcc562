"""How well scores agree with labels: six measures and the calibration error, each with a bootstrap interval."""

from __future__ import annotations

import enum
import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from rewardkit.errors import BadParameter

__all__ = ["BINS", "Estimate", "Measure", "Rated", "estimates", "measured", "words"]

ACCEPTED_FROM = 0.5
BINS = 10
DRAWS = 1000
COVERAGE = 0.95


class Measure(str, enum.Enum):
    """A number from 0 to 1 (κ from -1): how well scores agree with labels."""

    ACCURACY = "accuracy"
    PRECISION = "precision"
    RECALL = "recall"
    F1 = "f1"
    KAPPA = "kappa"
    AUC = "auc"
    ECE = "ece"


@dataclass(frozen=True, slots=True)
class Rated:
    """A row's score and its label; rows of one `group` (its question) are never parted when rows are halved."""

    score: float
    label: bool
    group: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and the interval in which 95 % of resampled data sets have it; None where it is not defined."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def holds(self, number: float) -> bool:
        """Whether a number lies in the interval."""
        return self.low is not None and self.high is not None and self.low <= number <= self.high

    def __str__(self) -> str:
        if self.value is None:
            return "–"
        return f"{self.value:.2f}" if self.low is None else f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


class _Kind(NamedTuple):
    """Rows of one score and label, with all that does not change when they are drawn anew."""

    score: float
    label: bool
    accepted: bool
    bin: int
    begins: bool  # the first of its score


def measured(rated: Iterable[Rated], *, at: float = ACCEPTED_FROM) -> dict[Measure, float | None]:
    """Every measure; a score of `at` (default 0.5) or more accepts. One that these rows do not define is None.

    Precision needs an accepted row, recall a right one, κ and AUC rows of both labels, and the expected calibration error (mean
    distance of score and share of right rows over ten bins of equal width, weighted by rows; Naeini et al. 2015) scores from 0
    to 1.
    """
    return _measured(*_sorted(rated, at))


def estimates(rated: Iterable[Rated], *, at: float = ACCEPTED_FROM, draws: int = DRAWS, seed: int = 0) -> dict[Measure, Estimate]:
    """Every measure with its interval: the middle 95 % of `draws` samples of as many rows, drawn with replacement.

    A measure that fewer than half of the draws define has no interval. Raises `BadParameter` for less than one draw.
    """
    if draws < 1:
        message = f"draws={draws!r} must be at least 1"
        raise BadParameter(message)
    kinds, counts = _sorted(rated, at)
    total, steps, places = sum(counts), list(accumulate(counts)), range(len(kinds))
    drawn: dict[Measure, list[float]] = {measure: [] for measure in Measure}
    dice = random.Random(seed)
    for _ in range(draws if total else 0):
        held = Counter(dice.choices(places, cum_weights=steps, k=total))
        for measure, value in _measured(kinds, [held[place] for place in places]).items():
            if value is not None:
                drawn[measure].append(value)
    return {measure: _estimate(value, drawn[measure], draws) for measure, value in _measured(kinds, counts).items()}


def words(found: Mapping[Measure, Estimate]) -> str:
    """What the intervals say about chance; empty where they leave it out."""
    kappa, auc = found[Measure.KAPPA], found[Measure.AUC]
    said = [f"κ {kappa} holds 0"] if kappa.holds(0) else []
    said += [f"AUC {auc} holds 0.5"] if auc.holds(0.5) else []
    if not said:
        return ""
    return f"at chance: {' and '.join(said)}, so these labels do not show that it judges better than a coin"


def _sorted(rated: Iterable[Rated], at: float) -> tuple[list[_Kind], list[int]]:
    counts = Counter((one.score, one.label) for one in rated)
    ordered = sorted(counts)
    edges = [place / BINS for place in range(1, BINS)]
    kinds = [
        _Kind(score, label, score >= at, bisect_left(edges, score), place == 0 or ordered[place - 1][0] != score)
        for place, (score, label) in enumerate(ordered)
    ]
    return kinds, [counts[key] for key in ordered]


def _measured(kinds: Sequence[_Kind], counts: Sequence[int]) -> dict[Measure, float | None]:
    hit = miss = false = refused = right = wrong = below = 0
    won, gaps = 0.0, [0.0] * BINS
    for (score, label, accepted, bin, begins), count in zip(kinds, counts, strict=True):
        if begins:
            below = wrong
        gaps[bin] += count * (score - label)
        if label:
            right += count
            # A wrong row of the same score comes before: labels are sorted too. It is half beaten.
            won += count * (below + (wrong - below) / 2)
            hit, miss = (hit + count, miss) if accepted else (hit, miss + count)
        else:
            wrong += count
            false, refused = (false + count, refused) if accepted else (false, refused + count)
    total = right + wrong
    probable = bool(kinds) and kinds[0].score >= 0 and kinds[-1].score <= 1
    return {
        Measure.ACCURACY: _share(hit + refused, total),
        Measure.PRECISION: _share(hit, hit + false),
        Measure.RECALL: _share(hit, right),
        Measure.F1: _share(2 * hit, 2 * hit + false + miss),
        Measure.KAPPA: _kappa(hit, miss, false, refused),
        Measure.AUC: _share(won, right * wrong),
        Measure.ECE: _share(sum(map(abs, gaps)), total if probable else 0),
    }


def _kappa(hit: int, miss: int, false: int, refused: int) -> float | None:
    """Cohen's κ (1960); 0 where the judge says the same to every row, None without rows of both labels."""
    total, right, accepted = hit + miss + false + refused, hit + miss, hit + false
    if not 0 < right < total:
        return None
    chance = (right * accepted + (total - right) * (total - accepted)) / total**2
    return ((hit + refused) / total - chance) / (1 - chance)


def _estimate(value: float | None, drawn: list[float], draws: int) -> Estimate:
    if value is None or 2 * len(drawn) < draws:
        return Estimate(value)
    ordered, tail = sorted(drawn), (1 - COVERAGE) / 2
    return Estimate(value, _quantile(ordered, tail), _quantile(ordered, 1 - tail))


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None
