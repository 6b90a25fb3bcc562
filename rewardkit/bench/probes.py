"""Probes: the same rows dressed in another way, which must not change what a judge decides.

| probe | what changes | rows | what it shows |
|---|---|---|---|
| `position` | the reference and another row's stand in the other order among the accepted ones | all | a liking for a place |
| `verbosity` | sentences that add nothing stand around the answer | all | a liking for length |
| `leakage` | the reference is named by somebody who does not know the answer | all | a reference seen is enough |
| `language` | the answer stands in a sentence of another language | all | a liking for a language |

Position, verbosity and language are judged beside the plain answer; what leaks must be refused, whatever the plain answer was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from rewardkit import dispatch
from rewardkit.bench.judged import question_of
from rewardkit.bench.measure import Pair
from rewardkit.extract import extract
from rewardkit.judges.calibration.measures import ACCEPTED_FROM, Estimate, Measure, Rated, estimates
from rewardkit.judges.judge import Judge
from rewardkit.types import Sample, Verdict

__all__ = ["PROBES", "Probed", "probe"]

FRAMES = (
    "Die Antwort lautet {}.",
    "La réponse est {}.",
    "La respuesta es {}.",
    "Ответ: {}.",
    "答案是{}。",
    "答えは{}です。",
    "الإجابة هي {}.",
)
PADDING = (
    "The question has been read with care, and every word of it was weighed. {} That is what it comes to when everything is put "
    "together, said once more in a whole sentence so that nothing is left out of it."
)
UNSURE = "Somebody next to me whispered {}, but I have not looked and do not say so."


class Way(NamedTuple):
    """A row, as a probe dresses it, and as that is compared with; without the last it must be refused."""

    row: Sample
    dressed: Sample
    beside: Sample | None


@dataclass(frozen=True)
class Probed:
    """What a probe found: of `rows` with a score, the share that was paid before and is when dressed, and that changed.

    `changed` is the share of decisions that differ from what they should be, with the interval of whole questions drawn anew.
    """

    probe: str
    rows: int
    paid_before: float | None
    paid: float | None
    changed: Estimate

    def record(self) -> dict[str, Any]:
        """As a row of a table."""
        plain = {"probe": self.probe, "rows": self.rows, "paid plain": self.paid_before, "paid dressed": self.paid}
        return {**plain, "changed": self.changed}


def probe(judge: Judge, pairs: Sequence[Pair]) -> list[Probed]:
    """Every probe on rows that have a reference; the plain rows are asked about once for all of them."""
    rows = [pair.sample for pair in pairs if pair.sample.references and extract(pair.sample.text).text]
    return [_probed(name, judge, ways(rows)) for name, ways in PROBES.items()]


def _probed(name: str, judge: Judge, ways: Sequence[Way]) -> Probed:
    dressed = dispatch.run(judge, [way.dressed for way in ways])
    plain = dispatch.run(judge, [way.beside for way in ways if way.beside is not None])
    questions = [question_of(way.row) for way in ways]
    if not plain:
        known = [(_paid(one), question) for one, question in zip(dressed, questions, strict=True) if one.score is not None]
        return Probed(name, len(known), None, _mean([paid for paid, _ in known]), _share(known))
    both = [
        (_paid(a), _paid(b), question)
        for a, b, question in zip(plain, dressed, questions, strict=True)
        if a.score is not None and b.score is not None
    ]
    before, after = [one for one, _, _ in both], [one for _, one, _ in both]
    return Probed(name, len(both), _mean(before), _mean(after), _share([(a != b, question) for a, b, question in both]))


def _position(rows: Sequence[Sample]) -> list[Way]:
    ways: list[Way] = []
    for place, sample in enumerate(rows):
        beside = next((other for other in (*rows[place + 1 :], *rows[:place]) if other.references != sample.references), None)
        if beside is not None:
            both = [sample.references[0], beside.references[0]]
            ways.append(Way(sample, _with(sample, answer=both[::-1]), _with(sample, answer=both)))
    return ways


def _dressed(frame: Callable[[int], str], rows: Sequence[Sample]) -> list[Way]:
    stated = [(sample, extract(sample.text).text or "") for sample in rows]
    return [Way(one, _saying(one, frame(place).format(text)), _saying(one, text)) for place, (one, text) in enumerate(stated)]


def _leakage(rows: Sequence[Sample]) -> list[Way]:
    return [Way(sample, _saying(sample, UNSURE.format(sample.references[0])), None) for sample in rows]


PROBES: dict[str, Callable[[Sequence[Sample]], list[Way]]] = {
    "position": _position,
    "verbosity": partial(_dressed, lambda place: PADDING),
    "leakage": _leakage,
    "language": partial(_dressed, lambda place: FRAMES[place % len(FRAMES)]),
}
"""The probes by name: from rows to the ways in which each is asked."""


def _saying(sample: Sample, text: str) -> Sample:
    # In a tag, so that all of it is the answer.
    return replace(sample, completion=f"<answer>{text}</answer>")


def _with(sample: Sample, **columns: Any) -> Sample:
    return replace(sample, columns={**sample.columns, **columns})


def _paid(verdict: Verdict) -> bool:
    return (verdict.score or 0.0) >= ACCEPTED_FROM


def _mean(paid: Sequence[bool]) -> float | None:
    return sum(paid) / len(paid) if paid else None


def _share(held: Sequence[tuple[bool, str]]) -> Estimate:
    """The share of rows that hold, with the interval of their questions drawn anew."""
    return estimates([Rated(1.0, one, question) for one, question in held])[Measure.ACCURACY]
