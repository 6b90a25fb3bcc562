"""The phrases of `asks.toml`: how a question says what it asks for, found in one pass over its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from rewardkit.first_use import first_use
from rewardkit.prose.lexicon import Lexicon, lowered, placed_words
from rewardkit.prose.phrases import every_phrase
from rewardkit.prose.tables import read_table

__all__ = ["Cue", "Field", "Row", "cues_in", "number_at", "polar_openings", "rows"]

_TOKEN = re.compile(r"[^\W_]+")
_ENDING = re.compile(r"\d{1,2}$|[\u3400-\u9fff]$")
NEAR = 24  # characters before a phrase in which its number stands


class Field(str, Enum):
    """What a phrase asks for, as the head of `asks.toml` explains."""

    MEASURE = "measure"
    DEMAND = "demand"
    COUNT_OF = "count of"
    PERCENT = "percent"
    SHARE = "share"
    DECIMALS = "decimals"
    SIGNIFICANT = "significant"
    STEP = "step"
    CENT = "cent"
    NEAREST = "nearest"
    ROUNDS = "rounds"
    SEVERAL = "several"
    ORDER = "order"
    POLAR = "polar"
    LETTER = "letter"
    TIME = "time"
    JSON = "json"
    BOXED = "boxed"
    BETWEEN = "between"
    ASKS = "asks"
    SHOWS = "shows"
    UNKNOWN = "unknown"
    TURNS = "turns"
    LOSS = "loss"
    CHANGE = "change"


@dataclass(frozen=True)
class Row:
    """One kind of phrase in one language; `value` is what it gives where its words alone do not say."""

    field: Field
    value: str
    language: str
    words: tuple[str, ...]
    example: str
    counter: str

    @property
    def alternatives(self) -> Iterator[str]:
        """Every phrase of the row, one by one."""
        return every_phrase(self.words)


class Cue(NamedTuple):
    """A phrase in a question: what it asks for, and where it begins and ends."""

    field: Field
    value: str
    begin: int
    end: int


@lru_cache(maxsize=1)
@first_use
def rows() -> tuple[Row, ...]:
    """The table, read once."""
    return tuple(
        Row(Field(row["field"]), row.get("value", ""), row["language"], tuple(row["words"]), row["example"], row["counter"])
        for row in read_table("asks.toml", __package__)["ask"]
    )


@lru_cache(maxsize=1)
@first_use
def _numbers() -> Mapping[str, int]:
    table = read_table("asks.toml", __package__)["numbers"]
    return {word: int(value) for value, words in table.items() for word in words.split("|")}


@lru_cache(maxsize=1)
@first_use
def polar_openings() -> frozenset[str]:
    """The words that open a question of yes or no."""
    return frozenset(word for words in read_table("asks.toml", __package__)["openings"].values() for word in words.split("|"))


@lru_cache(maxsize=1)
@first_use
def _lexicon() -> Lexicon[tuple[Field, str]]:
    return Lexicon(rows(), lambda row: (row.field, row.value))


def cues_in(text: str) -> tuple[Cue, ...]:
    """Every phrase of a question, in order."""
    low = lowered(text)
    found = {Cue(*hit.key, hit.begin, hit.end) for hit in _lexicon().hits(text, placed_words(low), low)}
    return tuple(sorted(found, key=lambda cue: (cue.begin, -cue.end)))


def number_at(text: str, cue: Cue) -> int | None:
    """The last number that a phrase holds, in digits or as a word, or else the word right before it; None where there is none."""
    inside = [value for word in _TOKEN.findall(text[cue.begin : cue.end]) if (value := _number(word)) is not None]
    signs = [value for sign in text[cue.begin : cue.end] if not sign.isascii() and (value := _number(sign)) is not None]
    if inside or signs:
        return (inside or signs)[-1]
    before = _TOKEN.findall(text[max(0, cue.begin - NEAR) : cue.begin])
    if not before:
        return None
    ending = _ENDING.search(before[-1])  # the numeral at the end of words without spaces
    return _number(before[-1]) or (_number(ending[0]) if ending else None)


def _number(word: str) -> int | None:
    if word.isdecimal() and len(word) <= 2:
        return int(word)
    return _numbers().get(word.casefold())
