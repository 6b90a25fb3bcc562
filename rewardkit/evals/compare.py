"""Results beside published numbers: the records that the table, the CSV file and the chart are made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewardkit.evals import benchmark
from rewardkit.evals.run import Result

__all__ = ["LEADERBOARD", "Figure", "published", "records", "spelled"]

LEADERBOARD = ("WeThink", "base model (Qwen2.5-VL-7B)")
"""Models of the one published table that has all benchmarks."""


@dataclass(frozen=True)
class Figure:
    """A headline figure of one benchmark, ours or published; `share` is its part of the benchmark's best, 0 to 1."""

    benchmark: str
    model: str
    mode: str
    low: float
    high: float
    source: str = ""
    certainty: str = ""

    @property
    def share(self) -> tuple[float, float]:
        """Low and high on a scale that all benchmarks have in common."""
        top = benchmark(self.benchmark).top
        return self.low / top, self.high / top


def published(models: Sequence[str] = LEADERBOARD) -> list[Figure]:
    """What is published of these models, with the source and how certain it is."""
    lines = (Path(__file__).parent / "published.jsonl").read_text(encoding="utf-8").splitlines()
    rows: Iterable[Mapping[str, Any]] = map(json.loads, lines)
    return [
        Figure(row["benchmark"], row["model"], "published", row["value"], row["value"], row["source"], row["certainty"])
        for row in rows
        if row["model"] in models
    ]


def records(results: Sequence[tuple[str, Result]]) -> list[Figure]:
    """The headline of each model's result; one that has no value at all is left out."""
    found = []
    for model, result in results:
        headline = result.figures[result.headline]
        if headline.low is not None and headline.high is not None:
            found.append(Figure(result.benchmark, model, result.mode, headline.low, headline.high))
    return found


def spelled(low: float | None, high: float | None) -> str:
    """A figure with one decimal, or its range."""
    if low is None or high is None:
        return "–"
    return f"{low:.1f}" if low == high else f"{low:.1f} to {high:.1f}"
