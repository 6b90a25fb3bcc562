"""Whether a number is a factor where a percentage is asked for: what grows 25 times has not grown by 25 %."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewardkit.prose.carriers import folded
from rewardkit.question import Question
from rewardkit.question.asks import Field
from rewardkit.question.counted import last_place
from rewardkit.question.small_words import Role, every_word

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
    return word in every_word(Role.FACTOR) or word[0] in every_word(Role.FACTOR, spaced=False)
