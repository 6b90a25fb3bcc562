"""A verdict once more, with what the question asks for: its unit, scale and rounding.

Most verdicts stand: an answer that equals the reference and names no unit, one without a unit that is no rounding, and one whose
question asks for nothing of the kind. So the question is read only for what is left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from rewardkit.answers import Rounding, compare
from rewardkit.answers.equality.asked import compare_asked
from rewardkit.answers.notation.amounts import read_amount
from rewardkit.answers.notation.plain_number import MAX_LENGTH, is_whole, read_number
from rewardkit.extract import extract, told
from rewardkit.question import Places, Question
from rewardkit.question.asks import Field
from rewardkit.question.counted import counts_another_thing
from rewardkit.question.directions import falls, is_negative, may_ask_for_change
from rewardkit.question.factors import is_factor
from rewardkit.question.given_back import gives_back
from rewardkit.question.losses import signed
from rewardkit.question.ordered import CHAIN_SIGNS, ends_in_order, is_chain_in_order, is_misordered, orders_of
from rewardkit.question.rivals import speaks_of_a_rival
from rewardkit.question.samples import question_of
from rewardkit.question.shares import is_unasked_share
from rewardkit.question.unknown import names_another_unknown
from rewardkit.types import Sample, Verdict

__all__ = ["as_asked"]

# Of verdicts on an answer that is stated.
_REASONS = frozenset(["match", "match_rounded", "mismatch", "undecided", "needs_symbolic"])
_MAY_BE_LOSS = re.compile(r"\([^()\w]{0,6}\d[\d.,]*\s?%?\s?\)")
TAIL = 2_000  # characters of a text in which its answer stands
_ABOUT = "≈~∼ "
_EQUALS = re.compile(r"=|(?<=[^\W\d_])\s?(?:≈|\\approx(?![a-zA-Z]))")  # "λ ≈ 3 m"
_EXTENDS = re.compile(r"\s(?:long|wide|high|tall|deep|thick|old|away|apart|far)$")  # behind a measure
_RATE = re.compile(r"[\s*$)}\]]{0,4}(?:per|/)\s?([^\W\d_]+)")
_DIGIT = re.compile(r"\d")
# "2.500 Stunden", which in a language with a decimal comma is no 2,5.
_GROUPED = re.compile(r"[^\d.,]*[1-9]\d{0,2}(?:\.\d{3})+[^\d.,]*")
_LETTER = re.compile(r"[^\W\d_]")
_BARE = frozenset("0123456789.,-+ ")
_RIM = " .\n"
SHORT = 200  # characters of a question


def as_asked(
    sample: Sample, verdict: Verdict, references: Sequence[str], rounding: Rounding = "asked", share: float = 0.0
) -> Verdict:
    """The verdict, or the one that the question makes of it; `share` is a tolerance, as a share of the reference."""
    answer = verdict.info.get("extracted")
    if verdict.reason not in _REASONS or not isinstance(answer, str):
        return verdict
    text = sample.text
    if _MAY_BE_LOSS.search("\n".join((text[-TAIL:], *references))) and (question := question_of(sample)) is not None:
        verdict, answer, references = _with_signs(question, text[-TAIL:], verdict, answer, references)
    directed = _with_direction(sample, verdict, answer, references) if may_ask_for_change(sample.question) else None
    if directed is not None:
        return directed
    if (verdict.score or verdict.reason == "needs_symbolic") and (
        aside := _aside(sample, text, answer, verdict.reason, references)
    ) is not None:
        return Verdict.scored(0.0, "mismatch", **{**verdict.info, "step": aside})
    if verdict.score and answer.isdecimal():
        return verdict  # as most are
    if verdict.score and is_unasked_share(sample, answer, references):
        return Verdict.abstained("needs_judge", **verdict.info)
    if not verdict.score and _is_grouped(sample, answer, references):
        return Verdict.scored(1.0, "match_asked", **{**verdict.info, "step": "asked", "asked": "points between thousands"})
    if not verdict.score and (_is_chain(sample, answer, references) or _is_sequence(sample, references)):
        return Verdict.scored(1.0, "match_asked", **{**verdict.info, "step": "asked", "asked": "in order"})
    if not _may_turn(bool(verdict.score), answer, references) or not any(map(read_amount, references)):
        return verdict
    question = question_of(sample)
    if question is None or (asked := question.asked) is None:
        return verdict
    if rounding != "asked":
        asked = asked._replace(places=None)
    answer = _EXTENDS.sub("", (_EQUALS.split(answer)[-1] or answer).lstrip(_ABOUT))
    if asked.places is not None and any(_is_the_task(question, asked.places, reference) for reference in references):
        asked = asked._replace(places=None)
    found = [compare_asked(reference=reference, answer=answer, asked=asked, share=Fraction(share)) for reference in references]
    equal = next((one for one in found if one is not None and one.equal), None)
    if bool(verdict.score) == (equal is not None) or (verdict.score and None in found):
        return verdict
    if equal is not None and _says_another(question, text, answer, references):
        return verdict
    reason = "mismatch" if equal is None else equal.reason
    return Verdict.scored(float(equal is not None), reason, **{**verdict.info, "step": "asked", "asked": asked.told})


def _with_signs(
    question: Question, text: str, verdict: Verdict, answer: str, references: Sequence[str]
) -> tuple[Verdict, str, Sequence[str]]:
    """The verdict anew on amounts of which those in parentheses are negative; as it was where they are not."""
    if (plain := signed(question, text, answer, references)) is None:
        return verdict, answer, references
    answer, references = plain
    equal = any(compare(reference=reference, answer=answer).equal for reference in references)
    info = {**verdict.info, "step": "asked", "asked": "negatives in parentheses"}
    return Verdict.scored(float(equal), "match_asked" if equal else "mismatch", **info), answer, references


def _with_direction(sample: Sample, verdict: Verdict, answer: str, references: Sequence[str]) -> Verdict | None:
    """The verdict on a change downwards that has no sign but in words; None where it stands as it is."""
    losses = list(filter(is_negative, references))
    if not (losses or verdict.score) or (question := question_of(sample)) is None:
        return None
    if not falls(question, sample.text[-TAIL:], answer):
        return None
    equal = any(compare(reference=reference, answer=f"-{answer}").equal for reference in losses)
    info = {**verdict.info, "step": "asked", "asked": "a change downwards in words"}
    return Verdict.scored(float(equal), "match_asked" if equal else "mismatch", **info)


def _is_grouped(sample: Sample, answer: str, references: Sequence[str]) -> bool:
    """Whether a number with points between thousands is its reference, in a language that writes decimals with a comma."""
    return _has_thousands(sample, answer, references) and any(
        compare(reference=reference, answer=answer.replace(".", "")).equal for reference in references
    )


def _has_thousands(sample: Sample, answer: str, references: Sequence[str]) -> bool:
    """Whether the points of an answer stand between thousands, as the question's language has them and no reference shows."""
    if "." not in answer or _GROUPED.fullmatch(answer) is None or any("." in reference for reference in references):
        return False
    question = question_of(sample)
    return question is not None and question.decimal_comma


