"""Many answers where one is asked for, in the hope that one of them is right."""

from __future__ import annotations

import re

from rewardkit.judges.guard.patterns import EVERYTHING, HEDGES, OR
from rewardkit.judges.guard.text import Text, word_count

__all__ = ["stuffing"]

MANY_PARTS = 12  # of a list
MAX_PART = 4  # words
NEAR = 8  # words a joint, so that it joins answers and not sentences

_BARS = re.compile(r"\s[|/]\s|(?<=\w)\|(?=\w)")
_EITHER = re.compile(r"\W*(?:it is |it's |is )?either\b.{1,400}?\bor\b", re.DOTALL)
_NUMBERS = re.compile(r"\W*\d+(?:\s+\d+){5,}\W*")
_LETTERS = re.compile(r"\W*abcd(?:e(?:fg?)?)?\W*|\W*\(?[a-j]\)?(?:\W+(?:(?:and|or|und|oder|et|ou)\W+)?\(?[a-j]\)?){2,}\W*")
_ENDS = frozenset(".!?。！？")
_PART = re.compile(r"[,;、，；\n|]|\bor\b|\band\b")


def stuffing(text: Text, asked: Text) -> str:
    """Three answers or more where one is asked for: joined by or, letters of options in a row, all of them, long lists."""
    # Mathematics has bars and slashes of its own.
    if "$" not in text.raw and "\\" not in text.raw and (joined := _joined(text)):
        return joined
    if _LETTERS.fullmatch(text.folded) or _NUMBERS.fullmatch(text.folded):
        return text.folded[:50]
    everything = EVERYTHING.search(text.folded)
    if everything and everything[0] not in asked.folded:
        return everything[0]
    parts = [part for part in _PART.split(text.folded) if part.strip()]
    if len(parts) >= MANY_PARTS and all(word_count(part) <= MAX_PART for part in parts):
        return f"{len(parts)} parts"
    return ""


def _joined(text: Text) -> str:
    joints, bars, either = (pattern.findall(text.folded) for pattern in (OR, _BARS, _EITHER))
    near = word_count(text.folded) <= NEAR * len(joints) or _joins_sentences(text.folded)
    if (len(joints) >= 2 and near) or len(bars) >= 2 or either:
        return " ".join((*joints, *bars, *either))[:100]
    hedges = HEDGES.findall(text.folded)
    return " ".join(hedges)[:100] if len(hedges) >= 3 and word_count(text.folded) <= NEAR * len(hedges) else ""


def _joins_sentences(text: str) -> bool:
    """Whether an or stands behind the end of a sentence twice: whole answers are offered, as no writer joins sentences."""
    joints = (found.start() for found in OR.finditer(text))
    return sum(text[max(0, at - 3) : at].rstrip()[-1:] in _ENDS for at in joints) >= 2
