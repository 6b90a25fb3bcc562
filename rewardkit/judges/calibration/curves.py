"""How far a score is a probability: what share of rows with about this score is right."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rewardkit.errors import BadParameter
from rewardkit.judges.calibration.measures import BINS, Estimate, Rated, estimates
from rewardkit.judges.calibration.measures import Measure as M

__all__ = ["Bin", "curve"]


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows whose score lies above `low` and not above `high`: their mean score, and the share of them that is right."""

    low: float
    high: float
    rows: int
    score: float
    right: Estimate


def curve(rated: Iterable[Rated], *, bins: int = BINS) -> list[Bin]:
    """The reliability curve over bins of equal width from 0 to 1, without the empty ones; the first bin holds 0.

    Raises `BadParameter` for a score that is no probability.
    """
    held: dict[int, list[Rated]] = {}
    edges = [place / bins for place in range(1, bins)]
    for one in rated:
        if not 0 <= one.score <= 1:
            message = f"the score {one.score!r} is not from 0 to 1: a curve needs probabilities, such as those of the kind soft"
            raise BadParameter(message)
        held.setdefault(bisect_left(edges, one.score), []).append(one)
    return [_bin(place / bins, (place + 1) / bins, rows) for place, rows in sorted(held.items())]


def _bin(low: float, high: float, rows: list[Rated]) -> Bin:
    # All rows of the bin taken as accepted, accuracy is the share that is right.
    share = estimates([replace(one, score=1.0) for one in rows])[M.ACCURACY]
    return Bin(low, high, len(rows), sum(one.score for one in rows) / len(rows), share)