def _is_chain(sample: Sample, answer: str, references: Sequence[str]) -> bool:
    """Whether a chain of signs stands for a list, or a list for a chain, where the question asks for an order."""
    if all(map(CHAIN_SIGNS.isdisjoint, (answer, *references))):
        return False
    question = question_of(sample)
    return question is not None and is_chain_in_order(question, answer, references)


def _is_sequence(sample: Sample, references: Sequence[str]) -> bool:
    """Whether the answer is an order of the numbers from 1 on, written with arrows or dashes."""
    orders = orders_of(references)
    question = question_of(sample) if orders else None
    if question is None or not question.has(Field.ORDER):
        return False
    found = extract(sample.text)
    return ends_in_order((found.text or "") if found.marked else told(sample.text), orders)


def _aside(sample: Sample, text: str, answer: str, reason: str, references: Sequence[str]) -> str | None:
    """By which step an answer that equals its reference says nothing of what is asked; None where it does, or may."""
    if answer.isdecimal() and text.strip(_RIM) == answer:
        return None  # bare digits
    question = question_of(sample)
    if question is None:
        return None
    unrounded = reason == "match_rounded" and (answer in question.numbers or _rounds_a_number(question, references))
    if unrounded or gives_back(question, answer, references):
        return "given back"
    if is_misordered(question, answer, references):
        return "another order"
    if _has_thousands(sample, answer, references):
        return "another notation"
    if names_another_unknown(question, answer):
        return "another unknown"
    if speaks_of_a_rival(question, text, answer):
        return "another thing"
    if is_factor(question, text, answer, references):
        return "another thing"
    bare = all(map(_BARE.issuperset, sample.references))
    return "another thing" if bare and counts_another_thing(question, text, answer) else None


