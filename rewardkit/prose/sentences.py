"""Where the sentence around a value begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rewardkit.prose.glue import BECAUSE, BUT, INTERJECTION, OPENING

__all__ = ["QUESTION_MARKS", "REACH", "sentence_before", "sentence_behind", "sentences"]

QUESTION_MARKS = frozenset("?？؟")
# Longer sentences are looked at no further from the value than this.
REACH = 240

# The class in front lets a search jump from sign to sign; that a line follows is seen before lines are taken, so that none is
# tried anew where a text ends in empty ones.
_END = re.compile(r"[.!?…。！？；؟।۔\n](?:(?<=[.!?…])[.!?…]*[\"'”’)*_\]]{0,3}(?=\s|$)|(?<=[。！？；؟।۔])|(?<=\n)(?=\s*\S)\n*)")
# A point behind one of these ends no sentence.
_ABBREVIATED = re.compile(r"(?:\b(?:Dr|Mr|Ms|Mrs|St|vs|cf|Eq|Fig|approx|no|i\.e|e\.g|etc)|(?:^|[\s.])[A-Z])$")
# A word that opens a sentence and is no name behind an initial: "Tom says D. He is wrong"
_OPENS = "|".join([OPENING, BECAUSE, INTERJECTION, BUT])
_OPENER = re.compile(rf"\s+(?=[A-Z])(?i:{_OPENS}|no\b|not\b)")
_DRESS = re.compile(r"[\s$\\\[\](){}*_`>#-]*")


def _ends(text: str, begin: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Where sentences end between two places, and with which signs."""
    end = begin + len(text[begin:end].rstrip())  # behind which none begins
    for found in _END.finditer(text, begin, end):
        if _is_end(text, found, begin):
            yield found.start(), found.end(), found[0]


def _is_end(text: str, sign: re.Match[str], value: int) -> bool:
    return sign[0][0] != "." or not _is_abbreviation(text, sign, value)


def _is_abbreviation(text: str, point: re.Match[str], value: int) -> bool:
    """Whether a point stands behind an abbreviation or an initial; behind a value that is a letter a sentence may end."""
    if not _ABBREVIATED.search(text, max(0, point.start() - 8), point.start()):
        return False
    if _OPENER.match(text, point.end()) and text[point.start() - 1].isupper():
        return False
    return point.start() != value or text[point.end() : point.end() + 8].lstrip()[:1].islower()


def sentence_before(text: str, begin: int) -> str:
    """The sentence of a text as far as it stands before `begin`; with the line above where that one leads on to it."""
    start = max(0, begin - REACH)
    for found in reversed(list(_END.finditer(text, start, begin))):
        # Where nothing but dress stands between the line above and the value, that line leads on to it.
        leads_on = found[0][0] == "\n" and _DRESS.fullmatch(text, found.end(), begin) is not None
        if not leads_on and _is_end(text, found, start):
            return text[found.end() : begin]
    return text[start:begin]


def sentence_behind(text: str, end: int) -> tuple[str, str, str]:
    """The rest of the sentence behind `end`, its closing sign, and the beginning of what follows."""
    stop = min(len(text), end + REACH)
    for at, after, sign in _ends(text, end, stop):
        if sign[0] == "\n" and _DRESS.fullmatch(text, end, at) is not None and after < stop and text[after] in "$\\})]":
            continue  # the end of a formula on lines of its own
        return text[end:at], sign, text[after : after + REACH]
    return text[end:stop], "", ""


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Where each sentence of a text begins, and the sentence with its closing sign."""
    begin = 0
    for _, after, _ in _ends(text, 0, len(text)):
        yield begin, text[begin:after]
        begin = after
    if begin < len(text):
        yield begin, text[begin:]
