"""A training trace step by step: rewards, routes, reasons, lengths and answers, in one pass and bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Step", "Steps"]

# What is counted of one step's answers: enough to see one that takes over, whatever else is written.
ANSWERS_A_STEP = 512
ANSWER_LENGTH = 120


@dataclass(slots=True)
class Share:
    """Rows of a step, or of one of its routes."""

    rows: int = 0
    scored: int = 0
    reward: float = 0.0
    abstained: int = 0
    errors: int = 0

    def add(self, reward: float | None, status: str) -> None:
        """Count one row."""
        self.rows += 1
        if reward is not None:
            self.scored += 1
            self.reward += reward
        self.abstained += status == "abstained"
        self.errors += status == "error"

    def plus(self, other: Share) -> Share:
        """Both together."""
        sums = (getattr(self, name) + getattr(other, name) for name in ("rows", "scored", "reward", "abstained", "errors"))
        return Share(*sums)

    @property
    def mean(self) -> float | None:
        """Mean reward of the scored rows."""
        return self.reward / self.scored if self.scored else None

    @property
    def unscored(self) -> float:
        """Share of rows without a reward."""
        return 1 - self.scored / self.rows if self.rows else 0.0


@dataclass(slots=True)
class Step:
    """One step, or several neighbouring ones together."""

    first: int
    last: int
    all: Share = field(default_factory=Share)
    routes: dict[str, Share] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    length: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    references: Counter[str] = field(default_factory=Counter)

    def plus(self, other: Step) -> Step:
        """Both together."""
        routes = {
            name: self.routes.get(name, Share()).plus(other.routes.get(name, Share())) for name in {**self.routes, **other.routes}
        }
        counters = (getattr(self, name) + getattr(other, name) for name in ("answers", "references"))
        reasons, length = self.reasons + other.reasons, self.length + other.length
        return Step(self.first, other.last, self.all.plus(other.all), routes, reasons, length, *counters)

    @property
    def mean_length(self) -> float:
        """Mean length of the completions, in tokens where the trace has them, else in characters."""
        return self.length / self.all.rows if self.all.rows else 0.0

    @property
    def top_answer(self) -> tuple[str, float]:
        """The most frequent final answer and its share of the rows."""
        return _top(self.answers, self.all.rows)

    @property
    def top_reference(self) -> float:
        """The share of the most frequent reference answer."""
        return _top(self.references, self.all.rows)[1]


class Steps:
    """Collects the records of a trace; steps may come in any order, as they do from several ranks."""

    def __init__(self) -> None:
        self._steps: dict[int, Step] = {}
        self.in_tokens = False

    def add(self, record: Mapping[str, Any], reward: float | None) -> None:
        """Count one record; one without a step is passed over."""
        number = record.get("step")
        if isinstance(number, bool) or not isinstance(number, int):
            return
        step = self._steps.get(number)
        if step is None:
            step = self._steps[number] = Step(number, number)
        status = str(record.get("status"))
        route = str(record.get("route") or record.get("verifier") or "none")
        step.all.add(reward, status)
        step.routes.setdefault(route, Share()).add(reward, status)
        step.reasons[str(record.get("reason") or "unstated")] += 1
        step.length += self._length(record)
        for counts, value in ((step.answers, record.get("extracted")), (step.references, record.get("answer"))):
            text = shown(value)
            if text and (text in counts or len(counts) < ANSWERS_A_STEP):
                counts[text] += 1

    def _length(self, record: Mapping[str, Any]) -> int:
        tokens = record.get("tokens")
        if isinstance(tokens, int):
            self.in_tokens = True
            return tokens
        characters = record.get("characters")
        return characters if isinstance(characters, int) else len(str(record.get("completion") or ""))

    def in_order(self) -> list[Step]:
        """Every step there is, by its number."""
        return [self._steps[number] for number in sorted(self._steps)]


def shown(value: Any) -> str:
    """An answer as it is counted: lists as their parts, long ones cut."""
    if isinstance(value, (list, tuple)):
        value = " | ".join(map(str, value))
    return "" if value is None else str(value).strip()[:ANSWER_LENGTH]


def _top(counts: Counter[str], rows: int) -> tuple[str, float]:
    if not counts or not rows:
        return "", 0.0
    # Of equally frequent ones always the same, whatever came first.
    text, count = max(counts.items(), key=lambda item: (item[1], item[0]))
    return text, count / rows
