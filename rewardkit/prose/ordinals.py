"""Places in a list by their words: "the second one", "der letzte", 第三个; `ordinals.toml` has the words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rewardkit.answers.notation.foreign_numbers import in_numerals
from rewardkit.answers.notation.number_words import spell_out
from rewardkit.first_use import first_use
from rewardkit.prose.lexicon import Lexicon, lowered
from rewardkit.prose.phrases import every_phrase, pattern_of
from rewardkit.prose.tables import read_table

__all__ = ["Place", "PlaceRow", "counted", "is_list", "place_rows", "places", "without_list"]

Where = int | str
MOST = 26  # options
_NUMBER = re.compile(r"\s*(?:\d{1,2}(?!\d|[.,]\d)|[^\W\d_]+)")


@dataclass(frozen=True)
class PlaceRow:
    """Words for one place: from 1, from the end as -1, or "middle", "former", "latter" and "rest"."""

    at: Where
    words: tuple[str, ...]
    example: str
    counter: str

    @property
    def alternatives(self) -> Iterator[str]:
        """Every phrase of the row, one by one."""
        return every_phrase(self.words)


class Place(NamedTuple):
    """A place that a text names, where its words begin and end, and whether it is told by a number: "number two"."""

    at: Where
    begin: int
    end: int
    numbered: bool = False


@lru_cache(maxsize=1)
@first_use
def place_rows() -> tuple[PlaceRow, ...]:
    """The table of places, read once."""
    table = read_table("ordinals.toml")
    return tuple(PlaceRow(row["at"], tuple(row["words"]), row["example"], row["counter"]) for row in table["place"])


@lru_cache(maxsize=1)
@first_use
def _lexicon() -> Lexicon[Where]:
    return Lexicon(place_rows(), lambda row: row.at)


@lru_cache(maxsize=2)
@first_use
def _heads(kind: str) -> Lexicon[Where]:
    """The phrases of such a pattern by their first words: a quick look, as few texts have one."""
    rows = [PlaceRow(kind, tuple(row["words"]), row["example"], row["counter"]) for row in read_table("ordinals.toml")[kind]]
    return Lexicon(rows, lambda row: row.at)


@lru_cache(maxsize=3)
@first_use
def _built(kind: str) -> re.Pattern[str]:
    """A pattern of what may be counted ("noun"), of the list that it is of, or of what stands before its number."""
    phrases = [phrase for row in read_table("ordinals.toml")[kind] for phrase in every_phrase(row["words"])]
    built = "|".join(pattern_of(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?:{built})" if kind == "number" else rf"[\s,]*(?:{built})", re.IGNORECASE)


def places(text: str) -> Sequence[Place]:
    """The places that a text names, in order; of those that overlap the longest: "second to last" and not "second"."""
    low = lowered(text)
    hits = sorted(_lexicon().hits(text, None, low), key=lambda hit: (hit.begin - hit.end, hit.begin))
    kept: list[Place] = []
    for hit in hits:
        if all(hit.end <= one.begin or one.end <= hit.begin for one in kept):
            kept.append(Place(hit.key, hit.begin, hit.end))
    numbered = _numbered(text) if _heads("number").may_hold(low) else ()
    return sorted([*kept, *numbered], key=lambda place: place.begin)


def _numbered(text: str) -> Iterator[Place]:
    """The places that are told by their number: "number two"."""
    for found in _built("number").finditer(text):
        number = _NUMBER.match(text, found.end())
        said = number[0].strip() if number else ""
        digits = said if said.isdecimal() else spell_out(said) if said else ""
        digits = digits if digits.isdecimal() else in_numerals(said) or "" if said else ""
        if number and digits.isdecimal() and 0 < int(digits) <= MOST:
            yield Place(int(digits), found.start(), number.end(), True)


def counted(text: str, at: int) -> tuple[bool, int]:
    """Whether a noun for an option stands at a place of a text, and where it and the list that it is of end."""
    found = _built("noun").match(text, at)
    end = found.end() if found else at
    behind = _built("list").match(text, end)
    return found is not None or behind is not None, behind.end() if behind else end


def is_list(text: str) -> bool:
    """Whether a text says of which list something is, and nothing else: "Of the four,"."""
    found = _built("list").match(text)
    return found is not None and not text[found.end() :].strip(" ,:")


def without_list(text: str) -> str:
    """A text without what says of which list something is: "the prime in the list is"."""
    low = lowered(text)
    return _built("list").sub(" ", text) if _heads("list").may_hold(low) else text
