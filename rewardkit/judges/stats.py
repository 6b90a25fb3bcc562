"""What judging cost and saved, and where rule and judge differ: counted from verdicts, by route."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rewardkit.types import Status, Verdict

__all__ = ["Usage", "by_route", "spent", "usage"]

COSTS = ("calls", "controls", "prompt_tokens", "completion_tokens", "cost")
SOURCES = ("judged", "shared", "cached", "withheld", "rule")


@dataclass
class Usage:
    """Counts over some verdicts.

    `sources` counts rows by where their verdict came from: "rule" (a rule or the guard), "judged", "shared", "cached",
    "withheld" (its budget was spent).
    `guard` counts the guard's rules. `calls` are requests to the model about rows, `controls` those about answers
    that cannot be right. `rescued` are rows that a rule rejected and
    the judge accepted. `cost` is 0 without a price.
    """

    rows: int = 0
    calls: int = 0
    controls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    unavailable: int = 0
    unparsed: int = 0
    unreliable: int = 0
    abstained: int = 0
    over_budget: int = 0
    rescued: int = 0
    sources: Counter[str] = field(default_factory=Counter)
    guard: Counter[str] = field(default_factory=Counter)

    @property
    def calls_a_row(self) -> float:
        """Requests to the model for each row, those about controls included; 0 without rows."""
        return (self.calls + self.controls) / self.rows if self.rows else 0.0

    def add(self, verdict: Verdict) -> None:
        """Count one verdict."""
        info = verdict.info
        source = str(info.get("source", "rule"))
        self.rows += 1
        self.calls += int(info.get("calls", 0))
        self.controls += int(info.get("controls", 0))
        self.prompt_tokens += int(info.get("prompt_tokens", 0))
        self.completion_tokens += int(info.get("completion_tokens", 0))
        self.cost += float(info.get("cost", 0.0))
        self.over_budget += verdict.reason == "over_budget"
        self.unavailable += verdict.reason == "judge_unavailable"
        self.unparsed += verdict.reason == "judge_unparsed" or bool(info.get("unparsed"))
        self.unreliable += verdict.reason == "judge_unreliable"
        self.abstained += verdict.status is Status.ABSTAINED
        self.sources[source] += 1
        if source == "rule" and "rule" in info:
            self.guard[str(info["rule"])] += 1
        ruled = (info.get("stages") or [{}])[-1].get("score")
        self.rescued += source != "rule" and ruled == 0 and (verdict.score or 0) > 0

    def record(self) -> dict[str, Any]:
        """The counts as an object that JSON can hold."""
        plain = {name: value for name, value in vars(self).items() if isinstance(value, int)}
        return {
            **plain,
            "cost": round(self.cost, 6),
            "calls_a_row": round(self.calls_a_row, 4),
            "sources": dict(self.sources),
            "guard": dict(self.guard),
        }


def spent(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """What several verdicts about one row cost together, and where they come from: judged if one of them was."""
    found = {name: sum(verdict.info.get(name, 0) for verdict in verdicts) for name in COSTS}
    sources = {str(verdict.info.get("source", "rule")) for verdict in verdicts}
    kept = {name: value for name, value in found.items() if any(name in verdict.info for verdict in verdicts)}
    return {**kept, "source": next(source for source in SOURCES if source in sources)}


def usage(verdicts: Iterable[Verdict]) -> Usage:
    """The counts of a batch or a run."""
    total = Usage()
    for verdict in verdicts:
        total.add(verdict)
    return total


def by_route(verdicts: Iterable[Verdict]) -> dict[str, Usage]:
    """The counts by the first part of the route that a router noted; "-" where there was none."""
    routes: dict[str, Usage] = {}
    for verdict in verdicts:
        route = str(verdict.info.get("route") or "-").split("/", 1)[0]
        routes.setdefault(route, Usage()).add(verdict)
    return dict(sorted(routes.items()))
