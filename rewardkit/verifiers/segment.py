"""When something happens in a video: segments of time by their overlap."""

from __future__ import annotations

import json
import re
from typing import Any

from rewardkit.errors import BadParameter
from rewardkit.extract import Method, extract, outside_think
from rewardkit.prose.stance import stands_by
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict

__all__ = ["segment"]

_CLOCK = r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d(?:\.\d{1,9})?)"
_SECONDS = r"(\d{1,7}(?:\.\d{1,9})?)\s{0,3}(?:seconds?|secs?|s)?"
_TIME = rf"(?:{_CLOCK}|{_SECONDS})"
_SEGMENT = re.compile(
    rf"(?<![\d.:\w-]){_TIME}\s{{0,3}}(?:,|-|–|—|~|\bto\b|\band\b|\buntil\b|->|→)\s{{0,3}}{_TIME}(?![\d:])", re.IGNORECASE
)
_FIELDS = re.compile(
    rf"[\"']?start(?:_time)?[\"']?\s{{0,3}}[:=]\s{{0,3}}[\"']?{_TIME}[\"']?\s{{0,3}},?\s{{0,3}}"
    rf"[\"']?end(?:_time)?[\"']?\s{{0,3}}[:=]\s{{0,3}}[\"']?{_TIME}",
    re.IGNORECASE,
)
_THIRD = re.compile(r"\s{0,3}(?:-|–|—|->|→)\s{0,3}\d")
_LED = re.compile(r"\b(?:from|between)\s{1,9}$", re.IGNORECASE)
_MOST = 1000

Segment = tuple[float, float]


def _check_segment(*, threshold: float | None, **_: Any) -> None:
    if threshold is not None and not 0 < threshold <= 1:
        message = f"grounding.segment: threshold={threshold} cannot be used; wanted 0 < threshold <= 1, or None."
        raise BadParameter(message)


@verifier("grounding.segment", requires=("answer",), validate=_check_segment)
def segment(sample: Sample, *, threshold: float | None = None) -> Verdict:
    """How well a segment of time in the final answer overlaps the reference segment: intersection over union.

    A segment is two times with a comma, a dash or a word such as "to" between them, or fields `start` and `end`; a time is
    seconds or a clock (`1:02.5`). One that ends before it begins overlaps nothing: a mismatch in the completion,
    `gold_unparseable` in the reference. No segment is `no_answer`, and different ones are `ambiguous`. Any of several
    references will do.

    Args:
        sample: The sample. Its `answer` is a segment or several, as numbers, JSON or text.
        threshold: Score 1 from this overlap on, else 0. None (the default) scores the overlap itself.

    Raises:
        BadParameter: When the verifier is built with a threshold that cannot be reached.
    """
    answer = sample.columns["answer"]
    wanted = _read(answer if isinstance(answer, str) else json.dumps(answer, default=_plain))
    if not wanted or any(begin >= end for begin, end in wanted):
        return Verdict.abstained("gold_unparseable")
    final = extract(sample.text, order=("answer_tag", "boxed", "phrase"))
    if final.reason == "ambiguous":
        return Verdict.scored(0.0, "ambiguous", extracted=" | ".join(final.alternatives)[:500])
    where = final.text or ""
    found = _stated(where)
    if not found and final.method not in (Method.ANSWER_TAG, Method.BOXED):
        where = outside_think(sample.text).strip()
        found = _stated(where)
    extracted = where[:500]
    if not found:
        return Verdict.scored(0.0, "no_answer", extracted=extracted)
    if len(set(found)) > 1:
        return Verdict.scored(0.0, "ambiguous", extracted=extracted, segments=len(set(found)))
    overlap = max(_overlap(found[0], one) for one in wanted)
    score = overlap if threshold is None else float(overlap >= threshold)
    return Verdict.scored(score, extracted=extracted, iou=round(overlap, 4))


def _read(text: str) -> list[Segment]:
    return [_times(one) for one in _places(text)]


def _stated(text: str) -> list[Segment]:
    """The segments that a text stands by."""
    found = _places(text)
    alone = len(found) == 1
    return [_times(one) for one in found if stands_by(text, _beginning(text, one.start()), one.end(), alone=alone)]


def _places(text: str) -> list[re.Match[str]]:
    found = list(_FIELDS.finditer(text))[:_MOST] or list(_SEGMENT.finditer(text))[:_MOST]
    return [one for one in found if not _THIRD.match(text, one.end())]  # "10 - 20 - 30" is no segment


def _beginning(text: str, begin: int) -> int:
    """Where a segment begins with the "from" or "between" in front of it."""
    led = _LED.search(text, max(0, begin - 20), begin)
    return led.start() if led else begin


def _times(found: re.Match[str]) -> Segment:
    return _seconds(found.groups()[:4]), _seconds(found.groups()[4:])


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, rest, plain = parts
    return float(plain) if plain else 3600 * int(hours or 0) + 60 * int(minutes or 0) + float(rest or 0)


def _overlap(a: Segment, b: Segment) -> float:
    if a[0] >= a[1]:
        return 0.0
    shared = max(0.0, min(a[1], b[1]) - max(a[0], b[0]))
    return shared / (a[1] - a[0] + b[1] - b[0] - shared)


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else None
