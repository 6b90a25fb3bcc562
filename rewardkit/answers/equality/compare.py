"""Decide whether an answer equals the reference, fast and rightly, and say which step decided.

The steps, cheapest first: the same text; two plain numbers; the same tree; exact rationals; balls at several
points; then the rules for each kind of answer. What none of them settles comes back undecided, never guessed.
"""

from __future__ import annotations

import re
from typing import Any

from rewardkit.answers.equality.by_kind import same_answer
from rewardkit.answers.equality.case import Case, Units
from rewardkit.answers.equality.comparison import Comparison
from rewardkit.answers.equality.rounding import Rounding, plain_rounds
from rewardkit.answers.equality.sides import Side, forget_sides, kept_side, pairs_of_readings, read_side, recent_side
from rewardkit.answers.equality.spelled import with_digits
from rewardkit.answers.equality.twice import compare_twice
from rewardkit.answers.equality.words import compare_words, look_at_words, with_named_set
from rewardkit.answers.equality.written import compare_written
from rewardkit.answers.forms.formulas import forget_formulas
from rewardkit.answers.forms.kinds import Answer, Kind
from rewardkit.answers.notation.clean import MAX_LENGTH
from rewardkit.answers.notation.decimal_comma import with_decimal_points
from rewardkit.answers.notation.plain_number import forget_numbers, read_number
from rewardkit.answers.numerics.balls import NotNumeric, evaluate
from rewardkit.answers.steps import Step
from rewardkit.answers.tree import Apply, Node, Number

__all__ = ["Comparison", "Rounding", "Units", "compare", "forget"]

_DIGITS = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?")
_WORDS = re.compile(r"[^\W\d_]{3,} [^\W\d_]{3,}")
_WRAPPING = re.compile(r"\\boxed|[\s${}]")
FAR = 50
_OF_ROOTS = frozenset(["add", "mul", "neg", "div", "sqrt", "pi"])


def forget() -> None:
    """Empty the caches of read references, numbers and formulas, as a benchmark of cold speed needs."""
    forget_sides()
    forget_numbers()
    forget_formulas()


def compare(
    *,
    reference: str,
    answer: str,
    rounding: Rounding = "significant",
    units: Units = "lenient",
    cache: bool = True,
) -> Comparison:
    """Compare an answer with the reference. Never raises; linear in the texts.

    Args:
        reference: The answer that is right.
        answer: The one that is asked about.
        rounding: "exact"; "reference": a decimal reference of at least 3 significant digits counts at its own digits; or
            "significant": a decimal answer may also be the correct rounding, to at least 4 significant digits, of an exact
            reference that is no integer.
        units: "lenient": a unit, percent or degree sign may be left out; or "strict".
        cache: Keep up to 4096 read references, since a group of completions shares one, and the last few answers.
    """
    if not reference.strip():
        return Comparison(None, Step.TEXT, "gold_unparseable", "", "", {"problem": "the reference is empty"})
    if not answer.strip():
        return Comparison(False, Step.TEXT, "no_answer", "", "", {})
    reference, answer = with_decimal_points(reference, answer)
    if len(reference) <= MAX_LENGTH >= len(answer):
        quick = _compare_plain(reference, answer, rounding)
        if quick is not None:
            return quick
    if reference.strip() == answer.strip():
        return Comparison(True, Step.TEXT, "match", "", "", {})
    if (reference.isupper() or answer.isupper()) and _WORDS.search(reference) and reference.casefold() == answer.casefold():
        return Comparison(True, Step.TEXT, "match", "", "", {})  # "SEVEN CLOUDS" is no product of letters
    if len(reference) > MAX_LENGTH < len(answer) and _WRAPPING.sub("", reference) == _WRAPPING.sub("", answer):
        return Comparison(True, Step.TEXT, "match", "", "", {})
    if len(reference) <= MAX_LENGTH >= len(answer):

        def inner(wanted: str, given: str) -> Comparison:
            return compare(reference=wanted, answer=given, rounding=rounding, units=units, cache=cache)

        if (written := compare_written(reference, answer, inner) or compare_twice(reference, answer, inner)) is not None:
            return written
    left = kept_side(reference) if cache else read_side(reference)
    right = recent_side(answer) if cache else read_side(answer)
    if _are_far_apart(left, right) or _are_far_apart(right, left):
        return Comparison(False, Step.BALLS, "mismatch", "number", "number", {})
    return _compare_sides(left, right, rounding, units)


def _compare_plain(reference: str, answer: str, rounding: Rounding) -> Comparison | None:
    """The verdict on two plain numbers without units, or None when they are something else or not equal at first sight."""
    wanted = read_number(reference)
    if wanted is None or wanted.unit or wanted.comma or wanted.percent:
        return None
    given = read_number(answer)
    if given is None or given.unit or given.comma or given.percent:
        return None
    if wanted.currency and given.currency and wanted.currency.strip("\\") != given.currency.strip("\\"):
        return None
    if wanted.value == given.value:
        return Comparison(True, Step.PLAIN, "match", "number", "number", {})
    if plain_rounds(rounding, wanted, given):
        return Comparison(True, Step.PLAIN, "match_rounded", "number", "number", {})
    if "," in reference or "," in answer or " " in answer.strip():
        return None
    return Comparison(False, Step.PLAIN, "mismatch", "number", "number", {})


def _are_far_apart(plain: Side, other: Side) -> bool:
    """Whether fractions and roots are too far from a number for any rounding, and can be read in no other way."""
    tree = other.reading.tree
    if type(plain.reading.tree) is not Number or type(tree) is not Apply or other.reading.slash or other.reading.grouped:
        return False
    if not _DIGITS.fullmatch(plain.text) or not _is_of_roots(tree):
        return False
    near, far = evaluate(plain.reading.tree, {}), evaluate(tree, {})
    return bool(FAR * abs(far - near) > abs(far) + abs(near))


def _is_of_roots(node: Node) -> bool:
    return type(node) is Number or (type(node) is Apply and node.head in _OF_ROOTS and all(map(_is_of_roots, node.args)))


def _compare_sides(reference: Side, answer: Side, rounding: Rounding, units: Units) -> Comparison:
    if (spelled := with_digits(reference, answer)) is not None:
        answer = spelled
    if reference.answer is None or answer.answer is None:
        if (seen := look_at_words(reference, answer)) is not None:
            return seen
        if (named := with_named_set(reference, answer)) is not None:
            return _compare_sides(*named, rounding, units)
        return compare_words(reference, answer)
    case = Case(rounding, units)
    verdict = _decide(case, reference.answer, answer.answer)
    if not verdict:
        for left, right, assumed in pairs_of_readings(reference, answer):
            again = Case(rounding, units)
            if _decide(again, left, right):
                again.info["reading"] = assumed
                case, verdict = again, True
                break
    info: dict[str, Any] = case.info
    shapes = reference.answer.shape, answer.answer.shape
    if verdict:
        return Comparison(True, case.step, "match_rounded" if case.rounded else "match", *shapes, info)
    if verdict is False:
        return Comparison(False, case.step, "mismatch", *shapes, info)
    if reference.reading.cleaned == answer.reading.cleaned:
        return Comparison(True, Step.TEXT, "match", *shapes, info)
    if {reference.answer.kind, answer.answer.kind} == {Kind.VALUE} and not info.keys() & {"conditions", "domains"}:
        info["symbolic"] = True
    return Comparison(None, case.step, "undecided", *shapes, info)


def _decide(case: Case, reference: Answer, answer: Answer) -> bool | None:
    try:
        return same_answer(case, reference, answer)
    except (NotNumeric, RecursionError):
        return None
