"""Numbers: the final answer and the reference as exact values, within a stated tolerance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from rewardkit.answers.decide import decide
from rewardkit.answers.equal import compare
from rewardkit.answers.plain import PlainNumber, read_number
from rewardkit.answers.sentence import is_denied
from rewardkit.errors import BadParameter
from rewardkit.extract import Extraction, is_operator, outside_think
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict

__all__ = ["equal"]

CHARTQA_SHARE = 0.05
# A conclusion stands near the end; numbers before this many characters of it are steps on the way.
TAIL = 2_000

_NUMBER = re.compile(
    r"(?P<sign>[-−+])?(?P<body>(?:\\?[$€£¥]\s?)?(?:\\[dtc]?frac\s*(?:\{\s*\d+\s*\}\s*\{\s*\d+\s*\}|\d\d)"
    r"|(?<![A-Za-z\d.,])(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+,\d{1,2}(?!\d)|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?(?:[½⅓⅔¼¾]|\s?/\s?\d+(?![\d.]))?|[½⅓⅔¼¾]|(?<![\w.])\.\d+)"
    r"\s?(?:\\?%|percent\b|pct\b)?)"
)
_DIGIT = re.compile(r"[\d½⅓⅔¼¾]")
_HEDGE = re.compile(
    r"[\s$()\\]*(?:and|和|/|,|、|;)[\s$()\\]*(?:(?:or|and|maybe|possibly|perhaps|also|even)[\s$(]*)*"
    r"|[\s$()\\]*(?:[^\W\d]+\s+){0,2}(?:,\s*)?(?:or|and/or|maybe|perhaps|possibly|alternatively|或者?)(?:\s+[^\W\d]+){0,4}[\s$(\\]*",
    re.IGNORECASE,
)
_OTHER_MEASURE = re.compile(r"\s?‰|['′](?![\w'])")
_YEAR = re.compile(r"[12]\d{3}")
_BESIDE = re.compile(r"\b(?:before|after|prior to)(?: the)?(?: year)?[\s$({\\]*$", re.IGNORECASE)
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

    Reads separators, percent signs, scientific notation, fractions, mixed numbers, currency, units and any expression
    with one value, exactly. `abs_tol` and `rel_tol` (of the reference) accept what lies within either. `relaxed` is
    ChartQA's rule: within 5 % of the reference. `rounding` says which rounded decimals count
    (`rewardkit.answers.equal.compare`). In prose without a marked answer the last number counts. A reference that is
    no number is `out_of_scope`. Source of `relaxed`: ChartQA, arXiv 2203.10244.
    """
    wanted = [number for text in sample.references if (number := read_number(text))]
    if not wanted:
        return Verdict.abstained("out_of_scope", reference=list(sample.references)[:8])
    decision = decide(sample.text, sample.references, rounding=rounding)
    found, result = decision.found, decision.result
    if decision.ending and read_number(decision.candidate or ""):
        result = None  # which of a sentence's numbers counts is decided below, once
    info: dict[str, Any] = {"extracted": decision.candidate, "how": found.method}
    if result is None and found.reason == "ambiguous":
        return Verdict.scored(0.0, "ambiguous", alternatives=list(found.alternatives), **info)
    if result is not None:
        info["step"] = result.step
        if result.equal and result.step == "plain" and decision.candidate == found.text:
            return Verdict.scored(1.0, result.reason, **info)
    spoken = _spoken(sample.text, found)
    if spoken.hedged:
        return Verdict.scored(0.0, "ambiguous", **{**info, "alternatives": spoken.hedged})
    if result is not None and result.equal:
        return Verdict.scored(1.0, result.reason, **info)
    tolerance = (abs_tol, max(rel_tol, CHARTQA_SHARE) if relaxed else rel_tol)
    whole = decision.candidate and read_number(decision.candidate)
    if whole and any(_accepts(whole, number, *tolerance) for number in wanted):
        return Verdict.scored(1.0, "match", **info)
    if result is not None and result.answer_shape not in ("", "text") and not spoken.repeated:
        if decision.pending:
            return Verdict.abstained("needs_symbolic", reference=decision.reference, **info)
        return Verdict.scored(0.0, "mismatch", **info)
    if spoken.text is None:
        return Verdict.scored(0.0, "no_answer", **info)
    info["extracted"] = spoken.text
    reason = _compare(spoken.text, sample.references, tolerance, rounding)
    return Verdict.scored(1.0 if reason.startswith("match") else 0.0, reason, **info)


