"""What a sentence puts forward among its numbers: the one in bold, or the one that a remark in brackets follows.

"It rose by **10 percent** between the two years" gives 10, and "the GCD is 42 (their LCM is 252)" gives 42, though neither number
is the last. A remark that corrects, offers another value or goes on reckoning is no remark.
"""

from __future__ import annotations

import re

from rewardkit.prose.glue import BUT, GIVES, INSTEAD, PERHAPS, SO, any_of
from rewardkit.prose.meanings import turning_in
from rewardkit.prose.phrases import Meaning, Reach
from rewardkit.prose.stance import Stance, stance

__all__ = ["put_forward"]

_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*\n]{1,60}?)(?<=\S)\1(?!\w)")
_REMARK = re.compile(r"(?<=\S)\s[(（]([^()（）\n]{0,120}[^\W\d_]{2}[^()（）\n]{0,120})[)）][.!。*\s]*$")
_DIGIT = re.compile(r"\d")
_GOES_ON = re.compile(
    rf"(?:(?<!\w)(?:{BUT}|{SO}|{GIVES}|{PERHAPS}|{INSTEAD}|{any_of(Meaning.CORRECTS, reach=Reach.TOUCHING)})(?!\w)|[=≈→?？])",
    re.IGNORECASE,
)


def put_forward(sentence: str) -> int | None:
    """Where the number that a sentence puts forward ends; None where it is simply the last, or what follows is no remark."""
    bold = [found for found in _BOLD.finditer(sentence) if _DIGIT.search(found[2])]
    if len(bold) == 1:
        begin, end = bold[0].span(2)
        return bold[0].end() if _is_remark(sentence, begin, end, sentence[bold[0].end() :]) else None
    remark = _REMARK.search(sentence)
    if remark is None or bold:
        return None
    digits = list(_DIGIT.finditer(sentence, 0, remark.start()))
    if not digits or sentence.count(" ", digits[-1].end(), remark.start()) > 1:
        return None
    return remark.start() if _is_remark(sentence, digits[-1].start(), remark.start(), remark[1]) else None


def _is_remark(sentence: str, begin: int, end: int, rest: str) -> bool:
    """Whether the rest of a sentence has a number, and leaves the value before it as it stands."""
    if _DIGIT.search(rest) is None and not any(map(str.isalpha, rest)):
        return False
    return stance(sentence, begin, end) is Stance.STATED and _GOES_ON.search(rest) is None and not turning_in(rest)
