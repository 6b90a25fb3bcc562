"""Answers that a completion takes back at its very end, as in "The answer is 5. Wait, no: 6.".

The last sentence is a completion's last word only where it says that it corrects: an opening such as "wait", "sorry"
or "correction", and then either a value and nothing else, or that what was said is wrong.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rewardkit.extract.statement import Method, Reason, Statement, tidy
from rewardkit.first_use import first_use
from rewardkit.prose.glue import INSTEAD, any_of
from rewardkit.prose.lexicon import Lexicon, lowered
from rewardkit.prose.phrases import Meaning, Reach, Side, phrases

__all__ = ["correction", "last_word"]

# A correction is short; what is longer is reasoning, which ends with an answer of its own.
_REACH = 240
_BOX = 40  # characters of a short box
_GAP = r"[\s,.:;!…—–，。：；！-]*"
_CLOSERS = " \t\r\n.!。！)*\"'"
_VALUE = re.compile(
    r"[$\\(\[]{0,3}\s*[-−+]?\s*(?:\\?[$€£¥]\s?)?\.?\d[^\s]*(?:\s+[^\W\d_]+){0,2}|\$[^$]+\$|\\\(.+\\\)"
    r"|[*(\[]{0,3}(?:(?:option|choice|answer|选项|选)\s?)?[*(\[]{0,3}[A-Za-zＡ-Ｚ][*)\]]{0,3}",
    re.IGNORECASE,
)
# A name or a word or two, where the text says that a value comes: no article, no judgement of what was said.
_WORDS = re.compile(r"(?!an?\b|not\b|the (?:same|one)\b)[^\W\d_][\w'’.-]*(?:\s+[\w'’.-]+){0,2}", re.IGNORECASE)


class _Patterns(NamedTuple):
    opened: re.Pattern[str]
    subject: re.Pattern[str]
    wrong: re.Pattern[str]
    affirms: re.Pattern[str]
    announces: re.Pattern[str]
    joins: re.Pattern[str]


@lru_cache(maxsize=1)
@first_use
def _patterns() -> _Patterns:
    opens = phrases(Meaning.CORRECTS, Side.BEFORE, Reach.TOUCHING)
    retracts = phrases(Meaning.RETRACTS, Side.BEFORE, Reach.TOUCHING).source
    opening = rf"(?:(?:{retracts}){_GAP})?(?:{opens.source}){_GAP}(?:(?:{opens.source}|{retracts}){_GAP}){{0,3}}"
    return _Patterns(
        re.compile(rf"(?<=[\s(.,。，…—–!！?？]){opening}", re.IGNORECASE),
        re.compile(rf"{any_of(Meaning.ANNOUNCES, reach=Reach.CLAUSE)}[:\s]*", re.IGNORECASE),
        re.compile(rf"{any_of(Meaning.RETRACTS, Side.BEHIND, Reach.TOUCHING)}\W*$", re.IGNORECASE),
        re.compile(any_of(Meaning.CONFIRMS, Side.BEHIND, Reach.TOUCHING), re.IGNORECASE),
        re.compile(rf"[:：]\s*$|{any_of(Meaning.CORRECTS, reach=Reach.CLAUSE)}\W*$", re.IGNORECASE),
        re.compile(rf"\s*,?\s+{INSTEAD}\s+", re.IGNORECASE),
    )


@lru_cache(maxsize=1)
@first_use
def _heads() -> Lexicon[Meaning]:
    opens = phrases(Meaning.CORRECTS, Side.BEFORE, Reach.TOUCHING).rows
    return Lexicon([*opens, *phrases(Meaning.RETRACTS, Side.BEFORE, Reach.TOUCHING).rows], lambda row: row.meaning)


def _last_opening(text: str, start: int, end: int) -> re.Match[str] | None:
    """The last opening of a correction, looked for where a phrase of one begins."""
    tail = text[start:end]
    opened, behind = None, start
    for place in sorted({hit.begin + start for hit in _heads().hits(tail, None, lowered(tail))}):
        if place >= behind and (found := _patterns().opened.match(text, place, end)):
            opened, behind = found, found.end()
    return opened


def last_word(text: str) -> str:
    """What stands behind the opening of a correction that ends the text ("Paris. Actually, London."); else the text."""
    opened = _last_opening(text, max(0, len(text) - _REACH), len(text))
    return text[opened.end() :] if opened is not None and text[: opened.start()].strip() else text


def correction(text: str) -> Statement | None:
    """The value of a correction that ends the text; no answer when the end only takes the answer back."""
    if text.rstrip()[-1:] in ("}", "$", ">"):
        return None
    end = len(text.rstrip(_CLOSERS))
    box = text.rfind("boxed{", max(0, end - _BOX), end)
    if box >= 0 and (close := text.find("}", box, end)) >= 0 and close + 1 >= len(text[:end].rstrip("$")):
        return None  # the last box is the last word
    opened, patterns = _last_opening(text, max(0, end - _REACH), end), _patterns()
    if opened is None or not text[: opened.start()].strip():
        return None
    subject = patterns.subject.match(text, opened.end(), end)
    value = tidy(text[subject.end() if subject else opened.end() : end])
    if not value:
        return Statement(None, Method.CORRECTION, Reason.NO_ANSWER) if patterns.wrong.search(opened[0]) else None
    offered = tuple(patterns.joins.split(value))
    if len(set(offered)) > 1 and all(map(_VALUE.fullmatch, offered)):
        return Statement(None, Method.CORRECTION, Reason.AMBIGUOUS, offered)  # "No wait, 41 or 42."
    told = subject or patterns.announces.search(opened[0])
    named = _VALUE.fullmatch(value) or (told and _WORDS.fullmatch(value) and not patterns.affirms.search(value))
    return Statement(value, Method.CORRECTION) if named else None
