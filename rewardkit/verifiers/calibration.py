"""Rewards for a stated confidence: how near it is to what became of the answer.

The confidence stands in `<confidence>…</confidence>` outside think, or on a line that says "Confidence: 85%". It is taken out of
the text before the answer is judged, so that it is never taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rewardkit.extract import outside_think
from rewardkit.registry import verifier
from rewardkit.rightness import check_by, right_by
from rewardkit.types import Sample, Verdict

__all__ = ["brier", "rlcr", "stated_confidence"]

_NUMBER = r"(\d{1,3}(?:\.\d{1,20})?|\.\d{1,20})\s{0,3}(%|/\s?100|/\s?10)?"
_TAGGED = re.compile(rf"<confidence>\s{{0,20}}{_NUMBER}\s{{0,20}}</confidence>", re.IGNORECASE)
_LINE = re.compile(
    r"^[ \t*_>#-]{0,12}(?:my[ ])?confidence(?:[ ](?:level|score))?[*_]{0,3}[ ]?(?::|=|[ ]is)[ *_]{0,5}"
    rf"{_NUMBER}[ *_.]{{0,6}}$",
    re.IGNORECASE | re.MULTILINE,
)
_OPENED = re.compile(r"</?confidence>", re.IGNORECASE)
_UNITS = {"%": 100.0, "100": 100.0, "10": 10.0, "": 1.0}


def _check_brier(*, by: str, options: Mapping[str, Any] | None, **_: Any) -> None:
    check_by("calibration.brier", by, options)


def _check_rlcr(*, by: str, options: Mapping[str, Any] | None, **_: Any) -> None:
    check_by("calibration.rlcr", by, options)


@verifier("calibration.brier", requires=("answer",), validate=_check_brier)
def brier(sample: Sample, *, by: str = "math.equal", options: Mapping[str, Any] | None = None) -> Verdict:
    """1 less the squared distance of the stated confidence from what became of the answer, 1 or 0.

    A completion that states none, several that differ, or one outside 0 to 1 gets the least score there is, 0: leaving it out
    must not pay. Whether the answer is right is no part of the score but through the confidence; `calibration.rlcr` adds it.

    Args:
        sample: The sample, with what `by` needs.
        by: Name of the verifier that tells right from wrong, by a score of 1; none that runs in worker processes.
        options: Parameters of that verifier.

    Raises:
        BadParameter: When the verifier is built with a `by` that cannot be used.
    """
    return _scored(sample, by, options, weight=0.0)


@verifier("calibration.rlcr", requires=("answer",), validate=_check_rlcr)
def rlcr(sample: Sample, *, by: str = "math.equal", options: Mapping[str, Any] | None = None) -> Verdict:
    """Correctness less the squared distance of the stated confidence from it, from -1 to 1.

    A right answer that is sure is worth 1, a wrong one that is sure -1, and a wrong one that says 0 is worth 0; for a right one
    that says 0 it is 0 as well. Without a confidence that can be read the score is -1. Source: RLCR (arXiv 2507.16806).

    Args:
        sample: The sample, with what `by` needs.
        by: Name of the verifier that tells right from wrong, by a score of 1; none that runs in worker processes.
        options: Parameters of that verifier.

    Raises:
        BadParameter: When the verifier is built with a `by` that cannot be used.
    """
    return _scored(sample, by, options, weight=1.0)


def _scored(sample: Sample, by: str, options: Mapping[str, Any] | None, *, weight: float) -> Verdict:
    """`weight` times correctness, and the Brier score less the share of it that `weight` takes back."""
    visible = outside_think(sample.text)
    confidence, rest, problem = stated_confidence(visible)
    verdict = right_by(replace(sample, completion=rest), by, options)
    if verdict.score is None:
        return verdict
    if confidence is None:
        offered = " | ".join(said[0].strip() for said in _statements(visible)) or None
        reason = "ambiguous" if problem == "several" else "no_answer"
        return Verdict.scored(-weight, reason, extracted=offered, problem=f"confidence: {problem}")
    right = float(verdict.score >= 1)
    score = weight * right + (1 - weight) - (confidence - right) ** 2
    reason = "match" if score == 1 else "partial" if score > 0 else "mismatch"
    return Verdict.scored(score, reason, **{**verdict.info, "confidence": confidence, "right": right == 1})


def _pattern(text: str) -> re.Pattern[str]:
    return _TAGGED if _OPENED.search(text) else _LINE


def _statements(text: str) -> list[re.Match[str]]:
    return list(_pattern(text).finditer(text))


def stated_confidence(text: str) -> tuple[float | None, str, str]:
    """The confidence a text states, the text without it, and what is wrong where there is none: "missing", "several", "range"."""
    stated = {_share(found[1], found[2]) for found in _statements(text)}
    rest = _pattern(text).sub("", text)
    if len(stated) != 1:
        return None, rest, "several" if stated else "missing"
    confidence = stated.pop()
    return (confidence, rest, "") if confidence <= 1 else (None, rest, "range")


def _share(number: str, unit: str | None) -> float:
    """A number as a share of 1; one above 1 without a unit is a percentage."""
    value = float(number)
    of = _UNITS[(unit or "").strip("/ ")]
    return value / (100.0 if of == 1 and value > 1 else of)
