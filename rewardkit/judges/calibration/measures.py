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
    """A row's score and its label; rows of one `group` (its question) are halved and drawn anew together, never apart."""

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


_Key = tuple[float, bool]


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
    counts = Counter((one.score, one.label) for one in rated)
    kinds = _kinds(counts, at)
    return _measured(list(kinds.values()), [counts[key] for key in kinds])


def estimates(rated: Iterable[Rated], *, at: float = ACCEPTED_FROM, draws: int = DRAWS, seed: int = 0) -> dict[Measure, Estimate]:
    """Every measure with its interval: the middle 95 % of `draws` samples of as many groups, drawn with replacement.

    A row without a group is one of its own. Rows of one question depend on each other, so that drawn one by one they would make
    intervals too narrow (the cluster bootstrap, Davison and Hinkley 1997, 3.8). Where all rows are of one group, and for a
    measure that fewer than half of the draws define, there is no interval. Raises `BadParameter` for less than one draw.
    """
    if draws < 1:
        message = f"draws={draws!r} must be at least 1"
        raise BadParameter(message)
    groups = _grouped(rated)
    kinds = _kinds({key for group in groups for key, _ in group}, at)
    place_of = {key: place for place, key in enumerate(kinds)}
    # What a group adds to the counts of the kinds; groups of the same rows, such as rows alone, are drawn as one with a weight.
    parts = [[(place_of[key], count) for key, count in group] for group in groups]
    weights, total = list(accumulate(groups.values())), sum(groups.values())
    alone = total == 1 and sum(count for _, count in parts[0]) > 1
    drawn: dict[Measure, list[float]] = {measure: [] for measure in Measure}
    dice = random.Random(seed)

    def measure_all(held: Mapping[int, int]) -> dict[Measure, float | None]:
        counts = [0] * len(kinds)
        for number, times in held.items():
            for place, count in parts[number]:
                counts[place] += times * count
        return _measured(list(kinds.values()), counts)

    for _ in range(draws if total and not alone else 0):
        for measure, value in measure_all(Counter(dice.choices(range(len(parts)), cum_weights=weights, k=total))).items():
            if value is not None:
                drawn[measure].append(value)
    whole = measure_all(dict(enumerate(groups.values())))
    return {measure: _estimate(value, drawn[measure], draws) for measure, value in whole.items()}


def words(found: Mapping[Measure, Estimate]) -> str:
    """What the intervals say about chance; empty where they leave it out."""
    kappa, auc = found[Measure.KAPPA], found[Measure.AUC]
    said = [f"κ {kappa} holds 0"] if kappa.holds(0) else []
    said += [f"AUC {auc} holds 0.5"] if auc.holds(0.5) else []
    if not said:
        return ""
    return f"at chance: {' and '.join(said)}, so these labels do not show that it judges better than a coin"


def _grouped(rated: Iterable[Rated]) -> Counter[tuple[tuple[_Key, int], ...]]:
    """What groups are made of, as how many rows of each score and label, and how many groups are made so; in order."""
    groups: dict[str, Counter[_Key]] = {}
    for place, one in enumerate(rated):
        groups.setdefault(one.group or f"\0{place}", Counter())[one.score, one.label] += 1
    return Counter(sorted(tuple(sorted(rows.items())) for rows in groups.values()))


def _kinds(keys: Iterable[_Key], at: float) -> dict[_Key, _Kind]:
    """The kinds of rows by score and label, in their order."""
    edges = [place / BINS for place in range(1, BINS)]
    found: dict[_Key, _Kind] = {}
    before: float | None = None
    for score, label in sorted(keys):
        found[score, label] = _Kind(score, label, score >= at, bisect_left(edges, score), score != before)
        before = score
    return found


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
