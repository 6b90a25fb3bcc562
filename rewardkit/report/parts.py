"""What the parts of a reward gave: the terms of a rubric or a product, as records hold them in `info["parts"]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rewardkit.report.values import number_of

__all__ = ["Parts", "told_parts"]

MOST = 60
LONGEST = 120


@dataclass(slots=True)
class Part:
    """Sums over the rows that have a part."""

    rows: int = 0
    scored: int = 0
    score: float = 0.0
    full: int = 0
    none: int = 0
    weight: float | None = None

    def add(self, score: float | None, weight: float | None) -> None:
        """Count one row; a part without a score is no 0."""
        self.rows += 1
        self.weight = weight
        if score is not None:
            self.scored += 1
            self.score += score
            self.full += score >= 1
            self.none += score <= 0


class Parts:
    """A count for each part by name, 60 of them at most."""

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {}

    def add(self, info: Mapping[str, Any]) -> None:
        """Count the parts of one row."""
        for name, score, weight, _ in _parts(info):
            if name in self._parts or len(self._parts) < MOST:
                self._parts.setdefault(name, Part()).add(score, weight)

    def as_json(self) -> list[dict[str, Any]]:
        """The parts as the page reads them, in the order in which they are first seen."""
        return [
            {
                "name": name,
                "rows": part.rows,
                "scored": part.scored,
                "mean": part.score / part.scored if part.scored else None,
                "full": part.full,
                "none": part.none,
                "weight": part.weight,
            }
            for name, part in self._parts.items()
        ]


def told_parts(info: Any) -> str | None:
    """The parts of one row in lines of `name: score (reason), weight w`; None where there are none."""
    if not isinstance(info, Mapping) or "parts" not in info:
        return None
    lines = []
    for name, score, weight, reason in _parts(info):
        said = f"{name}: {'no score' if score is None else format(score, '.4g')}{f' ({reason})' if reason else ''}"
        lines.append(said if weight is None else f"{said}, weight {weight:.4g}")
    return "\n".join(lines[:MOST]) or None


def _parts(info: Mapping[str, Any]) -> Iterator[tuple[str, float | None, float | None, str]]:
    """Name, score, weight and reason of each part; what is no part is passed over."""
    parts = info.get("parts")
    if not isinstance(parts, Mapping):
        return
    for name, part in parts.items():
        if isinstance(part, Mapping) and "score" in part:
            yield str(name)[:LONGEST], number_of(part["score"]), number_of(part.get("weight")), str(part.get("reason") or "")
