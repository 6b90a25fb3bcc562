"""Decide whether an answer equals the reference, fast and rightly, and say which step decided.

The steps, cheapest first: the same text; two plain numbers; the same tree; exact rationals; balls at several
points; then the rules for each kind of answer. What none of them settles comes back undecided, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from rewardkit.answers.equality.by_kind import same_answer
from rewardkit.answers.equality.renaming import renamed_parameter
from rewardkit.answers.equality.truth import truth
from rewardkit.answers.equality.values import ANSWER_DIGITS, REFERENCE_DIGITS, Case
from rewardkit.answers.forms.answer import answer_of
from rewardkit.answers.forms.kinds import Answer, Kind
from rewardkit.answers.forms.named_sets import set_in_words
from rewardkit.answers.notation.clean import MAX_LENGTH
from rewardkit.answers.notation.folded import normal_text
from rewardkit.answers.notation.plain_number import PlainNumber, forget_numbers, is_whole, read_number
from rewardkit.answers.notation.quantities import in_feet, with_letter_unit
from rewardkit.answers.notation.rewriting import rewrite
from rewardkit.answers.notation.selections import SELECTIONS
from rewardkit.answers.numerics.balls import NotNumeric, evaluate, has_imaginary
from rewardkit.answers.read import Reading, read
from rewardkit.answers.tree import Apply, Node, Number, names, number, show, substitute

__all__ = ["Comparison", "Understood", "compare", "forget", "shape_of_text", "understand"]

_DIGITS = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?")
_WRAPPING = re.compile(r"\\boxed|[\s${}]")
MAX_CACHED = 2000
FAR = 50
_OF_ROOTS = frozenset(["add", "mul", "neg", "div", "sqrt", "pi"])
_ZERO = number(0)

_COMMA = re.compile(r"[,;](?=\s)|\\text\s*\{\s*and\s*\}")
_TH = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
_SEPARATOR = re.compile(r"(?:\s*\band\b\s*)+")
_TRUTHS = {"true": True, "false": False}

Rounding = Literal["exact", "reference", "significant"]
Units = Literal["lenient", "strict"]


class Comparison(NamedTuple):
    """Whether an answer equals the reference, and how that was found.

    `equal` is None when nothing decided. `step` names what decided: text, plain, structure, rational, balls, units, words,
    truth, numeric or limits. `reason` is match, match_rounded, mismatch, undecided, gold_unparseable, no_answer or too_complex.
    The shapes are empty where the text was never parsed. `info["symbolic"]` is set on an undecided
    pair when both sides were read as single values, so that a computer algebra system may still settle it.
    """

    equal: bool | None
    step: str
    reason: str
    reference_shape: str
    answer_shape: str
    info: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Understood:
    """How one text is read.

    `shape` is the kind of answer, `text` for words and empty for nothing readable. `tree` is the tree as nested text. `readings`
    holds the trees of other readings of the same text; `problems` what is suspicious about it.
    """

    shape: str
    tree: str
    readings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class _Side(NamedTuple):
    """One side of a comparison, read."""

    text: str
    reading: Reading
    answer: Answer | None


def _read_side(text: str) -> _Side:
    if is_whole(text):
        tree = number(int(text))
        return _Side(text, Reading(tree, cleaned=text), Answer(Kind.VALUE, tree))
    reading = read(text)
    if reading.problem == "unreadable" and (counted := rewrite(reading.cleaned, SELECTIONS)) != reading.cleaned:
        reading = read(counted)._replace(cleaned=reading.cleaned)
    try:
        side = _Side(text, reading, answer_of(reading.tree) if reading.tree is not None else None)
        # Nobody writes nought times a name, so that the letter in `0 K` is a unit, and no zero of it is another's.
        if type(reading.tree) is Apply and reading.tree.head == "mul" and reading.tree.args[0] == _ZERO:
            return side._replace(answer=_with_letter_unit(side) or side.answer)
        return side
    except RecursionError:
        return _Side(text, Reading(None, "too_complex", "nested too deep", reading.cleaned), None)


_cached_side = lru_cache(maxsize=4096)(_read_side)


def forget() -> None:
    """Empty the caches of read references and numbers, as a benchmark of cold speed needs."""
    _cached_side.cache_clear()
    forget_numbers()


def compare(
    *,
    reference: str,
    answer: str,
    rounding: Rounding = "significant",
    units: Units = "lenient",
    cache: bool = True,
) -> Comparison:
    """Compare an answer with the reference.

    `rounding` is `exact`; `reference`, where a decimal reference of at least 3 significant digits counts at its own
    digits; or `significant`, where a decimal answer may also be the correct rounding, to at least 4 significant digits,
    of an exact reference that is no integer. `units` is `lenient`, where a unit, percent or degree sign may be left
    out, or `strict`. `cache` keeps up to 4096 read references, since a group of completions shares one. Never raises;
    linear in the texts.
    """
    if not reference.strip():
        return Comparison(None, "text", "gold_unparseable", "", "", {"problem": "the reference is empty"})
    if not answer.strip():
        return Comparison(False, "text", "no_answer", "", "", {})
    if len(reference) <= MAX_LENGTH >= len(answer):
        quick = _compare_plain(reference, answer, rounding)
        if quick is not None:
            return quick
    if reference.strip() == answer.strip():
        return Comparison(True, "text", "match", "", "", {})
    if len(reference) > MAX_LENGTH < len(answer) and _WRAPPING.sub("", reference) == _WRAPPING.sub("", answer):
        return Comparison(True, "text", "match", "", "", {})
    left = _cached_side(reference) if cache and len(reference) <= MAX_CACHED else _read_side(reference)
    right = _read_side(answer)
    if _are_far_apart(left, right) or _are_far_apart(right, left):
        return Comparison(False, "balls", "mismatch", "number", "number", {})
    return _compare_sides(left, right, rounding, units)


def _compare_plain(reference: str, answer: str, rounding: Rounding) -> Comparison | None:
    """The verdict on two plain numbers without units, or None when they are something else or not equal at first sight."""
    mine = read_number(reference)
    if mine is None or mine.unit or mine.comma or mine.percent:
        return None
    other = read_number(answer)
    if other is None or other.unit or other.comma or other.percent:
        return None
    if mine.currency and other.currency and mine.currency.strip("\\") != other.currency.strip("\\"):
        return None
    if mine.value == other.value:
        return Comparison(True, "plain", "match", "number", "number", {})
    if rounding != "exact" and _plain_rounds(mine, other, rounding):
        return Comparison(True, "plain", "match_rounded", "number", "number", {})
    if "," in reference or "," in answer or " " in answer.strip():
        return None
    return Comparison(False, "plain", "mismatch", "number", "number", {})


def _plain_rounds(reference: PlainNumber, answer: PlainNumber, rounding: Rounding) -> bool:
    if reference.significant is None and answer.significant is None:
        return False
    gap = abs(reference.value - answer.value)
    if reference.significant is not None and reference.step is not None:
        longer = answer.significant is None or answer.step is None or answer.step < reference.step
        return reference.significant >= REFERENCE_DIGITS and longer and gap <= reference.step / 2
    if rounding != "significant" or answer.significant is None or answer.step is None or reference.value.denominator == 1:
        return False
    return answer.significant >= ANSWER_DIGITS and gap <= answer.step / 2


def _are_far_apart(number: _Side, other: _Side) -> bool:
    """Whether fractions and roots are too far from a number for any rounding, and can be read in no other way."""
    tree = other.reading.tree
    if type(number.reading.tree) is not Number or type(tree) is not Apply or other.reading.slash or other.reading.grouped:
        return False
    if not _DIGITS.fullmatch(number.text) or not _is_of_roots(tree):
        return False
    mine, value = evaluate(number.reading.tree, {}), evaluate(tree, {})
    return bool(FAR * abs(value - mine) > abs(value) + abs(mine))


def _is_of_roots(node: Node) -> bool:
    return type(node) is Number or (type(node) is Apply and node.head in _OF_ROOTS and all(map(_is_of_roots, node.args)))


def _compare_sides(left: _Side, right: _Side, rounding: Rounding, units: Units) -> Comparison:
    info: dict[str, Any] = {}
    if left.answer is None or right.answer is None:
        return _compare_words(left, right, rounding, units)
    case = Case(rounding, units)
    verdict = _decide(case, left.answer, right.answer)
    if not verdict:
        for other_left, other_right, why in _other_readings(left, right):
            again = Case(rounding, units)
            if _decide(again, other_left, other_right):
                again.info["reading"] = why
                case, verdict = again, True
                break
    info |= case.info
    shapes = left.answer.shape, right.answer.shape
    if verdict:
        return Comparison(True, case.step, "match_rounded" if case.rounded else "match", *shapes, info)
    if verdict is None:
        if left.reading.cleaned == right.reading.cleaned:
            return Comparison(True, "text", "match", *shapes, info)
        if left.answer.kind == right.answer.kind == Kind.VALUE and not info.keys() & {"conditions", "domains"}:
            info["symbolic"] = True
        return Comparison(None, case.step, "undecided", *shapes, info)
    return Comparison(False, case.step, "mismatch", *shapes, info)


def _decide(case: Case, left: Answer, right: Answer) -> bool | None:
    try:
        return same_answer(case, left, right)
    except (NotNumeric, RecursionError):
        return None


def _other_readings(left: _Side, right: _Side) -> Iterator[tuple[Answer, Answer, str]]:
    """Pairs of readings other than the first, of texts that have more than one."""
    assert left.answer is not None
    assert right.answer is not None
    if left.answer.kind == right.answer.kind and left.answer.kind in (Kind.TUPLE, Kind.ITEMS):
        renamed = renamed_parameter(left.answer, right.answer)
        if renamed is not None:
            yield left.answer, renamed, "one parameter is named as the other"
    ours, theirs = list(_alternatives(left)), list(_alternatives(right))
    for other, why in ours:
        yield other, right.answer, why
    for other, why in theirs:
        yield left.answer, other, why
    for mine, why in ours:
        for other, also in theirs:
            if why == also:
                yield mine, other, why


def _alternatives(side: _Side) -> Iterator[tuple[Answer, str]]:
    reading = side.reading
    if side.text.isdigit():
        return
    if reading.slash:
        other = read(side.text, tight=True)
        if other.tree is not None:
            yield answer_of(other.tree), "products behind a slash belong together"
    if reading.grouped:
        other = read(side.text, grouped=False)
        if other.tree is not None:
            yield answer_of(other.tree), "commas separate"
    if reading.tree is not None and (free := names(reading.tree)):
        if "I" in free:
            yield answer_of(substitute(reading.tree, {"I": Apply("i")})), "I is the imaginary unit"
        if free == {"j"} and _has_real_part(reading.tree):
            yield answer_of(substitute(reading.tree, {"j": Apply("i")})), "j is the imaginary unit"
    if (counted := rewrite(reading.cleaned, SELECTIONS)) != reading.cleaned and (tree := read(counted).tree) is not None:
        yield answer_of(tree), "choices are counted"
    if type(reading.tree) is Apply and reading.tree.head == "compound":
        yield answer_of(Apply("compound", reading.tree.args[::-1])), "in the smallest unit"
    if (feet := in_feet(reading.cleaned)) is not None:
        yield answer_of(feet), "marks are feet and inches"
    if (quantity := _with_letter_unit(side)) is not None:
        yield quantity, "letters behind a number are a unit"
    if "," in side.text and (number := read_number(side.text)) is not None and number.comma:
        other = read(_point(number.value, number.decimals or 0))
        if other.tree is not None:
            yield answer_of(other.tree), "decimal comma"


def _has_real_part(tree: Node) -> bool:
    """Whether a number stands beside a multiple of j, as in `3 + 4j`, and no i, so that j is no unit vector."""
    if type(tree) is not Apply or tree.head != "add" or has_imaginary(tree):
        return False
    return any(not names(arg) for arg in tree.args)


def _with_letter_unit(side: _Side) -> Answer | None:
    """`5 m` as five metres, which reads first as five times m."""
    parts = with_letter_unit(side.reading.cleaned)
    number = read(parts[0]) if parts else None
    return None if number is None or number.tree is None or parts is None else answer_of(number.tree)._replace(unit=parts[1])


def _point(value: Fraction, decimals: int) -> str:
    sign = "-" if value < 0 else ""
    whole, rest = divmod(int(abs(value) * 10**decimals), 10**decimals)
    return f"{sign}{whole}.{rest:0{decimals}d}"


def _compare_words(left: _Side, right: _Side, rounding: Rounding, units: Units) -> Comparison:
    """The verdict when a side is no mathematics: equal words are equal, different words are for a judge."""
    shapes = (left.answer.shape if left.answer else "text"), (right.answer.shape if right.answer else "text")
    if type(left.reading.tree) is Number and right.reading.detail == "prose":
        return Comparison(False, "words", "mismatch", *shapes, {"problem": {"answer": "prose"}})
    mine, other = _words(left), _words(right)
    for side, words in ((left, other), (right, mine)):
        if words in _TRUTHS and side.answer is not None and (holds := truth(side.answer.node)) is not None:
            return Comparison(holds is _TRUTHS[words], "truth", "match" if holds is _TRUTHS[words] else "mismatch", *shapes, {})
    for side, words in ((left, mine), (right, other)):
        if side.answer is None and None is not (meant := set_in_words(words)) and (left.answer or right.answer):
            sides = (_read_side(meant), right) if side is left else (left, _read_side(meant))
            return _compare_sides(*sides, rounding, units)
    if (named := set_in_words(mine)) is not None and named == set_in_words(other):
        return Comparison(True, "words", "match", *shapes, {})
    if mine and (mine == other or _phrases(mine) == _phrases(other)):
        return Comparison(True, "words", "match", *shapes, {})
    problem = {side: s.reading.detail for side, s in (("reference", left), ("answer", right)) if s.answer is None}
    if left.reading.problem == "too_complex":
        return Comparison(None, "limits", "gold_unparseable", *shapes, {"problem": problem})
    if right.reading.problem == "too_complex":
        return Comparison(False, "limits", "too_complex", *shapes, {"problem": problem})
    if left.reading.problem == "empty":
        return Comparison(None, "limits", "gold_unparseable", *shapes, {"problem": problem})
    if right.reading.problem == "empty":
        return Comparison(False, "limits", "no_answer", *shapes, {"problem": problem})
    if left.answer is not None:
        return Comparison(False, "words", "mismatch", *shapes, {"problem": problem})
    return Comparison(None, "words", "undecided", *shapes, {"problem": problem})


def _words(side: _Side) -> str:
    return _SEPARATOR.sub("|", _TH.sub("", normal_text(_COMMA.sub(" and ", side.reading.cleaned))))


def _phrases(words: str) -> list[str]:
    """The items of a list in words, in no order: `line segment, circle` is `circle and line segment`."""
    return sorted(phrase.strip() for phrase in words.split("|"))


def shape_of_text(text: str) -> str:
    """The shape of a text as `understand` gives it, kept with the text's reading so that comparing it later is cheap."""
    if read_number(text) is not None:
        return "number"
    side = _cached_side(text) if len(text) <= MAX_CACHED else _read_side(text)
    if side.answer is not None:
        return side.answer.shape
    return "" if side.reading.problem != "unreadable" or _depth(text) or _looks_mathematical(text) else "text"


