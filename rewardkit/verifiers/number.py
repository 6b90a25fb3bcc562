"""Numbers: the final answer and the reference as exact values, within a stated tolerance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from rewardkit.answers import Comparison, Rounding, compare
from rewardkit.answers.notation.dates import read_date
from rewardkit.answers.notation.number_words import spell_out
from rewardkit.answers.notation.plain_number import PlainNumber, is_whole, read_number
from rewardkit.answers.units import is_unit_word
from rewardkit.decide import Decision, decide
from rewardkit.errors import BadParameter
from rewardkit.extract import Method, Reason, Statement, extract, told
from rewardkit.prose.in_digits import names_nothing
from rewardkit.prose.numbers import Spoken, names_no_number, spoken
from rewardkit.prose.wordy import is_formula, is_wordy
from rewardkit.question.copied import without_copied
from rewardkit.question.samples import on_announcement, on_conclusion, quantities_of, question_of
from rewardkit.question.settle import as_asked
from rewardkit.registry import verifier
from rewardkit.types import Sample, Status, Verdict

__all__ = ["equal", "graded"]

CHARTQA_SHARE = 0.05
PRESETS = {"none": 0.0, "finance": 0.01, "physics": 0.02, "rough": 0.05}
TAIL = 2_000  # characters at the end in which a year may stand beside the answer
MOST_ERROR = 10**12  # that is told apart
_MAYBE_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d")
_SINGLE = frozenset(["number", "expression", "angle", "percent"])


class _Tolerance(NamedTuple):
    """How far a number may lie from the reference: an amount, or a share of the reference."""

    absolute: float
    relative: float

    def __bool__(self) -> bool:
        return self.absolute > 0 or self.relative > 0

    def accepts(self, number: PlainNumber, wanted: PlainNumber) -> bool:
        """Whether a number lies within the tolerance; one with a percent sign also as a share."""
        limit = max(Fraction(self.absolute), Fraction(self.relative) * abs(wanted.value))
        readings = {number.value}
        if number.percent != wanted.percent:
            readings |= {number.value * 100, number.value / 100}
        return any(abs(value - wanted.value) <= limit for value in readings)


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
    rounding: Literal["exact", "reference", "significant", "asked"] = "asked",
    tolerance: Literal["none", "finance", "physics", "rough"] = "none",
) -> Verdict:
    """Whether the final answer is the reference number.

    Reads separators, percent signs, scientific notation, fractions, mixed numbers, currency, units and any expression
    with one value, exactly. `abs_tol` and `rel_tol` (of the reference) accept what lies within either. `relaxed` is
    ChartQA's rule: within 5 % of the reference. `rounding` says which rounded decimals count
    (`rewardkit.answers.compare`; `asked`, the default, also those that the question asks for). `tolerance` names how far an
    answer may lie from the reference: `finance` 1 %, `physics` 2 %, `rough` 5 %, by default `none`. A bare reference is in the
    unit and scale that the question asks for, and the answer is converted into them. In prose without a marked answer the
    last number counts, unless it is a part of a formula, or a year beside another number where no year is asked for. A
    reference that is no number is `out_of_scope`. Source of `relaxed`: ChartQA, arXiv 2203.10244.
    """
    allowed = _Tolerance(abs_tol, max(rel_tol, PRESETS[tolerance], CHARTQA_SHARE * relaxed))
    references = quantities_of(sample)

    def verdict_on(sample: Sample) -> Verdict:
        return as_asked(sample, _verdict(sample, references, allowed, rounding), references, rounding, allowed.relative)

    found = extract(sample.text)
    if found.marked:
        return on_announcement(sample, found, verdict_on(sample))
    return on_conclusion(sample, verdict_on)


def _verdict(sample: Sample, references: Sequence[str], tolerance: _Tolerance, rounding: Rounding) -> Verdict:
    """The verdict by the reference and the completion alone."""
    text = sample.text
    found = extract(text)
    if found.marked and (verdict := _of_plain_numbers(references, found, bool(tolerance))) is not None:
        return verdict
    if not any(map(read_number, references)):
        return Verdict.abstained("out_of_scope", reference=list(references)[:8])
    if not found.marked and names_no_number(text):
        return Verdict.scored(0.0, "no_answer", extracted=found.text, how=found.how)
    question = question_of(sample)
    if found.marked and found.text:
        found = found._replace(text=without_copied(found.text, question))
    decision = decide(text, references, rounding=rounding, found=found)
    if decision.ending and read_number(decision.candidate or ""):
        decision = decision._replace(result=None)  # which of a sentence's numbers counts is decided below, once
    if (verdict := _as_a_whole(decision, tolerance)) is not None:
        return verdict
    said = spoken(
        (found.text or "") if found.marked else told(text),
        announced=found.dress is Method.PHRASE,
        marked=found.marked,
        years=question.years if question is not None and _MAYBE_YEAR.search(text, max(0, len(text) - TAIL)) else None,
        names=question.counts if question is not None else names_nothing,
        asked_in=question.language if question is not None else None,
    )
    if (verdict := _refused(decision, said)) is not None:
        return verdict
    if said.text is not None and question is not None and question.decimal_comma and "," in (decision.candidate or ""):
        decision = decision._replace(result=None)  # in which a comma is none between values
    return _in_prose(decision, said, references, tolerance, rounding)


def _check_graded(*, limit: float, error: str, **_: Any) -> None:
    if not 0 < limit <= (1 if error == "relative" else MOST_ERROR):
        most = " <= 1" if error == "relative" else ""
        message = f"graded.number: limit={limit} cannot be used; wanted a {error} error 0 < limit{most}."
        raise BadParameter(message)


@verifier("graded.number", requires=("answer",), validate=_check_graded)
def graded(sample: Sample, *, limit: float = 0.2, error: Literal["relative", "absolute"] = "relative") -> Verdict:
    """A number that is off earns less by as much: 1 - error / limit, and 0 from the limit on.

    The error is |number - reference| / |reference|, or with `error="absolute"`, for counts, |number - reference|; the least over
    the accepted references. The mean of `info["error"]` over the rows that give a number is the mean relative or absolute error.
    Numbers are read, and what is none is refused, as by `number.equal`; what that calls equal by another way than its value (a
    unit converted) earns 1.

    Args:
        sample: The sample.
        limit: The error from which on nothing is earned, at most 1 where it is relative.
        error: Whether the error is a share of the reference ("relative", the default) or a difference ("absolute").

    Raises:
        BadParameter: When the verifier is built with a limit that cannot be used.
    """
    share = error == "relative"
    tolerance = _Tolerance(0.0, limit) if share else _Tolerance(limit, 0.0)
    # Without the question: an error is one of the digits as they stand.
    verdict = _verdict(sample, quantities_of(sample), tolerance, "significant")
    text = str(verdict.info.get("extracted") or "")
    in_words = _is_amount_in_words(text)
    given = read_number(spell_out(text) if in_words else text)
    wanted = [one for one in map(read_number, sample.references) if one is not None and (one.value or not share)]
    errors = [_error_of(given, one, share) for one in wanted] if given is not None else []
    near = in_words and verdict.reason == "mismatch" and bool(errors) and min(errors) <= Fraction(limit)
    if verdict.score != 1 and not near:
        far = {"error": round(float(min([*errors, Fraction(MOST_ERROR)])), 6)} if verdict.reason == "mismatch" and errors else {}
        return verdict.noting(**far)
    off = min((one for one in errors if one <= Fraction(limit)), default=Fraction(0))
    return Verdict.scored(1 - float(off / Fraction(limit)), **{**verdict.info, "error": round(float(off), 6)})


def _error_of(given: PlainNumber, wanted: PlainNumber, share: bool) -> Fraction:
    readings = [given.value]
    if given.percent != wanted.percent:
        readings += [given.value * 100, given.value / 100]
    return min(abs(value - wanted.value) / (abs(wanted.value) if share else 1) for value in readings)


def _of_plain_numbers(references: Sequence[str], found: Statement, tolerant: bool) -> Verdict | None:
    """The verdict where every reference is bare digits and the answer one plain number, as most are; None for others.

    Whole numbers are not rounded, and one without a unit is not converted, so that another value is another number. What
    words behind an equal number say, and what a tolerance accepts, is decided elsewhere.
    """
    text = found.text or ""
    for reference in references:
        if not is_whole(reference):
            return None
    if is_whole(text):
        score = float(text in references)
    elif len(text) == 1 and text.isascii() and text.isalpha():
        score = 0.0  # the letter of an option, or a name
    elif (number := read_number(text)) is None or number.percent or number.comma:
        return None
    else:
        score = float(any(number.value == int(reference) for reference in references))
        if score and number.unit not in (None, "°"):
            return None
    if tolerant and not score:
        return None
    info = {"extracted": text, "how": found.how, "step": "plain"}
    return Verdict(score, Status.SCORED, "match" if score else "mismatch", info)


def _info(decision: Decision) -> dict[str, Any]:
    info: dict[str, Any] = {"extracted": decision.candidate, "how": decision.found.how}
    return info if decision.result is None else info | {"step": decision.result.step}


def _as_a_whole(decision: Decision, tolerance: _Tolerance) -> Verdict | None:
    """The verdict where the answer as a whole is one number or formula, or where there are several answers; else None."""
    found, result = decision.found, decision.result
    if result is None:
        if found.reason is not Reason.AMBIGUOUS:
            return None
        info = {**_info(decision), "extracted": " | ".join(found.alternatives)[:2000]}
        return Verdict.scored(0.0, "ambiguous", alternatives=list(found.alternatives), **info)
    if result.equal is None or not _is_whole_answer(decision, result):
        return None
    if result.equal:
        return Verdict.scored(1.0, result.reason, **_info(decision))
    final = "twice" in result.info or (found.marked and not tolerance)
    return Verdict.scored(0.0, "mismatch", **_info(decision)) if final else None


def _is_whole_answer(decision: Decision, result: Comparison) -> bool:
    """Whether what was compared is the whole answer: one number, or a marked formula around which no word says more."""
    found = decision.found
    if found.text is None or found.text != decision.candidate:
        return False
    if result.equal and _is_amount_in_words(found.text):
        return True
    return result.step == "plain" or (found.marked and result.answer_shape in _SINGLE and is_formula(found.text))


def _is_amount_in_words(text: str) -> bool:
    """Whether a text is a number word with perhaps a unit, and no sentence: "one and a half hours"."""
    spelled = spell_out(text)
    number = read_number(spelled) if spelled != text else None
    return number is not None and (number.unit is None or is_unit_word(number.unit))


def _refused(decision: Decision, said: Spoken) -> Verdict | None:
    """The verdict where the prose hedges between numbers, or names one without stating it."""
    if said.hedged:
        info = {**_info(decision), "extracted": " | ".join(said.hedged)[:2000]}
        return Verdict.scored(0.0, "ambiguous", **info, alternatives=said.hedged)
    return Verdict.scored(0.0, "no_answer", **_info(decision)) if said.refused else None


def _in_prose(decision: Decision, said: Spoken, references: Sequence[str], tolerance: _Tolerance, rounding: Rounding) -> Verdict:
    """The verdict on the number that the prose gives, unless a formula in it says more."""
    info, result = _info(decision), decision.result
    if result is not None and result.answer_shape == "date" and (date := read_date(decision.candidate or "")):
        told = date.year is not None and str(date.year) in references  # a day of the year that is asked for
        return Verdict.scored(float(told), "match" if told else "mismatch", **info)
    if said.text is not None and is_wordy(decision.candidate or ""):
        result = None  # a grammar that read the sentence as a product says nothing of it
    if result is not None and result.equal:
        return Verdict.scored(1.0, result.reason, **info)
    if result is not None and _is_close(decision.candidate, references, tolerance):
        return Verdict.scored(1.0, "match", **info)
    # One value said twice in words, "0.5 or 50%", is no list.
    in_words = said.repeated and any(map(str.isalpha, decision.candidate or ""))
    if result is not None and result.answer_shape not in ("", "text") and not in_words:
        if decision.pending:
            return Verdict.abstained("needs_symbolic", reference=decision.reference, **info)
        return Verdict.scored(0.0, "mismatch", **info)
    if said.text is None or said.part:
        return Verdict.scored(0.0, "no_answer", **info)
    info["extracted"] = said.text
    if said.counts:
        references = [reference for reference in references if not _is_measured(reference)]
    reason = _compare(said.text, references, tolerance, rounding)
    return Verdict.scored(1.0 if reason.startswith("match") else 0.0, reason, **info)


def _is_measured(reference: str) -> bool:
    """Whether a reference is an amount of a known unit, and no count."""
    number = read_number(reference)
    return number is not None and (number.currency is not None or (number.unit is not None and is_unit_word(number.unit)))


def _is_close(candidate: str | None, references: Sequence[str], tolerance: _Tolerance) -> bool:
    """Whether a number lies within the tolerance; without one, whether it only adds a unit that the reference leaves out."""
    number = read_number(candidate or "")
    if number is None:
        return False
    wanted = [one for reference in references if (one := read_number(reference))]
    if tolerance:
        return any(tolerance.accepts(number, one) for one in wanted)
    return bool(number.unit) and any(not one.unit and not one.currency and number.value == one.value for one in wanted)


def _compare(text: str, references: Sequence[str], tolerance: _Tolerance, rounding: Rounding) -> str:
    number = read_number(text)
    for reference in references:
        wanted = read_number(reference)
        if tolerance and number and wanted and tolerance.accepts(number, wanted):
            return "match"
        result = compare(reference=reference, answer=text, rounding=rounding)
        if result.equal:
            return result.reason
    return "mismatch"
