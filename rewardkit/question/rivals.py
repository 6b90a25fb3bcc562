"""Whether a short answer speaks of a rival of what the question asks for: of the median where the mean is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.sentences import sentence_before, sentence_behind
from rewardkit.prose.tables import read_table
from rewardkit.question import Question

__all__ = ["Rivals", "rivals", "speaks_of_a_rival"]

SHORT = 200  # characters; a longer text may come by its rivals on the way
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Rivals:
    """Groups of words of which one is asked for, with an answer to another question and one to this."""

    groups: tuple[frozenset[str], ...]
    question: str
    example: str
    counter: str


@lru_cache(maxsize=1)
@first_use
def rivals() -> tuple[Rivals, ...]:
    """The table, read once."""
    return tuple(
        Rivals(
            tuple(frozenset(group.split()) for group in row["words"].split("|")), row["question"], row["example"], row["counter"]
        )
        for row in read_table("rivals.toml", __package__)["rivals"]
    )


def _groups(words: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(group.split()) for group in words.split("|"))


@lru_cache(maxsize=1)
@first_use
def _places() -> Mapping[str, tuple[tuple[int, int], ...]]:
    """In which rows and groups a word stands."""
    found: dict[str, list[tuple[int, int]]] = {}
    for row, one in enumerate(rivals()):
        for group, words in enumerate(one.groups):
            for word in words:
                found.setdefault(word, []).append((row, group))
    return {word: tuple(places) for word, places in found.items()}


def speaks_of_a_rival(question: Question, text: str, answer: str) -> bool:
    """Whether the sentence of a short text that gives the answer has a rival of the question's word, and not that word."""
    if len(text) > SHORT:
        return False
    at = text.rfind(answer)
    end = at + len(answer)
    sentence = text if at < 0 else f"{sentence_before(text, at)} {sentence_behind(text, end)[0]}"
    said = set(_standing(sentence))
    if not said:
        return False
    asked = set(_standing(question.text))
    for row in {row for row, _ in said}:
        wanted = {group for one, group in asked if one == row}
        given = {group for one, group in said if one == row}
        if len(wanted) == 1 and given.isdisjoint(wanted):
            return True
    return False


def _standing(text: str) -> Iterator[tuple[int, int]]:
    places = _places()
    for word in _WORD.findall(text.casefold()):
        yield from places.get(word, ())
