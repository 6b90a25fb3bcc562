"""Whether a text names an option first in a list that it goes on to call wrong: "Oxygen, nitrogen and helium are all wrong"."""

from __future__ import annotations

import re
from functools import lru_cache

from rewardkit.prose.phrases import Meaning, Reach, Side, phrases
from rewardkit.verifiers.choice.options import Options

__all__ = ["is_called_wrong"]

TAIL = 4_000  # characters at the end of a text that are looked at
_ENDS = re.compile(r"[.!?。！？\n]+")
_JOINT = r"\s*(?:,|，|、|\b(?:and|or|nor|like|as well as|along with|together with|und|sowie|et|y|e|i|и|en|ve)\b|[和与及]|\s)*\s*"
_BEFORE = r"(?:\b(?:is|are|was|were|all|both|also|too|clearly|simply|sind|alle|sont|son|sono|são|zijn)\b\s*|,\s*|都|均)*"
_NOUN = r"(?:(?:the|both|options?|choices?|answers?|letters?)\s+)*"


@lru_cache(maxsize=1)
def _wrong() -> str:
    return phrases(Meaning.JUDGES_WRONG, Side.BEHIND, Reach.END).source


@lru_cache(maxsize=256)
def _called_wrong(letter: str, texts: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """A sentence that begins with the option, has nothing but options behind it, and calls them wrong."""
    names = {label: rf"(?:(?-i:(?<![A-Za-z]){label}(?![A-Za-z]))|{re.escape(text)})" if text else label for label, text in texts}
    item = "|".join(names.values())
    return re.compile(rf"\W*{_NOUN}{names[letter]}(?:{_JOINT}{_NOUN}(?:{item}))*\s*{_BEFORE}(?:{_wrong()})", re.IGNORECASE)


def is_called_wrong(text: str, letter: str, options: Options) -> bool:
    """Whether a sentence begins with an option, alone or before others, and calls all of them wrong."""
    if letter not in options.texts:
        return False
    pattern = _called_wrong(letter, tuple((label, said.strip()[:80]) for label, said in options.texts.items()))
    return any(pattern.match(sentence.strip()) for sentence in _ENDS.split(text[-TAIL:]))
