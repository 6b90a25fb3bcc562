"""Whether a text that chooses a letter says in words that another option is what the question asks for."""

from __future__ import annotations

import re
from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.glue import BECAUSE, EQUALS
from rewardkit.verifiers.choice.inverted import is_inverted
from rewardkit.verifiers.choice.options import Options
from rewardkit.verifiers.choice.reading import named, said_in
from rewardkit.verifiers.choice.restated import put_in
from rewardkit.verifiers.choice.texts import peel

__all__ = ["gainsaid"]

LIMIT = 400  # characters; a longer text reasons, and may say on its way what it does not hold in the end
_CLAUSE = re.compile(r"[.;,!\n，。；]+(?=\s|$)|[，。；]")
_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(
    {"the", "a", "an", "of", "in", "on", "at", "to", "is", "are", "was", "were", "which", "what", "who", "that", "for"}
)
_SUPERLATIVE = re.compile(r"\bthe\s+(?:\w+\s+)?(?:\w{2,}est|most\s+\w+)\b", re.IGNORECASE)


@lru_cache(maxsize=1)
@first_use
def _claim() -> re.Pattern[str]:
    """A clause that says that one thing is another, perhaps as a reason."""
    reason, equates = BECAUSE, EQUALS
    return re.compile(rf"\s*(?:{reason}\s+)?(.{{1,120}}?)\s+{equates}\s+(.{{1,120}}?)\s*", re.DOTALL)


def gainsaid(text: str, letter: str, options: Options, prompt: str) -> bool:
    """Whether a short text says "Earth is the largest planet" of another option, in the question's words, and not of its own.

    A question for what is not so is left alone, since a true sentence of another option gainsays nothing there.
    """
    if not options.telling or len(text) > LIMIT:
        return False
    contradicted = any(other != letter for other, _ in put_in(text, options, prompt)) or _is_claimed(
        text, letter, options, prompt
    )
    return contradicted and not said_in(peel(text), options.texts.get(letter, "")) and not is_inverted(prompt, options)


def _is_claimed(text: str, letter: str, options: Options, prompt: str) -> bool:
    """Whether a clause says of another option what is true of one alone."""
    if _SUPERLATIVE.search(text) is None:
        return False
    asked = frozenset(word.casefold() for word in _WORD.findall(prompt)) - _SMALL
    claims = [found for clause in _CLAUSE.split(text) if "?" not in clause and (found := _claim().fullmatch(clause))]
    return any(
        _asks(said, asked) and len(same := named(subject, options)) == 1 and letter not in same
        for claim in claims
        for subject, said in ((claim[1], claim[2]), (claim[2], claim[1]))
    )


def _asks(said: str, asked: frozenset[str]) -> bool:
    """Whether what is said of an option is true of one alone, "the largest planet", and in the question's own words."""
    words = {word.casefold() for word in _WORD.findall(said)} - _SMALL
    return _SUPERLATIVE.search(said) is not None and words <= asked
