"""Whether a text names an option first in a list that it goes on to call wrong: "Oxygen, nitrogen and helium are all wrong"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.lexicon import Lexicon, lowered, placed_words
from rewardkit.prose.phrases import Meaning, Reach, Side, phrases
from rewardkit.verifiers.choice.options import Options

__all__ = ["is_called_wrong"]

TAIL = 4_000  # characters at the end of a text that are looked at
SHOWN = 80  # characters of an option's text
_ENDS = re.compile(r"[.!?。！？\n]+")
_JOINT = r"\s*(?:,|，|、|\b(?:and|or|nor|like|as well as|along with|together with|und|sowie|et|y|e|i|и|en|ve)\b|[和与及]|\s)*\s*"
_BEFORE = r"(?:\b(?:is|are|was|were|all|both|also|too|clearly|simply|sind|alle|sont|son|sono|são|zijn)\b\s*|,\s*|都|均)*"
_NOUN = r"(?:(?:the|both|options?|choices?|answers?|letters?)\s+)*"
_HEAD = re.compile(rf"\W*{_NOUN}", re.IGNORECASE)


@lru_cache(maxsize=1)
@first_use
def _wrong() -> Lexicon[Meaning]:
    return Lexicon(phrases(Meaning.JUDGES_WRONG, Side.BEHIND, Reach.END).rows, lambda row: row.meaning)


def _name(label: str, text: str) -> str:
    return rf"(?:(?-i:(?<![A-Za-z]){label}(?![A-Za-z]))|{re.escape(text)})" if text else label


@lru_cache(maxsize=1)
@first_use
def _judgement() -> re.Pattern[str]:
    return re.compile(phrases(Meaning.JUDGES_WRONG, Side.BEHIND, Reach.END).source, re.IGNORECASE)


def _options_before(letter: str, texts: Mapping[str, str]) -> re.Pattern[str]:
    """What begins with the option and has nothing but options behind it."""
    names = {label: _name(label, text) for label, text in texts.items()}
    item = "|".join(names.values())
    return re.compile(rf"\W*{_NOUN}{names[letter]}(?:{_JOINT}{_NOUN}(?:{item}))*\s*{_BEFORE}", re.IGNORECASE)


def _calls_wrong(sentence: str, named: re.Pattern[str]) -> bool:
    """Whether a sentence calls wrong what it begins with, and nothing stands between."""
    at = 0
    while wrong := _judgement().search(sentence, at):
        if named.fullmatch(sentence, 0, wrong.start()):
            return True
        at = wrong.start() + 1
    return False


def _may_be(sentence: str, label: str, text: str) -> bool:
    """Whether a sentence may begin with the option and call something wrong: few do, and only they are looked at."""
    head = _HEAD.match(sentence)
    end = head.end() if head else 0
    if not any([name.casefold() in sentence[: end + len(name)].casefold() for name in (label, text)]):
        return False
    low = lowered(sentence)
    return next(_wrong().hits(sentence, placed_words(low), low), None) is not None


def is_called_wrong(text: str, letter: str, options: Options) -> bool:
    """Whether a sentence begins with an option, alone or before others, and calls all of them wrong."""
    if letter not in options.texts:
        return False
    texts = {label: said.strip()[:SHOWN] for label, said in options.texts.items()}
    sentences = [said for part in _ENDS.split(text[-TAIL:]) if _may_be(said := part.strip(), letter, texts[letter])]
    named = _options_before(letter, texts) if sentences else None
    return named is not None and any(_calls_wrong(said, named) for said in sentences)
