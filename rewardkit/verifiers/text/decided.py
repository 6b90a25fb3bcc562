"""Which of two values, yes and no or the like, a completion states: in a word, or by saying again what is asked."""

from __future__ import annotations

import re
from typing import Any

from rewardkit.extract import Method, Statement
from rewardkit.prose.affirmed import affirmed
from rewardkit.prose.asked import read_asked
from rewardkit.prose.pairs import Pair, said, settled
from rewardkit.prose.repeated import Repeated, repeated, speaks_of
from rewardkit.prose.sentences import sentences
from rewardkit.prose.stance import Stance, stance
from rewardkit.types import Verdict

__all__ = ["bears", "one_of_two"]

TAIL = 4_000  # characters at the end of a text in which it says again what is asked
_FIRST_WORDS = ("yes", "no")
_FIRST = re.compile(r"^([^\W\d_]+)[\s,.:;!—–-]*")


def one_of_two(pair: Pair, values: set[bool], found: Statement, visible: str, asked: str, info: dict[str, Any]) -> Verdict | None:
    """The verdict by which of the two values the completion states, in a word or by saying again what is asked."""
    text = found.text or ""
    stated = settled(text, pair, brief=True) if found.marked else None
    places = said(visible, pair)
    others = {place.value for place in places}
    taken_back = len(others) > 1 and (stated is None or places[-1].value is not stated)
    if taken_back and found.method is not Method.CORRECTION:
        return Verdict.scored(0.0, "ambiguous", **info | {"extracted": visible[:2000]})
    if stated is None and len(others) == 1:
        stated = places[-1].value
    again = _said_again(text if found.marked else visible, asked) if asked else None
    if stated is None and again is not None and again.concludes:
        stated = again.value
    if stated is None:
        return None
    if again is not None and again.value is not stated:
        return Verdict.scored(0.0, "ambiguous", **info | {"extracted": visible[:2000]})
    word = "yes" if stated else "no"
    return Verdict.scored(float(stated in values), **{**info, "extracted": word})


def bears(visible: str, asked: str) -> bool:
    """Whether the last sentence of a text may answer a question of yes or no, as it states something of what that asks."""
    told = _told(visible)
    return bool(told and asked) and speaks_of(read_asked(asked), told[-1]) and _is_meant(told[-1])


def _told(text: str) -> list[str]:
    """The sentences at the end of a text."""
    return [sentence.strip() for _, sentence in sentences(text[-TAIL:]) if sentence.strip()]


def _is_meant(sentence: str) -> bool:
    """Whether a sentence states something, or denies it."""
    how = stance(sentence, len(sentence), len(sentence))
    return not sentence.endswith(("?", "？")) and (how.offers or how is Stance.DENIED)


def _said_again(text: str, asked: str) -> Repeated | None:
    """What the last sentence says that is a question of yes or no said again; alone or behind its first word it concludes."""
    told = _told(text)
    if not told or not _is_meant(told[-1]):
        return None
    question, sentence = read_asked(asked), told[-1]
    first = _FIRST.match(sentence)
    if first and first[1].lower() in _FIRST_WORDS:
        sentence = sentence[first.end() :]
    alone = len(told) == 1 or (len(told) == 2 and told[0].rstrip(".!,").lower() in _FIRST_WORDS)
    value = affirmed(question.text, sentence) if alone else None
    again = Repeated(value, concludes=True) if value is not None else repeated(question, sentence)
    return again and again._replace(concludes=again.concludes or alone)
