"""How far a text's letters speak for chance and against any language in Latin script.

Each letter has a surprise after the two before it, counted over words and names of many languages (`words/letters.txt`). What
chance would need for the same letters is taken off: every letter of the alphabet alike, and a length. The rest is a logarithm of
a likelihood ratio in bits, so words add up: a short word proves little, several do.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

__all__ = ["ALPHABET", "LIMIT_BITS", "evidence", "plain"]

TABLE = Path(__file__).parent / "words" / "letters.txt"
ALPHABET = "^abcdefghijklmnopqrstuvwxyz"  # ^ is the border of a word

LIMIT_BITS = 8.0
"""Above it letters are gibberish. Of words that no source of the table has, one in 400 to one in 5,000 is above, by length."""

LETTER_BITS, LENGTH_BITS = 5.0, 2.5  # what chance needs for a letter and going on, and for the end
ABBREVIATION = 3  # letters of a word that may stand for others, and one more where none is a vowel: btw, html
ABBREVIATION_BITS = 0.85  # the most that each of its letters speaks for chance: three such words may be honest, four are not
VOWELS = frozenset("aeiouy")

# Letters that no mark is taken off to give a plain one.
_PLAIN = str.maketrans({"ı": "i", "ł": "l", "ß": "ss", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


def plain(word: str) -> str:
    """A word of Latin letters in small ones without marks; empty for another script."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word.casefold().translate(_PLAIN)) if not unicodedata.combining(c))
    return bare if bare.isascii() and bare.isalpha() else ""


def evidence(words: Sequence[str]) -> float:
    """Bits for chance, summed over words as `plain` gives them; below 0 for most real words."""
    return sum(map(_evidence, words))


@lru_cache(maxsize=8192)
def _evidence(word: str) -> float:
    text, table = f"^^{word}^", _table()
    bits = sum(table[text[end - 2 : end + 1]] for end in range(2, len(text))) - len(word) * LETTER_BITS - LENGTH_BITS
    short = len(word) <= ABBREVIATION + VOWELS.isdisjoint(word)
    return min(bits, ABBREVIATION_BITS * len(word)) if short else bits


@lru_cache(maxsize=1)
def _table() -> dict[str, float]:
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {
        a + b + c: int(digit, 36) / 2
        for a, row in zip(ALPHABET, rows, strict=True)
        for b, group in zip(ALPHABET, row.split(), strict=True)
        for c, digit in zip(ALPHABET, group, strict=True)
    }
