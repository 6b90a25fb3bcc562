"""The sign of a change in words: "it fell by 4.3" is -4.3 where a question asks for the change and not for the fall.

A question that names the direction itself ("By how much did it fall?") wants the amount alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.asked import read_asked
from rewardkit.prose.phrases import openings_of
from rewardkit.prose.sentences import sentence_before, sentence_behind
from rewardkit.question import Question
from rewardkit.question.asking import words_of
from rewardkit.question.asks import Field, rows
from rewardkit.question.counted import last_place
from rewardkit.question.small_words import Role, every_word

__all__ = ["falls", "is_negative", "may_ask_for_change"]

BEGINNING = 4  # letters of a phrase
REACH = 4  # characters before a number in which its sign stands
_MONEY = "$€£¥ "
_MINUS = ("-", "−", "–", "(")
_SIGN = re.compile(r"[-−–+]\s?(?:\\?[$€£¥]\s?)?$")
_NUMBER = re.compile(r"\d[\d.,]*(?<=\d)")


def may_ask_for_change(question: str) -> bool:
    """A quick look: whether a question has the beginning of a phrase that asks for a change."""
    low = question.casefold()
    return any([beginning in low for beginning in _beginnings()])


@lru_cache(maxsize=1)
@first_use
def _beginnings() -> tuple[str, ...]:
    changes = (phrase for row in rows() if row.field is Field.CHANGE for phrase in row.alternatives)
    return tuple(sorted({head[:BEGINNING] for phrase in changes for head, _ in openings_of(phrase)}))


def is_negative(amount: str) -> bool:
    """Whether an amount begins with a sign of a loss, behind one of money or without."""
    return amount.lstrip(_MONEY).startswith(_MINUS)


def falls(question: Question, text: str, answer: str) -> bool:
    """Whether an answer without a sign is a change downwards by the words around it, and the question asks for a change."""
    number = _NUMBER.search(answer)
    if (
        number is None
        or is_negative(answer)
        or not question.has(Field.CHANGE)
        or _direction(read_asked(question.text).text) is not None
    ):
        return False
    at = last_place(text, number[0])
    if at < 0 or _SIGN.search(text, max(0, at - REACH), at):
        return False
    return _direction(f"{sentence_before(text, at)} {sentence_behind(text, at)[0]}") is Role.FALLS


def _direction(text: str) -> Role | None:
    """What words of a text say a change does; None where none says it, or one that it rises and another that it falls."""
    said = {word.text for word in words_of(text)}
    found = [
        role
        for role in (Role.FALLS, Role.RISES)
        if not said.isdisjoint(every_word(role)) or any(sign in text for sign in every_word(role, spaced=False))
    ]
    return found[0] if len(found) == 1 else None
