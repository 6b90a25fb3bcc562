"""A calibration: what labels taught about one judge with one template, in a file by which the judge decides."""

from __future__ import annotations

import enum
import hashlib
import json
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path

from rewardkit.errors import BadParameter
from rewardkit.judges.calibration.fitting import best_threshold, interpolated, isotonic, logistic, platt
from rewardkit.judges.calibration.measures import DRAWS, Estimate, Measure, Rated, estimates

__all__ = ["LEAST_LABELS", "Calibration", "Method", "calibrate", "read_calibration"]

LEAST_LABELS = 100


class Method(str, enum.Enum):
    """What a score becomes: 1 or 0 by a threshold, or a probability by Platt's curve or rising steps."""

    THRESHOLD = "threshold"
    PLATT = "platt"
    ISOTONIC = "isotonic"


@dataclass(frozen=True)
class Calibration:
    """How the scores of one judge with one template are to be taken.

    `judge` is the client's name, `template` the kind's version (template, hash of its text, kind and decisions). `points` are
    the threshold as (threshold, 0), Platt's (slope, offset), or the corners of the steps. `labels` says from how many rows it
    was learnt, and `before` and `after` what the rows that it had not seen say of the scores as they come and as they are taken.
    """

    judge: str
    template: str
    method: Method
    points: tuple[tuple[float, float], ...]
    labels: int
    before: Mapping[str, Estimate] = field(default_factory=dict)
    after: Mapping[str, Estimate] = field(default_factory=dict)

    @cached_property
    def id(self) -> str:
        """The first 12 hexadecimal digits of the SHA-256 of all that decides, which stand in traces."""
        parts = [self.judge, self.template, self.method.value, self.points, self.labels]
        return hashlib.sha256(json.dumps(parts).encode(errors="replace")).hexdigest()[:12]

    def apply(self, score: float) -> float:
        """What a score is taken for, from 0 to 1."""
        if self.method is Method.THRESHOLD:
            return float(score >= self.points[0][0])
        if self.method is Method.PLATT:
            return logistic(score, *self.points[0])
        return interpolated(score, self.points)

    def check(self, judge: str, template: str) -> None:
        """Raise `BadParameter` unless it was made for this judge, wherever it is served, and this template."""
        for what, made, seen in (("judge", model_of(self.judge), model_of(judge)), ("template", self.template, template)):
            if made != seen:
                message = (
                    f"the calibration {self.id} was made for the {what} {made!r}, and this one is {seen!r}; make one for it "
                    "with rewardkit bench-judge LABELLED.jsonl --calibrate FILE.json"
                )
                raise BadParameter(message)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the file that `read_calibration` reads."""
        Path(path).write_text(json.dumps({"id": self.id, **asdict(self)}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def calibrate(
    rated: Sequence[Rated],
    *,
    judge: str,
    template: str,
    method: Method | str = Method.THRESHOLD,
    seed: int = 0,
    draws: int = DRAWS,
) -> Calibration:
    """Learn from one half of the labelled rows, and measure on the other; rows of one group stay in one half.

    `seed` says which half, `draws` how many samples the intervals are of. Raises `BadParameter` for fewer than 100 rows, or a
    half without both labels.
    """
    if len(rated) < LEAST_LABELS:
        message = f"{len(rated)} labelled rows with a score are too few to calibrate with; at least {LEAST_LABELS} are needed"
        raise BadParameter(message)
    if method not in list(Method):
        message = f"method={method!r} must be one of {', '.join(one.value for one in Method)}"
        raise BadParameter(message)
    learnt, kept = _halves(rated, seed)
    for half in (learnt, kept):
        if len({one.label for one in half}) < 2:
            message = "half of the labelled rows are all right or all wrong; give rows of both kinds, about different questions"
            raise BadParameter(message)
    made = Calibration(judge, template, Method(method), _points(learnt, Method(method)), len(learnt))
    after = [replace(one, score=made.apply(one.score)) for one in kept]
    return replace(made, before=_by_name(estimates(kept, draws=draws)), after=_by_name(estimates(after, draws=draws)))


def read_calibration(path: str | os.PathLike[str]) -> Calibration:
    """The calibration in a file. Raises `BadParameter` for one that is not there or is none."""
    try:
        held = json.loads(Path(path).read_text(encoding="utf-8"))
        points = tuple((float(x), float(y)) for x, y in held["points"])
        said = {name: {key: Estimate(**one) for key, one in held[name].items()} for name in ("before", "after")}
        method, labels = Method(held["method"]), int(held["labels"])
        made = Calibration(str(held["judge"]), str(held["template"]), method, points, labels, **said)
    except OSError as cause:
        message = f"cannot read the calibration {os.fspath(path)}: {cause.strerror}"
        raise BadParameter(message) from None
    except (ValueError, TypeError, KeyError, AttributeError) as cause:
        message = f"{os.fspath(path)} is no calibration as rewardkit bench-judge --calibrate writes it: {cause!r}"
        raise BadParameter(message) from None
    if not points or held.get("id") != made.id:
        message = f"{os.fspath(path)} was changed since rewardkit bench-judge --calibrate wrote it; make it again"
        raise BadParameter(message)
    return made


def model_of(judge: str) -> str:
    """A client's name without the hosts at which the model is served."""
    model, at, hosts = judge.rpartition("@")
    return model if at and "/" not in hosts else judge


def _points(rated: Sequence[Rated], method: Method) -> tuple[tuple[float, float], ...]:
    if method is Method.THRESHOLD:
        return ((best_threshold(rated), 0.0),)
    return (platt(rated),) if method is Method.PLATT else tuple(isotonic(rated))


def _halves(rated: Sequence[Rated], seed: int) -> tuple[list[Rated], list[Rated]]:
    """Whole groups, in an order drawn anew, each to the half that has fewer rows."""
    groups: dict[str, list[Rated]] = {}
    for place, one in enumerate(rated):
        groups.setdefault(one.group or f"\0{place}", []).append(one)
    ordered = list(groups.values())
    random.Random(seed).shuffle(ordered)
    first, second = list[Rated](), list[Rated]()
    for rows in ordered:
        (first if len(first) <= len(second) else second).extend(rows)
    return first, second


def _by_name(found: Mapping[Measure, Estimate]) -> dict[str, Estimate]:
    return {measure.value: estimate for measure, estimate in found.items()}
