"""Where verdicts come from, and how often those that were asked about the same row agree: rule, judge, panel, votes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from rewardkit.report.records import ReportRow
from rewardkit.report.values import number_of

__all__ = ["Agreement"]

ACCEPTED_FROM = 0.5
MOST = 100
LONGEST = 120
SOURCES = ("rule", "judged", "shared", "cached", "withheld")


@dataclass(slots=True)
class Pair:
    """How often two said the same about a row, where both have a score: accepted is 0.5 or more."""

    rows: int = 0
    same: int = 0
    only_first: int = 0
    only_second: int = 0

    def add(self, first: float, second: float) -> None:
        """Count one row."""
        accepted = first >= ACCEPTED_FROM, second >= ACCEPTED_FROM
        self.rows += 1
        self.same += accepted[0] == accepted[1]
        self.only_first += accepted == (True, False)
        self.only_second += accepted == (False, True)


class Agreement:
    """Counts over the records whose `info` tells of a judge; a pair is two names and what they are to each other."""

    def __init__(self) -> None:
        self._sources: Counter[str] = Counter()
        self._pairs: dict[tuple[str, str, str], Pair] = {}
        self._votes = [0, 0, 0.0]  # rows, of one mind, the sum of the larger side's share

    def add(self, row: ReportRow, info: Mapping[str, Any]) -> None:
        """Count one row."""
        if (source := info.get("source")) in SOURCES:
            self._sources[source] += 1
        for how, first, second, a, b in (*_panel(info), *_stages(row, info)):
            key = (how, first[:LONGEST], second[:LONGEST])
            if key in self._pairs or len(self._pairs) < MOST:
                self._pairs.setdefault(key, Pair()).add(a, b)
        votes = info.get("votes")
        known = [vote for vote in map(number_of, votes if isinstance(votes, list) else ()) if vote is not None]
        if len(known) > 1:
            accepting = sum(vote >= ACCEPTED_FROM for vote in known)
            larger = max(accepting, len(known) - accepting)
            self._votes = [self._votes[0] + 1, self._votes[1] + (larger == len(known)), self._votes[2] + larger / len(known)]

    def as_json(self) -> dict[str, Any] | None:
        """The counts as the page reads them; None where no record tells of a judge."""
        if not self._sources and not self._pairs and not self._votes[0]:
            return None
        rows, one_mind, shares = self._votes
        pairs = [
            {"how": how, "first": first, "second": second, **{name: getattr(pair, name) for name in pair.__slots__}}
            for (how, first, second), pair in self._pairs.items()
        ]
        return {
            "sources": {name: self._sources[name] for name in SOURCES if self._sources[name]},
            "pairs": sorted(pairs, key=lambda pair: -pair["rows"]),
            "votes": {"rows": rows, "one_mind": one_mind, "share": shares / rows} if rows else None,
        }


Said = tuple[str, str, str, float, float]


def _panel(info: Mapping[str, Any]) -> Iterator[Said]:
    """Every two judges of a panel that both have a score."""
    panel = info.get("panel")
    scores = [
        (str(name), score)
        for name, said in (panel.items() if isinstance(panel, Mapping) else ())
        if isinstance(said, Mapping) and (score := number_of(said.get("score"))) is not None
    ]
    for (first, a), (second, b) in combinations(scores[:10], 2):
        yield "panel", first, second, a, b


def _stages(row: ReportRow, info: Mapping[str, Any]) -> Iterator[Said]:
    """What was said earlier about a row, beside its verdict: a rule by its judge, a judge by a dearer one."""
    if row.reward is None:
        return
    for how, name in (("rule, judge", "stages"), ("judge, dearer judge", "escalated")):
        trail = info.get(name)
        last = trail[-1] if isinstance(trail, list) and trail else None
        if isinstance(last, Mapping) and (score := number_of(last.get("score"))) is not None:
            yield how, str(last.get("verifier")), row.verifier, score, row.reward
