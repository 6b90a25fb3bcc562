"""Which phrases of one meaning a text has, wherever in it they stand."""

from __future__ import annotations

from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.lexicon import Lexicon, lowered, placed_words
from rewardkit.prose.phrases import Meaning, Reach, Side, phrases

__all__ = ["last_begin", "opens_with", "phrases_in", "turning_in"]

FIRST = 2  # words of a text by which a phrase at its beginning is found
NEAR = 12  # characters, of scripts without spaces
_DRESS = " \t\n([*_-–—→"


@lru_cache(maxsize=len(Meaning))
@first_use
def _lexicon(meaning: Meaning, reach: Reach) -> Lexicon[Meaning]:
    return Lexicon(phrases(meaning, Side.BEFORE, reach).rows, lambda row: row.meaning)


def phrases_in(text: str, meaning: Meaning, reach: Reach) -> set[str]:
    """The phrases of a meaning that a text has, in small letters."""
    low = lowered(text)
    return {low[hit.begin : hit.end] for hit in _lexicon(meaning, reach).hits(text, None, low)}


@lru_cache(maxsize=1)
@first_use
def _turning() -> Lexicon[Meaning]:
    every = [phrases(meaning, Side.BEFORE, Reach.SENTENCE) for meaning in (Meaning.LESSENS, Meaning.INVERTS)]
    return Lexicon([row for found in every for row in found.rows], lambda row: row.meaning)


def turning_in(text: str) -> set[str]:
    """The phrases by which a text says less, or something else, than its words would without them, in small letters."""
    low = lowered(text)
    return {low[hit.begin : hit.end] for hit in _turning().hits(text, None, low)}


def last_begin(text: str, meaning: Meaning, reach: Reach) -> int | None:
    """Where the last phrase of a meaning begins in a text; None where it has none."""
    low = lowered(text)
    return max((hit.begin for hit in _lexicon(meaning, reach).hits(text, None, low)), default=None)


def opens_with(text: str, meaning: Meaning) -> bool:
    """Whether a text begins with a phrase of a meaning, signs of dress aside."""
    at = len(text) - len(text.lstrip(_DRESS))
    low = lowered(text)
    head = placed_words(low, FIRST)
    return next(_lexicon(meaning, Reach.NEXT).openings(text, at, head, low, at + NEAR), None) is not None
