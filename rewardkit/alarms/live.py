"""Alarms while a run goes on: the newest steps against those before them and against the beginning, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

from rewardkit.alarms.alarm import Alarm, newest
from rewardkit.alarms.steps import Step, Steps

__all__ = ["Live"]

WIDTH = 5  # steps of a window
ROWS_A_STEP = 64  # calls with fewer rows are taken together


class Live:
    """Counts calls of a reward function as steps and says what goes wrong in them; each alarm once."""

    def __init__(self) -> None:
        self._calls = 0
        self._open: Step | None = None
        self._first: list[Step] = []
        self._last: deque[Step] = deque(maxlen=2 * WIDTH)
        self._raised: set[tuple[str, str]] = set()

    def add(self, rows: Iterable[tuple[Mapping[str, Any], float | None]]) -> list[Alarm]:
        """The alarms that this call gives rise to; `rows` are records as a trace has them, and their rewards."""
        steps = Steps()
        for record, reward in rows:
            steps.add({**record, "step": self._calls}, reward)
        self._calls += 1
        for step in steps.in_order():
            self._open = step if self._open is None else self._open.plus(step)
        if self._open is None or self._open.all.rows < ROWS_A_STEP:
            return []
        self._last.append(self._open)
        if len(self._first) < WIDTH:
            self._first.append(self._open)
        self._open = None
        return self._new() if len(self._last) == 2 * WIDTH else []

    def _new(self) -> list[Alarm]:
        steps = list(self._last)
        start, before, after = (reduce(Step.plus, part) for part in (self._first, steps[:WIDTH], steps[WIDTH:]))
        found = [alarm for alarm in newest(start, before, after) if (alarm.kind, alarm.about) not in self._raised]
        self._raised.update((alarm.kind, alarm.about) for alarm in found)
        return found
