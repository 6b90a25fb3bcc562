"""What a trainer's log is told of every step: shares, rewards by route, parts, seconds, and the alarms of the run so far."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from rewardkit.alarms.live import Live

__all__ = ["Log", "Row"]

Row = tuple[Mapping[str, Any], "float | None"]
"""A record as a trace has it, and its reward."""


class Log:
    """Turns the rows of each step into numbers under names that begin with `name`; alarms and slow rows also warn.

    Warnings go to the logger `rewardkit`, each alarm once. A row that took more than `slow_s` seconds (default 1) is told when it
    is the first one, and again when one takes twice as long. Safe to call from many threads.
    """

    def __init__(self, name: str, *, slow_s: float = 1.0) -> None:
        self.name = name
        self.slow_s = slow_s
        self._live = Live()
        self._slowest = slow_s / 2
        self._lock = threading.Lock()

    def step(self, rows: Sequence[Row], parts: Mapping[str, Sequence[float | None]] | None = None) -> dict[str, float]:
        """The numbers of a step; none without rows.

        `abstained` and `errors` are shares, also by route (`abstained/ROUTE`); `reward/ROUTE` is the mean over the rows that have
        one, and `part/NAME` that of a part's scores; `seconds/max` and `seconds/mean` are of a row; `alarm/KIND` is 1.0 where an
        alarm is raised.
        """
        if not rows:
            return {}
        numbers = {**_shares(rows), **_parts(parts or {}), **_seconds(rows)}
        with self._lock:
            found = self._live.add(rows)
            slow = self._slower(rows)
        logger = logging.getLogger("rewardkit")
        for text in [*(alarm.text for alarm in found), *slow]:
            logger.warning("%s: %s", self.name, text)
        numbers |= {f"alarm/{alarm.kind}": 1.0 for alarm in found}
        return {f"{self.name}/{name}": number for name, number in numbers.items()}

    def _slower(self, rows: Sequence[Row]) -> list[str]:
        """What is to be said of rows that are twice as slow as any that was told."""
        times = [float(record.get("seconds") or 0.0) for record, _ in rows]
        slowest = max(times)
        if slowest < 2 * self._slowest or slowest <= self.slow_s:
            return []
        self._slowest = slowest
        place = times.index(slowest)
        record = rows[place][0]
        many = sum(one > self.slow_s for one in times)
        text = f"{many} of {len(rows)} rows took over {self.slow_s:g} s; row {place} the longest, {slowest:.1f} s"
        return [f"{text}, by {record.get('verifier') or 'no verifier'}: {record.get('reason')}"]


def _shares(rows: Sequence[Row]) -> dict[str, float]:
    groups: dict[str, list[Row]] = {"": list(rows)}
    for row in rows:
        if row[0].get("route") not in (None, ""):
            groups.setdefault(f"/{row[0]['route']}", []).append(row)
    numbers: dict[str, float] = {}
    for part, group in groups.items():
        for name, status in (("abstained", "abstained"), ("errors", "error")):
            numbers[f"{name}{part}"] = sum(record["status"] == status for record, _ in group) / len(group)
        if part:  # the trainer logs the mean of all by itself
            numbers |= _mean(f"reward{part}", [reward for _, reward in group])
    return numbers


def _parts(parts: Mapping[str, Sequence[float | None]]) -> dict[str, float]:
    return {name: mean for part, scores in parts.items() for name, mean in _mean(f"part/{part}", scores).items()}


def _mean(name: str, values: Sequence[float | None]) -> dict[str, float]:
    """The mean of those that are known; nothing where none is."""
    known = [value for value in values if value is not None]
    return {name: sum(known) / len(known)} if known else {}


def _seconds(rows: Sequence[Row]) -> dict[str, float]:
    times = [float(record.get("seconds") or 0.0) for record, _ in rows]
    return {"seconds/max": max(times), "seconds/mean": sum(times) / len(times)}
