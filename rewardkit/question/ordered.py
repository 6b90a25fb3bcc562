"""Whether a list is in the order that a question asks for: "3, 2, 1" is no list "in ascending order"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewardkit.answers import compare
from rewardkit.answers.notation.plain_number import read_number
from rewardkit.prose.glue import AND
from rewardkit.prose.stance import stance
from rewardkit.question import Order, Question

__all__ = ["CHAIN_SIGNS", "ends_in_order", "is_chain_in_order", "is_misordered", "letters_of", "orders_of"]

MOST = 64  # values of a list
TAIL = 200  # characters at the end of a text in which a run of places stands
_RIM = " \t\n$.。:：()[]{}\\"
_BETWEEN = re.compile(rf"\s*(?:[,;、，；<>≤≥\n]|\\(?:le|ge|lt|gt)q?(?![a-zA-Z])|→|\s{AND}\s)+\s*", re.IGNORECASE)
_SIGNS = {Order.ASCENDING: frozenset("<≤"), Order.DESCENDING: frozenset(">≥")}
CHAIN_SIGNS = frozenset("<>≤≥")
_DIGITS = re.compile(r"\d+")
_LETTER = re.compile(r"(?<![^\W_])[A-Z](?![^\W_])")
# A run of places that ends a text, with one and the same arrow or dash between them: "4 → 2 → 3 → 1", "4-2-3-1".
_RUN = re.compile(
    r"(?<![\w.,/+*^=<>→–-])(?<![=→–-]\s)\d{1,2}(?:\s?(?P<sign>→|->|=>|⇒|➜|–|-)\s?\d{1,2})(?:\s?(?P=sign)\s?\d{1,2}){1,24}[\s.。*_)$]*$"
)
_PLACES = re.compile(r"\d{1,2}(?:\s*[,;]?\s*\d{1,2}){2,25}")
_NUMBERED = re.compile(r"([^\W\d_])(?:_\{?\d|[₀-₉])")
FIRST = ord("①")
_CIRCLED = re.compile("[①-⑳]")
_GLUED = re.compile(r"\W*([A-Z]{2,26})\W*")


def is_misordered(question: Question, answer: str, references: Sequence[str]) -> bool:
    """Whether an answer that has the values of a reference gives them in another order than the question asks for."""
    given = [] if answer.isdecimal() else _values(answer)
    if len(given) > 1 and _letters(answer) & _letters(question.text):
        bare = [value.rpartition("=")[2].strip(_RIM) for value in given]  # a_1 and a_2 are asked for by their numbers
        return not any(_letters(reference) or _are_same(_values(reference), bare) for reference in references)
    if given and (orders := [places for places in orders_of(references) if places != sorted(places)]):
        places = _places_of(answer)
        return sorted(places) == sorted(orders[0]) and places not in orders
    if len(given) < 2 or question.order is None:
        return False
    lists = filter(lambda values: _may_be(question.order, values), map(_values, references))
    wanted = [values for values in lists if 1 < len(values) == len(given)]
    return bool(wanted) and not any(_are_same(values, given) for values in wanted)


def _letters(text: str) -> set[str]:
    """The letters of a text that have numbers below them: a of a_1."""
    return set(_NUMBERED.findall(text))


def _places_of(text: str) -> list[int]:
    """The numbers of a text that is a list of places, in digits or in circles: "3, 1, 2", "③①②"; empty for other text."""
    text = _CIRCLED.sub(lambda sign: f" {ord(sign[0]) - FIRST + 1}", text).rpartition(":")[2].strip(_RIM)
    return list(map(int, _DIGITS.findall(text))) if _PLACES.fullmatch(text) else []


def orders_of(references: Sequence[str]) -> list[list[int]]:
    """The references that put the numbers from 1 on into an order."""
    orders = filter(None, map(_places_of, references))
    return [places for places in orders if sorted(places) == list(range(1, len(places) + 1))]


def ends_in_order(text: str, orders: Sequence[list[int]]) -> bool:
    """Whether a text ends in one of the orders, written with arrows or dashes."""
    text = text.replace("\\rightarrow", "→").replace("\\to", "→")
    found = _RUN.search(text, max(0, len(text) - TAIL))
    if found is None or not stance(text, found.start(), found.start("sign")).offers:
        return False
    return list(map(int, _DIGITS.findall(found[0]))) in orders


def is_chain_in_order(question: Question, answer: str, references: Sequence[str]) -> bool:
    """Whether answer or reference is a chain, `1 < 2 < 3`, of the values of the other, and its signs are those of the order."""
    for reference in references if question.order is not None else ():
        signs = CHAIN_SIGNS & {*answer, *reference}
        if (
            signs
            and signs <= _SIGNS.get(question.order or Order.STATED, CHAIN_SIGNS)
            and _are_same(_values(reference), _values(answer))
        ):
            return True
    return False


def _are_same(values: Sequence[str], given: Sequence[str]) -> bool:
    """Whether two lists of several values are the same one by one."""
    return 1 < len(values) == len(given) and all(
        compare(reference=one, answer=other).equal for one, other in zip(values, given, strict=True)
    )


def _values(text: str) -> list[str]:
    """The values of a list as they stand, without what leads to them."""
    parts = _BETWEEN.split(text.rpartition(":")[2].strip(_RIM))
    return [part.strip(_RIM) for part in parts if part.strip(_RIM)][:MOST]


def _may_be(order: Order | None, values: Sequence[str]) -> bool:
    """Whether a reference is in the order; one that is not was not asked for in it."""
    numbers = [number.value for value in values if (number := read_number(value))]
    if order not in (Order.ASCENDING, Order.DESCENDING) or len(numbers) < len(values):
        return True
    return numbers == sorted(numbers, reverse=order is Order.DESCENDING)


def letters_of(text: str) -> list[str]:
    """The letters of options in the order of a text: `B, A, C` and `BAC`."""
    glued = _GLUED.fullmatch(text)
    return list(glued[1]) if glued else _LETTER.findall(text)
