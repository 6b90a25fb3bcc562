"""What a prompt asks for, read once for all of its completions."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Question", "read_question", "stem"]

# A longer prompt is a document with a question behind it.
TAIL = 20_000
KEPT = 512  # questions, since the completions of a group share theirs

_WORD = re.compile(r"[^\W\d_]+")


class Question(NamedTuple):
    """A prompt's own words, as stems."""

    text: str
    words: frozenset[str]

    def names(self, word: str) -> bool:
        """Whether the prompt has the word, in the singular or plural."""
        return stem(word) in self.words


def read_question(text: str) -> Question:
    """What a prompt's text asks for; of a longer text than 20,000 characters the end is read."""
    return _read(text[-TAIL:])


@lru_cache(maxsize=KEPT)
def _read(text: str) -> Question:
    return Question(text, frozenset(map(stem, _WORD.findall(text))))


def stem(word: str) -> str:
    """A word in small letters without a plural's ending."""
    word = word.casefold()
    for ending, kept in (("ies", "y"), ("es", ""), ("s", "")):
        if len(word) > len(ending) + 2 and word.endswith(ending) and not word.endswith("ss"):
            return word[: -len(ending)] + kept
    return word