def understand(text: str) -> Understood:
    """How a text is read, for linting and explaining; never raises.

    Problems are `empty`, `two readings`, `unbalanced braces`, or `too_complex` and `unreadable` with the reason.
    """
    if not text.strip():
        return Understood("", "", problems=("empty",))
    problems: tuple[str, ...] = ("unbalanced braces",) if _depth(text) else ()
    side = _read_side(text)
    if side.answer is None or side.reading.tree is None:
        problem, detail = side.reading.problem, side.reading.detail
        if problem == "unreadable" and not problems and not _looks_mathematical(text):
            return Understood("text", repr(normal_text(text)))
        return Understood("", "", problems=(*problems, f"{problem}: {detail}"))
    readings = tuple(show(other.node) for other, _ in _alternatives(side))
    plain = read_number(text) if readings else None
    if readings and (plain is None or plain.comma):
        problems += ("two readings",)
    return Understood(side.answer.shape, show(side.reading.tree), readings, problems)


def _depth(text: str) -> int:
    plain = text.replace("\\\\", "").replace("\\{", "").replace("\\}", "")
    return plain.count("{") - plain.count("}")


def _looks_mathematical(text: str) -> bool:
    """Whether a text that could not be read seems to have been meant as mathematics."""
    return "\\frac" in text or "\\sqrt" in text or (sum(c.isalpha() for c in text) * 2 < len(text))
