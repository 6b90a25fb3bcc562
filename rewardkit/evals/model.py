"""What a benchmark is: which columns it reads, how it decides one row in each mode, and how it totals them.

A row is a `Sample`: `text` is the prediction, `question` the question, `columns` the rest. Deciding gives a verdict, or what
must be asked first: `Ask` a model something of the benchmark's own, or `Refer` the row to one of our judges.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rewardkit.errors import UsageError
from rewardkit.judges.client import Request
from rewardkit.types import Sample, Verdict

__all__ = ["MODES", "Ask", "Benchmark", "Figures", "Mode", "Refer", "Setting", "Step", "mean", "percent", "right"]

Mode = Literal["official", "vlmevalkit", "fixed"]
MODES: tuple[Mode, ...] = ("official", "vlmevalkit", "fixed")

Figures = dict[str, "float | None"]


@dataclass(frozen=True)
class Setting:
    """The mode, whether there is a judge to ask, and the seed of what the original leaves to chance."""

    mode: Mode
    judged: bool = False
    seed: int = 0

    def chance(self, sample: Sample, options: Sequence[str]) -> str:
        """One of the options, the same for one seed and row whatever else is evaluated."""
        return random.Random(f"{self.seed}:{sample.columns.get('index', sample.index)}").choice(list(options))


@dataclass(frozen=True)
class Ask:
    """A question for a model, how its reply is read, and what stands when no reply could be.

    `read` gives the next step, or None for a reply that cannot be read: then the same is asked again, up to `tries` times
    and 0.5 warmer each time, as VLMEvalKit does. After the last, `otherwise` decides.
    """

    request: Request
    version: str
    read: Callable[[str], Step | None]
    otherwise: Callable[[], Step]
    tries: int = 5


@dataclass(frozen=True)
class Refer:
    """A row for the judge of this kind (`rewardkit.judges.kinds.KINDS`), which compares it with the reference."""

    sample: Sample
    kind: str = "binary"


Step = Verdict | Ask | Refer


@dataclass(frozen=True)
class Benchmark:
    """One benchmark.

    `columns` must be in the file beside `prediction`; `filled` of them must not be empty in any row. `items` is the
    published number of rows, None where splits differ. `headline` is the figure that leaderboards show, on a scale up to
    `top`. `falling` figures may fall when a row turns right, so that undecided rows leave no range for them. `check`
    raises `UsageError` when rows that belong together are not all there.
    """

    name: str
    columns: tuple[str, ...]
    decide: Callable[[Sample, Setting], Step]
    total: Callable[[Sequence[Sample], Sequence[float], Setting], Figures]
    headline: str
    filled: tuple[str, ...] = ("answer",)
    items: int | None = None
    top: float = 100.0
    falling: Callable[[str], bool] = lambda name: False
    check: Callable[[Sequence[Sample]], None] = lambda samples: None
    needs: Mapping[Mode, tuple[str, ...]] = field(default_factory=dict)


def right(is_right: bool, extracted: Any = None, **info: Any) -> Verdict:
    """A decided row: 1 or 0."""
    return Verdict.scored(float(is_right), extracted=extracted, **info)


def mean(scores: Sequence[float]) -> float | None:
    """The mean, None of nothing."""
    return sum(scores) / len(scores) if scores else None


def percent(samples: Sequence[Sample], scores: Sequence[float], *by: str, title: str = "accuracy") -> Figures:
    """Accuracy in percent, and for each value of these columns where the file has them."""
    figures: Figures = {title: _share(scores)}
    for column in by:
        parts: dict[str, list[float]] = {}
        for sample, score in zip(samples, scores, strict=True):
            value = sample.columns.get(column)
            if value is not None:
                parts.setdefault(str(value), []).append(score)
        figures |= {f"{column}={value}": _share(part) for value, part in sorted(parts.items())}
    return figures


def _share(scores: Sequence[float]) -> float | None:
    share = mean(scores)
    return None if share is None else 100 * share


def grouped(samples: Sequence[Sample], key: Callable[[Sample], Any]) -> dict[Any, list[int]]:
    """Places of the rows of each group, in the order of the file."""
    groups: dict[Any, list[int]] = {}
    for place, sample in enumerate(samples):
        groups.setdefault(key(sample), []).append(place)
    return groups


def incomplete(what: str, missing: Sequence[str]) -> UsageError:
    """The error for rows that are not there."""
    more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
    return UsageError(f"{what}: {'; '.join(missing[:5])}{more}. Score a complete file, or pass --partial to score what is there.")
