"""Numbers: the final answer and the reference as exact values, within a stated tolerance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from rewardkit.answers.plain import PlainNumber, read_number
from rewardkit.errors import BadParameter
from rewardkit.extract import DEFAULT_ORDER, Extraction, extract, is_operator
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict

__all__ = ["equal"]

ORDER = (*DEFAULT_ORDER[:-1], "last_number")
CHARTQA_SHARE = 0.05

_ANY_NUMBER = re.compile(
    r"(?P<sign>[-−+])?(?P<body>(?:[$€£¥]\s?)?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?(?:\s?/\s?\d+(?![\d.]))?\s?(?:\\?%)?)"
)
_HEDGE = re.compile(r"\s*(?:\(?\s*(?:or|and|and/or|maybe|或者?|和|/|,|、|;)\s*\(?(?:maybe|possibly|perhaps|also|even)?\s*)+", re.IGNORECASE)
_EQUALS = re.compile(r"=|≈|\\approx|\\equiv")


def _validate(abs_tol: float, rel_tol: float, **_: object) -> None:
    if abs_tol < 0 or rel_tol < 0:
        message = f"number.equal: abs_tol={abs_tol!r} and rel_tol={rel_tol!r} must not be negative"
        raise BadParameter(message)


@verifier("number.equal", requires=("answer",), validate=_validate)
def equal(
    sample: Sample,
    *,
    abs_tol: float = 0.0,
    rel_tol: float = 0.0,
    relaxed: bool = False,
    rounding: Literal["exact", "reference", "significant"] = "significant",
) -> Verdict:
    """Whether the final answer is the reference number.

    Reads separators, percent signs, scientific notation, fractions, mixed numbers, currency and units on both sides, as exact
    fractions. `abs_tol` and `rel_tol` (of the reference) accept what lies within either. `relaxed` is ChartQA's rule: within 5 % of
    the reference. `rounding` says which rounded decimals count as the reference (`rewardkit.answers.equal`).
    A reference that is no number is `out_of_scope`. Source of `relaxed`: ChartQA, arXiv 2203.10244, section 5.1.
    """
    references = [number for text in sample.references if (number := read_number(text))]
    if not references:
        return Verdict.abstained("out_of_scope", reference=list(sample.references)[:8])
    found = extract(sample.text, order=ORDER)
    tolerance = (abs_tol, max(rel_tol, CHARTQA_SHARE) if relaxed else rel_tol)
    if found.text is None:
        return _settle_several(found, sample.references, tolerance, rounding)
    reason = _compare(found.text, sample.references, tolerance, rounding)
    extracted = found.text
    if reason is None:
        picked, hedged = _number_in(found)
        if hedged:
            return Verdict.scored(0.0, "ambiguous", extracted=found.text, alternatives=hedged, how=found.method)
        if picked is None:
            return Verdict.scored(0.0, "no_answer", extracted=found.text, how=found.method)
        extracted = picked
        reason = _compare(picked, sample.references, tolerance, rounding) or "mismatch"
    score = 1.0 if reason.startswith("match") else 0.0
    return Verdict.scored(score, reason, extracted=extracted, how=found.method)


def _settle_several(found: Extraction, references: Sequence[str], tolerance: tuple[float, float], rounding: str) -> Verdict:
    """Several alternatives are no hedge when all of them are the right value."""
    if found.alternatives and all((_compare(a, references, tolerance, rounding) or "").startswith("match") for a in found.alternatives):
        return Verdict.scored(1.0, "match", extracted=found.alternatives[-1], how=found.method)
    return Verdict.scored(0.0, found.reason, extracted=None, alternatives=list(found.alternatives), how=found.method)


def _compare(text: str, references: Sequence[str], tolerance: tuple[float, float], rounding: str) -> str | None:
    """The reason of the verdict on a text that is one value, or None when it is not one."""
    from rewardkit.answers.equal import compare

    number = read_number(text)
    best: str | None = None
    for reference in references:
        wanted = read_number(reference)
        if wanted is None:
            continue
        if number is not None and any(tolerance) and _within(number, wanted, *tolerance):
            return "match"
        result = compare(reference=reference, answer=text, rounding=rounding)  # type: ignore[arg-type]
        if result.equal:
            return result.reason
        if result.equal is False and result.reason == "mismatch" and result.answer_shape not in ("text", "option"):
            best = "mismatch"
    return best


def _within(number: PlainNumber, wanted: PlainNumber, abs_tol: float, rel_tol: float) -> bool:
    limit = max(Fraction(abs_tol), Fraction(rel_tol) * abs(wanted.value))
    readings = {number.value}
    if number.percent != wanted.percent:
        readings |= {number.value * 100, number.value / 100}
    return any(abs(value - wanted.value) <= limit for value in readings)


def _number_in(found: Extraction) -> tuple[str | None, list[str]]:
    """The one number a statement in prose gives, and the alternatives where it offers several."""
    text = found.text or ""
    sides = _EQUALS.split(text)
    statement = next((side for side in reversed(sides) if any(c.isdigit() for c in side)), text)
    numbers = list(_ANY_NUMBER.finditer(statement))
    if not numbers:
        return None, []
    values = [_signed(statement, match) for match in numbers]
    place = 0 if found.method.endswith(("phrase", "chinese")) and len(sides) == 1 else len(numbers) - 1
    for i, (one, two) in enumerate(zip(numbers, numbers[1:], strict=False)):
        between = statement[one.end() : two.start()]
        if place in (i, i + 1) and _HEDGE.fullmatch(between) and _value(values[i]) != _value(values[i + 1]):
            return None, values[:16]
    return values[place], []


def _signed(statement: str, match: re.Match[str]) -> str:
    """The number with its sign, unless what stands before makes the sign an operator or a hyphen."""
    if match["sign"] and is_operator(statement[: match.start()]):
        return match["body"].strip()
    return match[0].strip()


def _value(text: str) -> Fraction | None:
    number = read_number(text)
    return number.value if number else None