class _Spoken(NamedTuple):
    """The one number that prose gives, or the numbers it hedges between; `repeated` when one value is given twice."""

    text: str | None = None
    hedged: Sequence[str] = ()
    repeated: bool = False


def _spoken(text: str, found: Extraction) -> _Spoken:
    marked = found.method not in ("last_line", "bold", "none")
    statement = (found.text or "") if marked else outside_think(text)[-TAIL:]
    if not _DIGIT.search(statement):
        return _Spoken()
    sides = _EQUALS.split(statement)
    statement = next((side for side in reversed(sides) if _NUMBER.search(side)), statement)
    numbers = list(_NUMBER.finditer(statement))
    if not numbers:
        return _Spoken()
    values = [_signed(statement, match) for match in numbers]
    # "The answer is 5, because 2 are left" gives its number first; prose without a mark ends with it.
    place = 0 if found.method.endswith(("phrase", "chinese")) and len(sides) == 1 else len(numbers) - 1
    repeated = False
    for i, (one, two) in enumerate(pairwise(numbers)):
        if place in (i, i + 1) and _HEDGE.fullmatch(statement, one.end(), two.start()):
            if _value(values[i]) != _value(values[i + 1]):
                return _Spoken(None, values[:16])
            repeated = True
    begin, end = numbers[place].span()
    if is_denied(statement, begin, end) or _says_more(statement, begin, end):
        return _Spoken()
    return _Spoken(values[place], (), repeated)


def _says_more(statement: str, begin: int, end: int) -> bool:
    """Whether the number is in another measure than its digits, or only a year that something was before or after."""
    if _OTHER_MEASURE.match(statement, end) and statement[begin - 1 : begin] not in ("'", "′"):
        return True
    return _YEAR.fullmatch(statement[begin:].strip(" .$}\\")) is not None and _BESIDE.search(statement[:begin]) is not None


def _signed(statement: str, match: re.Match[str]) -> str:
    """The number with its sign, unless what stands before makes the sign an operator or a hyphen."""
    if match["sign"] and is_operator(statement[: match.start()]):
        return match["body"].strip()
    return match[0].strip()


def _value(text: str) -> Fraction | None:
    number = read_number(text)
    return number.value if number else None


def _compare(text: str, references: Sequence[str], tolerance: tuple[float, float], rounding: Any) -> str:
    number = read_number(text)
    for reference in references:
        wanted = read_number(reference)
        if number and wanted and any(tolerance) and _within(number, wanted, *tolerance):
            return "match"
        result = compare(reference=reference, answer=text, rounding=rounding)
        if result.equal:
            return result.reason
    return "mismatch"


def _accepts(number: PlainNumber, wanted: PlainNumber, abs_tol: float, rel_tol: float) -> bool:
    """Whether a number lies within the tolerance; without one, whether it only adds a unit that the reference leaves out."""
    if abs_tol or rel_tol:
        return _within(number, wanted, abs_tol, rel_tol)
    return bool(number.unit) and not wanted.unit and not wanted.currency and number.value == wanted.value


def _within(number: PlainNumber, wanted: PlainNumber, abs_tol: float, rel_tol: float) -> bool:
    limit = max(Fraction(abs_tol), Fraction(rel_tol) * abs(wanted.value))
    readings = {number.value}
    if number.percent != wanted.percent:
        readings |= {number.value * 100, number.value / 100}
    return any(abs(value - wanted.value) <= limit for value in readings)
