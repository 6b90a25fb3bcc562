"""What is counted over all rows, whatever the page's table has room for."""

from __future__ import annotations

import heapq
import math
from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from rewardkit.report.records import ReportRow
from rewardkit.types import OUTCOMES, Status

__all__ = ["Tally", "Totals", "histogram"]

BINS = 20
SLOWEST = 10


@dataclass(slots=True)
class Tally:
    """Counts over a group of rows."""

    rows: int = 0
    seconds: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    rewards: array[float] = field(default_factory=lambda: array("d"))
    calls: float = 0
    tokens: float = 0
    cost: float = 0.0

    def add(self, row: ReportRow) -> None:
        """Count one more row."""
        self.rows += 1
        self.seconds += row.seconds
        self.statuses[row.status] += 1
        self.calls, self.tokens = self.calls + row.spent.calls, self.tokens + row.spent.tokens
        self.cost += row.spent.cost
        if row.reward is not None:
            self.rewards.append(row.reward)

    @property
    def mean(self) -> float | None:
        """Mean over the rows that have a reward; None where there is none, never 0."""
        return math.fsum(self.rewards) / len(self.rewards) if self.rewards else None

    def as_json(self) -> dict[str, Any]:
        """The counts as the page reads them."""
        statuses = {status.value: self.statuses[status.value] for status in Status}
        spent = {"calls": self.calls, "tokens": self.tokens, "cost": self.cost}
        return {"rows": self.rows, "mean": self.mean, "seconds": self.seconds, **statuses, **spent}


@dataclass(slots=True)
class Totals:
    """Everything above the table: one pass, memory of a few bytes a row."""

    every: Tally = field(default_factory=Tally)
    routes: dict[str, Tally] = field(default_factory=dict)
    reasons: dict[tuple[str, str], Tally] = field(default_factory=dict)
    routed: bool = False
    slowest: list[tuple[float, int, ReportRow]] = field(default_factory=list)

    def add(self, row: ReportRow) -> None:
        """Count one more row."""
        self.routed = self.routed or bool(row.route)
        self.every.add(row)
        self.routes.setdefault(row.route or row.verifier, Tally()).add(row)
        self.reasons.setdefault((row.reason, row.status), Tally()).add(row)
        if row.seconds > 0:
            entry = (row.seconds, -row.number, row)
            if len(self.slowest) < SLOWEST:
                heapq.heappush(self.slowest, entry)
            else:
                heapq.heappushpop(self.slowest, entry)

    def as_json(self) -> dict[str, Any]:
        """The totals as the page reads them."""
        rewards = self.every.rewards
        return {
            **self.every.as_json(),
            "full": sum(r >= 1 for r in rewards),
            "none": sum(r <= 0 for r in rewards),
            "per_second": self.every.rows / self.every.seconds if self.every.seconds else None,
            "routed": self.routed,
            "routes": _by_rows({"name": name, **tally.as_json()} for name, tally in self.routes.items()),
            "reasons": _by_rows(
                {"name": name, "status": status, "meaning": OUTCOMES.get(name, ("", ""))[1], **_plain(tally)}
                for (name, status), tally in self.reasons.items()
            ),
            "histogram": histogram(rewards),
            "slowest": [
                {"number": row.number, "id": row.id, "verifier": row.verifier, "reason": row.reason, "seconds": seconds}
                for seconds, _, row in sorted(self.slowest, reverse=True)
            ],
        }


def _plain(tally: Tally) -> dict[str, Any]:
    return {"rows": tally.rows, "mean": tally.mean, "seconds": tally.seconds}


def _by_rows(groups: Any) -> list[dict[str, Any]]:
    return sorted(groups, key=lambda group: (-group["rows"], group["name"]))


def histogram(rewards: array[float]) -> dict[str, Any] | None:
    """Counts in equal bins from 0 to 1, or from the least to the greatest reward where that is wider.

    The last bin holds its upper edge, so that a reward of 1 is not alone in a bin of its own.
    """
    if not rewards:
        return None
    low, high = min(0.0, min(rewards)), max(1.0, max(rewards))
    counts = [0] * BINS
    for reward in rewards:
        counts[min(int((reward - low) / (high - low) * BINS), BINS - 1)] += 1
    return {"low": low, "high": high, "counts": counts}
