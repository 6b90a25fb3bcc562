"""Signs of reward hacking in a training trace: what changed suddenly, drifted, or took over.

Each compares the steps of a window with those before it. The limits are ours, chosen so that learning which goes well is
quiet; an alarm says where to look, not what is wrong.

| alarm | when |
|---|---|
| `reason` | a reason's share rises within two windows by 15 points (30 for reasons of right answers), beyond chance |
| `unscored` | the share of rows without a reward rises by 10 points, beyond chance |
| `length` | completions are half as long again as in the first window, or a third shorter |
| `answer` | one final answer makes up 30 % of the rows: twice its share at the start, and twice that of any reference |
| `route` | one route's mean reward rises by 0.2 while every other one moves by less than 0.05 |
| `contrast` | over the whole run a route gave only 1 and, to a tenth of its rows or more, no reward: nothing was wrong |
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from rewardkit.alarms.steps import Step, shown

__all__ = ["Alarm", "alarms", "newest"]

RIGHT = frozenset({"match", "match_asked", "match_rounded", "partial"})
RISE, RISE_OF_RIGHT, RISE_OF_UNSCORED = 0.15, 0.3, 0.1
BEYOND_CHANCE = 5.0  # standard errors
LONGER, SHORTER = 1.5, 1 / 1.5
ANSWER_SHARE, ANSWER_GROWTH = 0.3, 2.0
ROUTE_RISE, OTHERS_MOVE = 0.2, 0.05
ONE_SIDED, ONE_SIDED_ROWS = 0.1, 100


@dataclass(frozen=True, slots=True)
class Alarm:
    """One sign: its kind, what it is about, the steps from `first` to `last` that show it, and a sentence."""

    kind: str
    about: str
    first: int
    last: int
    text: str

    def shows(self, record: Mapping[str, Any]) -> bool:
        """Whether a record of the trace is one of those it speaks of."""
        step = record.get("step")
        if not isinstance(step, int) or not self.first <= step <= self.last:
            return False
        if self.kind == "reason":
            return str(record.get("reason")) == self.about
        if self.kind == "unscored":
            return record.get("reward") is None
        if self.kind == "answer":
            return shown(record.get("extracted")) == self.about
        if self.kind == "contrast":
            return str(record.get("route") or record.get("verifier")) == self.about and record.get("reward") is None
        if self.kind == "route":
            return str(record.get("route") or record.get("verifier")) == self.about and bool(record.get("reward"))
        return True


def alarms(steps: Sequence[Step]) -> list[Alarm]:
    """The alarms of a run, earliest first; none for a run of fewer than 6 steps."""
    width = max(3, min(20, len(steps) // 10))
    if len(steps) < 2 * width:
        return []
    windows = [reduce(Step.plus, steps[start : start + width]) for start in range(len(steps) - width + 1)]
    pairs = [(windows[place], windows[place + width]) for place in range(len(windows) - width)]
    found = [
        *_reasons(pairs),
        *_unscored(pairs),
        *_length(windows[0], windows[width:]),
        *_answer(windows),
        *_route(pairs),
        *_contrast(steps),
    ]
    return sorted(found, key=lambda alarm: (alarm.first, alarm.kind, alarm.about))


def newest(start: Step, before: Step, after: Step) -> list[Alarm]:
    """The alarms that a window gives rise to beside the window before it and the first one of the run."""
    pairs = [(before, after)]
    return [
        *_reasons(pairs),
        *(_nothing(after) or _unscored(pairs)),
        *_length(start, [after]),
        *_answer([start, after]),
        *_route(pairs),
        *(_contrast([before, after]) if after.all.scored else ()),
    ]


Pairs = Sequence[tuple[Step, Step]]


def _nothing(window: Step) -> list[Alarm]:
    if window.all.scored:
        return []
    reason, rows = window.reasons.most_common(1)[0]
    text = f"no row from step {window.first} on has a reward; {rows / window.all.rows:.0%} are {reason}"
    return [Alarm("unscored", "", window.first, window.last, text)]


def _reasons(pairs: Pairs) -> Iterator[Alarm]:
    for reason in sorted({reason for _, after in pairs for reason in after.reasons}):
        limit = RISE_OF_RIGHT if reason in RIGHT else RISE
        counts = [(before.reasons[reason], before.all.rows, after.reasons[reason], after.all.rows) for before, after in pairs]
        best = _steepest(counts, limit)
        if best is not None:
            (old, of, new, now), after = counts[best], pairs[best][1]
            text = f"{reason} rises from {old / of:.0%} to {new / now:.0%} of the rows at step {after.first}"
            yield Alarm("reason", reason, after.first, after.last, text)


def _unscored(pairs: Pairs) -> Iterator[Alarm]:
    counts = [(a.all.rows - a.all.scored, a.all.rows, b.all.rows - b.all.scored, b.all.rows) for a, b in pairs]
    best = _steepest(counts, RISE_OF_UNSCORED)
    if best is not None:
        (old, of, new, now), after = counts[best], pairs[best][1]
        text = f"rows without a reward rise from {old / of:.0%} to {new / now:.0%} at step {after.first}"
        yield Alarm("unscored", "", after.first, after.last, text)


def _steepest(counts: Sequence[tuple[int, int, int, int]], limit: float) -> int | None:
    """The place of the greatest rise that is over the limit and beyond chance."""
    rises = {place: new / now - old / of for place, (old, of, new, now) in enumerate(counts) if of and now}
    usable = {place: rise for place, rise in rises.items() if rise >= limit and _errors(*counts[place]) >= BEYOND_CHANCE}
    return max(usable, key=lambda place: (usable[place], -place)) if usable else None


def _errors(old: int, of: int, new: int, now: int) -> float:
    """By how many standard errors two shares differ (pooled two-sample test)."""
    pooled = (old + new) / (of + now)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / of + 1 / now))
    return abs(new / now - old / of) / spread if spread else 0.0


def _length(start: Step, windows: Sequence[Step]) -> Iterator[Alarm]:
    length, width = start.mean_length, start.last - start.first + 1
    for window in windows if length else ():
        ratio = window.mean_length / length
        if ratio >= LONGER or ratio <= SHORTER:
            how = f"{ratio:.1f} times as long as" if ratio > 1 else f"shorter, {ratio:.0%} of the length"
            text = f"completions at step {window.first} are {how} in the first {width} steps"
            yield Alarm("length", "longer" if ratio > 1 else "shorter", window.first, window.last, text)
            return


def _answer(windows: Sequence[Step]) -> Iterator[Alarm]:
    start = windows[0]
    for window in windows[1:]:
        answer, share = window.top_answer
        before = start.answers[answer] / start.all.rows if start.all.rows else 0.0
        if share >= ANSWER_SHARE and share >= ANSWER_GROWTH * max(before, window.top_reference):
            text = f"{share:.0%} of the rows from step {window.first} on answer {answer[:60]!r}; {before:.0%} did at the start"
            yield Alarm("answer", answer, window.first, window.last, text)
            return


def _route(pairs: Pairs) -> Iterator[Alarm]:
    seen: set[str] = set()
    for before, after in pairs:
        moves: dict[str, float] = {}
        for name, share in after.routes.items():
            old = before.routes[name].mean if name in before.routes else None
            if old is not None and share.mean is not None:
                moves[name] = share.mean - old
        for name, move in moves.items():
            others = [abs(other) for rest, other in moves.items() if rest != name]
            if name not in seen and move >= ROUTE_RISE and others and max(others) < OTHERS_MOVE:
                seen.add(name)
                text = f"the reward on route {name} rises by {move:.2f} at step {after.first}, alone"
                yield Alarm("route", name, after.first, after.last, text)


def _contrast(steps: Sequence[Step]) -> Iterator[Alarm]:
    whole = reduce(Step.plus, steps)
    for name, share in whole.routes.items():
        unscored = share.rows - share.scored
        if share.rows >= ONE_SIDED_ROWS and share.reward == share.scored and share.abstained >= ONE_SIDED * share.rows:
            text = (
                f"route {name} gave only 1 or no reward: {share.scored} and {unscored} of {share.rows} rows, and none was wrong; "
                'set a judge, or on_miss="mismatch" on its verifier'
            )
            yield Alarm("contrast", name, whole.first, whole.last, text)
