"""The page's part about a training run: curves over steps, alarms, and the rows that show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from rewardkit.alarms import Alarm, Step, Steps, alarms
from rewardkit.report.values import number_of

__all__ = ["Training"]

POINTS = 300  # more would not be seen on a screen
CURVES = 8
ROWS_AN_ALARM = 5


class Training:
    """What a trace says about its run; empty for records without steps."""

    def __init__(self, steps: Steps) -> None:
        self.points = _joined(steps.in_order(), POINTS)
        self.in_tokens = steps.in_tokens
        self.alarms: list[Alarm] = alarms(self.points)
        self._rows: dict[Alarm, list[int]] = {alarm: [] for alarm in self.alarms}

    @classmethod
    def of(cls, records: Iterable[Mapping[str, Any]]) -> Training:
        """Read a trace once."""
        steps = Steps()
        for record in records:
            steps.add(record, number_of(record.get("reward")))
        return cls(steps)

    def looks(self, number: int, record: Mapping[str, Any]) -> bool:
        """Whether a record is one of the few that an alarm shows; to be asked in the order of the rows."""
        wanted = [alarm for alarm, rows in self._rows.items() if len(rows) < ROWS_AN_ALARM and alarm.shows(record)]
        for alarm in wanted:
            self._rows[alarm].append(number)
        return bool(wanted)

    def as_json(self) -> dict[str, Any] | None:
        """The curves and alarms as the page reads them; None for fewer than two steps."""
        points = self.points
        if len(points) < 2:
            return None
        routes: Counter[str] = Counter()
        for point in points:
            routes.update({name: share.rows for name, share in point.routes.items()})
        reasons = sum((p.reasons for p in points), Counter[str]())
        return {
            "steps": [point.first for point in points],
            "last": points[-1].last,
            "length_unit": "tokens" if self.in_tokens else "characters",
            "curves": {
                "Mean reward": {
                    "all": [p.all.mean for p in points],
                    **{name: [p.routes[name].mean if name in p.routes else None for p in points] for name, _ in _most(routes)},
                },
                "Without a reward": {
                    "abstained": [p.all.abstained / p.all.rows for p in points],
                    "errors": [p.all.errors / p.all.rows for p in points],
                },
                "Reasons": {name: [p.reasons[name] / p.all.rows for p in points] for name, _ in _most(reasons)},
                "Length": {"mean": [p.mean_length for p in points]},
                "Most frequent answer": {
                    "share of one answer": [p.top_answer[1] for p in points],
                    "share of one reference": [p.top_reference for p in points],
                },
            },
            "alarms": [
                {"kind": a.kind, "text": a.text, "first": a.first, "last": a.last, "rows": self._rows[a]} for a in self.alarms
            ],
        }


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    return counts.most_common(CURVES) if len(counts) > 1 else list(counts.items())


def _joined(steps: Sequence[Step], most: int) -> list[Step]:
    """At most so many points, neighbouring steps put together."""
    size = max(-(-len(steps) // most), 1)
    return [reduce(Step.plus, steps[start : start + size]) for start in range(0, len(steps), size)]
