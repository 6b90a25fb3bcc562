"""Which letter a question asks for, and whether an answer gives the value of another: "x = 6" where y is asked."""

from __future__ import annotations

import re

from rewardkit.question import Question
from rewardkit.question.asks import Field

__all__ = ["names_another_unknown"]

_LETTER = re.compile(
    r"\s*(?:\$|\\\()?\s*([A-Za-z])\s*(?:\$|\\\))?\s*(?=[?.,;:\n]|$|(?:if|when|where|given|such|so|in|for|as|to|correct)\b)"
)
_GIVES = re.compile(r"(?:\$|\\\(|\\\[)?\s*([A-Za-z])\s*=(?!=)[^=]*")


def names_another_unknown(question: Question, answer: str) -> bool:
    """Whether an answer gives a value to one letter, and the question asks only for others."""
    given = _GIVES.fullmatch(answer)
    if given is None:
        return False
    places = (_LETTER.match(question.text, cue.end) for cue in question.cues if cue.field is Field.UNKNOWN)
    asked = {found[1] for found in places if found}
    return bool(asked) and given[1] not in asked
