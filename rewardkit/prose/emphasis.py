"""What a sentence puts forward among its numbers: the one in bold, or the one that a remark follows.

"It rose by **10 percent** between the two years" gives 10, "the GCD is 42 (their LCM is 252)" gives 42, and "it fell by 4.3
points, from 9.6 to 5.3" gives 4.3, though none of these numbers is the last. What corrects, offers another value or goes on
reckoning is no remark. A sentence that is a remark as a whole, "(In a circle it would be 24.)" or "*Note: …*", puts nothing
forward.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rewardkit.first_use import first_use
from rewardkit.prose.glue import BUT, GIVES, INSTEAD, PERHAPS, SO, THROUGH, any_of
from rewardkit.prose.meanings import opens_with, turning_in
from rewardkit.prose.phrases import Meaning, Reach, Side
from rewardkit.prose.stance import Stance, stance

__all__ = ["is_aside", "put_forward"]

_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*\n]{1,60}?)(?<=\S)\1(?!\w)")
_REMARK = re.compile(r"(?<=\S)\s[(（]([^()（）\n]{0,120}[^\W\d_]{2}[^()（）\n]{0,120})[)）][.!。*\s]*$")
_AMOUNT = r"\S{0,3}\d[\d.,]*(?<=\d)\S{0,2}(?:\s[^\W\d_]{1,12})?"
_WHOLE = re.compile(r"\s*(?:[(（][^()（）]*[)）][.!。]?|\*(?!\*)[^*\n]+(?<!\*)\*(?!\*)|_(?!_)[^_\n]+_)\s*")
_DIGIT = re.compile(r"\d")


class _Patterns(NamedTuple):
    """From where to where something changed; what turns to another value; that, or what goes on; what takes an answer back."""

    span: re.Pattern[str]
    turns: re.Pattern[str]
    goes_on: re.Pattern[str]
    wrong: re.Pattern[str]


@lru_cache(maxsize=1)
@first_use
def _patterns() -> _Patterns:
    turns = rf"(?<!\w)(?:{BUT}|{PERHAPS}|{INSTEAD}|{any_of(Meaning.CORRECTS, reach=Reach.TOUCHING)})(?!\w)|[?？]"
    on = rf"\W*(?:(?:which|that|it|this|so)\W+)?(?:(?:{SO}|{GIVES})(?!\w)|[=≈→])"
    judges, retracts = any_of(Meaning.JUDGES_WRONG, Side.BEHIND, Reach.END), any_of(Meaning.RETRACTS, Side.BEHIND, Reach.TOUCHING)
    return _Patterns(
        re.compile(rf",?\s(?:{any_of(Meaning.SPANS)})\s{_AMOUNT}\s{THROUGH}\s{_AMOUNT}[.!*\s]*$", re.IGNORECASE),
        re.compile(turns, re.IGNORECASE),
        re.compile(rf"{turns}|^{on}", re.IGNORECASE),
        re.compile(rf"(?<![^\W_])(?:{judges}|{retracts})", re.IGNORECASE),
    )


def put_forward(sentence: str) -> int | None:
    """Where the number that a sentence puts forward ends; None where it is simply the last, or what follows is no remark."""
    bold = [found for found in _BOLD.finditer(sentence) if _DIGIT.search(found[2])]
    if len(bold) == 1:
        begin, end = bold[0].span(2)
        return bold[0].end() if _leaves(sentence, begin, end, sentence[bold[0].end() :]) else None
    remark = _REMARK.search(sentence) or _patterns().span.search(sentence)
    if remark is None or bold:
        return None
    digits = list(_DIGIT.finditer(sentence, 0, remark.start()))
    if not digits or sentence.count(" ", digits[-1].end(), remark.start()) > 2:
        return None
    return remark.start() if _leaves(sentence, digits[-1].start(), remark.start(), remark[0].strip(" (（")) else None


def is_aside(sentence: str) -> bool:
    """Whether a sentence as a whole is a remark beside the answer: in brackets, in italics, or one that is called a note."""
    whole = _WHOLE.fullmatch(sentence) is not None or opens_with(sentence, Meaning.REMARKS)
    return whole and _patterns().turns.search(sentence) is None and _patterns().wrong.search(sentence) is None


def _leaves(sentence: str, begin: int, end: int, rest: str) -> bool:
    """Whether the rest of a sentence says something, and leaves the value before it as it stands."""
    if not any(map(str.isalnum, rest)):
        return False
    return stance(sentence, begin, end) is Stance.STATED and _patterns().goes_on.search(rest) is None and not turning_in(rest)
