"""Whether a text names an option first in a list that it goes on to call wrong: "Oxygen, nitrogen and helium are all wrong"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.lexicon import Lexicon, lowered
from rewardkit.prose.phrases import Meaning, Reach, Side, phrases
from rewardkit.verifiers.choice.options import Options

__all__ = ["is_called_wrong"]

TAIL = 4_000  # characters at the end of a text that are looked at
KEPT = 64  # options, as the completions of a group share theirs
SHOWN = 80  # characters of an option's text
_ENDS = re.compile(r"[.!?。！？\n]+")
_JOINT = r"\s*(?:,|，|、|\b(?:and|or|nor|like|as well as|along with|together with|und|sowie|et|y|e|i|и|en|ve)\b|[和与及]|\s)*\s*"
_BEFORE = r"(?:\b(?:is|are|was|were|all|both|also|too|clearly|simply|sind|alle|sont|son|sono|são|zijn)\b\s*|,\s*|都|均)*"
_NOUN = r"(?:(?:the|both|options?|choices?|answers?|letters?)\s+)*"
_WORD = re.compile(r"[^\W_]+")
# The plain words of the three.
_LINKS = frozenset(
    word
    for words in (
        "and or nor like as well along together with und sowie et y e i en ve is are was were all both also too clearly simply",
        "sind alle sont son sono zijn the option options choice choices answer answers letter letters",
    )
    for word in words.split()
)
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


@lru_cache(maxsize=KEPT)
def _options_before(letter: str, texts: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """What begins with the option and has nothing but options behind it."""
    names = {label: _name(label, text) for label, text in texts}
    item = "|".join(names.values())
    return re.compile(rf"\W*{_NOUN}{names[letter]}(?:{_JOINT}{_NOUN}(?:{item}))*\s*{_BEFORE}", re.IGNORECASE)


def _calls_wrong(sentence: str, letter: str, texts: tuple[tuple[str, str], ...]) -> bool:
    """Whether a sentence calls wrong what it begins with, and nothing stands between."""
    at = 0
    while wrong := _judgement().search(sentence, at):
        head = sentence[: wrong.start()]
        if _are_names(head, texts) and _options_before(letter, texts).fullmatch(head):
            return True
        at = wrong.start() + 1
    return False


def _are_names(head: str, texts: tuple[tuple[str, str], ...]) -> bool:
    """A quick look: whether all words of a text are those of options and what joins them."""
    if not head.isascii():
        return True
    said = set(_WORD.findall(head.casefold()))
    return (said - _LINKS).issubset(word for label, text in texts for word in _WORD.findall(f"{label} {text}".casefold()))


def _may_begin_with(sentence: str, names: Sequence[str]) -> bool:
    """A quick look: whether a sentence may begin with one of the names of an option, in folded letters."""
    head = _HEAD.match(sentence)
    end = head.end() if head else 0
    return any([name in sentence[: end + len(name)].casefold() for name in names])


def _may_call_wrong(sentence: str) -> bool:
    """A quick look: whether a sentence may call something wrong."""
    return next(_wrong().hits(sentence, None, lowered(sentence)), None) is not None


def is_called_wrong(text: str, letter: str, options: Options) -> bool:
    """Whether a sentence begins with an option, alone or before others, and calls all of them wrong."""
    if letter not in options.texts or not _wrong().may_hold(lowered(text[-TAIL:])):
        return False
    texts = {label: said.strip()[:SHOWN] for label, said in options.texts.items()}
    names = letter.casefold(), texts[letter].casefold()
    sentences = [said for part in _ENDS.split(text[-TAIL:]) if _may_begin_with(said := part.strip(), names)]
    return any(_may_call_wrong(said) and _calls_wrong(said, letter, tuple(texts.items())) for said in sentences)