def _is_bare(reference: str) -> bool:
    """Whether a reference is a number alone, in any notation."""
    if _LETTER.search(reference) is None:
        return True
    number = read_number(reference)
    return number is not None and number.unit is None and not number.percent


def _may_turn(equal: bool, answer: str, references: Sequence[str]) -> bool:
    """Whether what a question asks for may turn a verdict: of what there is a number, and a unit to read or digits to round."""
    if _BARE.issuperset(answer):
        return not equal and any(_is_near(answer, reference) for reference in references)
    if len(answer) > MAX_LENGTH or _DIGIT.search(answer) is None:
        return False
    if equal:  # only an answer in another unit than a bare reference was asked in is wrong after all
        return any(map(_is_bare, references))
    return any(_DIGIT.search(reference) and len(reference) <= MAX_LENGTH for reference in references)


def _says_another(question: Question, text: str, answer: str, references: Sequence[str]) -> bool:
    """Whether an amount that is equal as it is asked for says something else than what is asked."""
    return _is_rate(text, answer, question) or _is_repeated(answer, question) or is_factor(question, text, answer, references)


def _is_rate(text: str, answer: str, question: Question) -> bool:
    """Whether an amount is one a share or a quarter, say, of which the question does not speak."""
    at = text.rfind(answer)
    rate = _RATE.match(text, at + len(answer)) if at >= 0 else None
    return rate is not None and not question.names(rate[1])


def _is_repeated(answer: str, question: Question) -> bool:
    """Whether an amount is the very one that a short question asks to convert; a longer one may hold the answer's passage."""
    return len(question.text) <= SHORT and answer.strip() in question.text


def _rounds_a_number(question: Question, references: Sequence[str]) -> bool:
    """Whether a question asks to round a number of its own, and a reference is what that gives."""
    places = question.places
    return places is not None and any(_is_the_task(question, places, reference) for reference in references)


def _is_the_task(question: Question, places: Places, reference: str) -> bool:
    """Whether the question holds a number that the reference is the rounding of, so that no other number will do."""
    wanted = read_number(reference)
    worth = places.worth(wanted.value) if wanted else None
    if wanted is None or worth is None:
        return False
    held = filter(None, map(read_number, question.numbers))
    return any(number.value != wanted.value and abs(number.value - wanted.value) * 2 <= worth for number in held)


def _is_near(answer: str, reference: str) -> bool:
    """Whether one of two bare numbers may be the other rounded: no more than half of the larger, or of 1, lies between them."""
    if is_whole(answer) and is_whole(reference):  # rounded to tens and more only
        one, other = int(answer), int(reference)
        return other % 10 == 0 and abs(one - other) * 2 <= max(abs(one), abs(other))
    given, wanted = read_number(answer), read_number(reference)
    if given is None or wanted is None or wanted.percent or wanted.step is None or given.step is None:
        return True
    return abs(given.value - wanted.value) * 2 <= max(abs(given.value), abs(wanted.value), Fraction(1))
