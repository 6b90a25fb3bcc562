"""Whether a number is a factor where a percentage is asked for: what grows 25 times has not grown by 25 %."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.carriers import folded
from rewardkit.question import Question
from rewardkit.question.asks import Field
from rewardkit.question.counted import last_place
from rewardkit.question.small_words import UNSPACED, Role, codes, small_words

__all__ = ["is_factor"]

TAIL = 2_000  # characters of a text in which its number stands
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PERCENT = re.compile(r"%|\bpercent\b")
_BEHIND = re.compile(r"[\s$*}]{0,3}[-‐‑]?(?:([^\W\d_]+)|([×x])(?!\s?\d))")


def is_factor(question: Question, text: str, answer: str, references: Sequence[str]) -> bool:
    """Whether the answer's number multiplies where the text gives it last, and a percentage is asked for."""
    number = _NUMBER.search(answer)
    if number is None or "%" in answer or not _multiplies(text[-TAIL:], number[0]):
        return False
    return any(map(_PERCENT.search, references)) or question.has(Field.PERCENT)


def _multiplies(text: str, number: str) -> bool:
    """Whether a word or sign that multiplies stands behind the last place of a number."""
    place = last_place(text, number)
    behind = _BEHIND.match(text, place + len(number)) if place >= 0 else None
    if behind is None:
        return False
    word = behind[2] or folded(behind[1])
    return word in _words() or word[0] in _signs()


@lru_cache(maxsize=1)
@first_use
def _words() -> frozenset[str]:
    return frozenset().union(*(small_words(Role.FACTOR, code) for code in codes()))


@lru_cache(maxsize=1)
@first_use
def _signs() -> frozenset[str]:
    """The words of scripts without spaces, one character each."""
    return frozenset().union(*(small_words(Role.FACTOR, code) for code in UNSPACED))
