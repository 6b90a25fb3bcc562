"""What is counted over all rows, in one pass and some twenty bytes a row."""

from __future__ import annotations

import heapq
import math
from array import array
from dataclasses import dataclass, field
from typing import Any

from rewardkit.report.kinds import Kind, Kinds, Tally
from rewardkit.report.records import ReportRow
from rewardkit.report.times import time_by_route
from rewardkit.types import OUTCOMES, Status

__all__ = ["Columns", "Totals", "histogram"]

BINS = 20
SLOWEST = 10
NONE = math.nan
MOST = 1e30  # of what is drawn and sorted by: squares and sums of larger numbers are none


@dataclass(slots=True)
class Columns:
    """Numbers of every row, by which the page filters and sorts without reading the rows."""

    kind: array[int] = field(default_factory=lambda: array("H"))
    reward: array[float] = field(default_factory=lambda: array("d"))
    seconds: array[float] = field(default_factory=lambda: array("f"))
    prompt: array[int] = field(default_factory=lambda: array("I"))

    def add(self, row: ReportRow, kind: int) -> None:
        """Note one more row; nan is no reward."""
        self.kind.append(kind)
        self.reward.append(NONE if row.reward is None else max(-MOST, min(MOST, row.reward)))
        self.seconds.append(max(0.0, min(MOST, row.seconds)))


@dataclass(slots=True)
class Totals:
    """Everything above the table."""

    kinds: Kinds = field(default_factory=Kinds)
    columns: Columns = field(default_factory=Columns)
    slowest: list[tuple[float, int, ReportRow]] = field(default_factory=list)

    def add(self, row: ReportRow) -> None:
        """Count one more row."""
        self.columns.add(row, self.kinds.add(row))
        if row.seconds > 0:
            entry = (row.seconds, -row.number, row)
            if len(self.slowest) < SLOWEST:
                heapq.heappush(self.slowest, entry)
            else:
                heapq.heappushpop(self.slowest, entry)

    def as_json(self) -> dict[str, Any]:
        """The totals as the page reads them."""
        statuses = self.kinds.by(lambda kind: kind.status)
        every = self.kinds.by(lambda kind: "").get("", Tally())
        return {
            **every.as_json(),
            "mean": every.mean,
            **{status.value: statuses.get(status.value, Tally()).rows for status in Status},
            "per_second": every.rows / every.seconds if every.seconds else None,
            "routed": any(kind.route for kind, _ in self.kinds),
            "kinds": self.kinds.as_json(),
            "meanings": {kind.reason: OUTCOMES[kind.reason][1] for kind, _ in self.kinds if kind.reason in OUTCOMES},
            "times": time_by_route([route_of(kind) for kind, _ in self.kinds], self.columns.kind, self.columns.seconds),
            "histogram": histogram(self.columns.reward),
            "slowest": [
                {"number": row.number, "id": row.id[:200], "verifier": row.verifier, "reason": row.reason, "seconds": seconds}
                for seconds, _, row in sorted(self.slowest, reverse=True)
            ],
        }


def route_of(kind: Kind) -> str:
    """What the page calls the route of a row that has none: its verifier."""
    return kind.route or kind.verifier


def histogram(rewards: array[float]) -> dict[str, Any] | None:
    """Counts in equal bins from 0 to 1, or from the least to the greatest reward where that is wider; nan is no reward.

    The last bin holds its upper edge, so that a reward of 1 is not alone in a bin of its own.
    """
    known = [reward for reward in rewards if not math.isnan(reward)]
    if not known:
        return None
    low, high = min(0.0, min(known)), max(1.0, max(known))
    counts = [0] * BINS
    for reward in known:
        counts[min(int((reward - low) / (high - low) * BINS), BINS - 1)] += 1
    return {"low": low, "high": high, "counts": counts}
