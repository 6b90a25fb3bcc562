"""What a prompt asks for, read once for all of its completions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

__all__ = ["Question", "read_question", "stem"]

# A longer prompt is a document with a question behind it.
TAIL = 20_000
KEPT = 512  # questions, since the completions of a group share theirs

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Question:
    """A prompt's text, and what is read in it when it is asked for."""

    text: str

    @cached_property
    def words(self) -> frozenset[str]:
        """The prompt's own words, as stems."""
        return frozenset(map(stem, _WORD.findall(self.text)))

    def names(self, word: str) -> bool:
        """Whether the prompt has the word, in the singular or plural."""
        return stem(word) in self.words


@lru_cache(maxsize=KEPT)
def read_question(text: str) -> Question:
    """What a prompt's text asks for; of a longer text than 20,000 characters the end is read."""
    return Question(text[-TAIL:])


def stem(word: str) -> str:
    """A word in small letters without a plural's ending."""
    word = word.casefold()
    for ending, kept in (("ies", "y"), ("es", ""), ("s", "")):
        if len(word) > len(ending) + 2 and word.endswith(ending) and not word.endswith("ss"):
            return word[: -len(ending)] + kept
    return word
