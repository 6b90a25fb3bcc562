"""Rows counted by kind: those of one status, reason, verifier and route, which is what the page filters by."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from rewardkit.report.records import ReportRow
from rewardkit.types import Status

__all__ = ["Kind", "Kinds", "Tally"]

# A file whose reasons are sentences must not make a page of them: what comes later is counted together.
MOST = 2_000
LONGEST = 200
OTHERS = "(others)"
STATUSES = frozenset(status.value for status in Status)


class Kind(NamedTuple):
    """What rows of one kind have in common."""

    status: str
    reason: str
    verifier: str
    route: str


@dataclass(slots=True)
class Tally:
    """Sums over rows; a row without a reward is in none of those about rewards."""

    rows: int = 0
    scored: int = 0
    reward: float = 0.0
    full: int = 0
    none: int = 0
    seconds: float = 0.0
    calls: float = 0
    tokens: float = 0
    cost: float = 0.0

    def add(self, row: ReportRow) -> None:
        """Count one more row."""
        self.rows += 1
        self.seconds += row.seconds
        self.calls, self.tokens = self.calls + row.spent.calls, self.tokens + row.spent.tokens
        self.cost += row.spent.cost
        if row.reward is not None:
            self.scored += 1
            self.reward += row.reward
            self.full += row.reward >= 1
            self.none += row.reward <= 0

    def merge(self, other: Tally) -> None:
        """Count the rows of another tally as well."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def mean(self) -> float | None:
        """Mean over the rows that have a reward; None where there is none, never 0."""
        return self.reward / self.scored if self.scored and math.isfinite(self.reward) else None

    def as_json(self) -> dict[str, Any]:
        """The sums as the page reads them; None for one that is too large for a number."""
        return {name: value if math.isfinite(value := getattr(self, name)) else None for name in self.__slots__}


class Kinds:
    """A tally for each kind, numbered in the order in which they are first seen; 2,000 of them and what is beyond."""

    def __init__(self) -> None:
        self._numbers: dict[Kind, int] = {}
        self._tallies: list[Tally] = []

    def add(self, row: ReportRow) -> int:
        """Count a row, and return the number of its kind."""
        kind = Kind(*(text[:LONGEST] for text in (row.status, row.reason, row.verifier, row.route)))
        number = self._numbers.get(kind)
        if number is None:
            if len(self._tallies) >= MOST:
                kind = Kind(row.status if row.status in STATUSES else OTHERS, OTHERS, OTHERS, OTHERS)
            number = self._numbers.setdefault(kind, len(self._tallies))
            if number == len(self._tallies):
                self._tallies.append(Tally())
        self._tallies[number].add(row)
        return number

    def __iter__(self) -> Iterator[tuple[Kind, Tally]]:
        return zip(self._numbers, self._tallies, strict=True)

    def by(self, name: Callable[[Kind], str]) -> dict[str, Tally]:
        """The tallies merged by what `name` says of a kind."""
        merged: dict[str, Tally] = {}
        for kind, tally in self:
            merged.setdefault(name(kind), Tally()).merge(tally)
        return merged

    def as_json(self) -> list[dict[str, Any]]:
        """The kinds with their sums as the page reads them, by number."""
        return [{**kind._asdict(), **tally.as_json()} for kind, tally in self]
