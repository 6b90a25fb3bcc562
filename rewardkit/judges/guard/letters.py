"""How far a text's letters speak for chance and against any language of their script, Latin or Cyrillic.

Each letter has a surprise after the two before it, counted over words and names of many languages (`words/letters/`). What
chance would need for the same letters is taken off: every letter of the alphabet alike, and a length. The rest is a logarithm of
a likelihood ratio in bits, so words add up: a short word proves little, several do.
"""

from __future__ import annotations

import math
import unicodedata
from functools import lru_cache
from pathlib import Path

__all__ = ["ALPHABETS", "LIMIT_BITS", "VOWELS", "evidence", "plain"]

FOLDER = Path(__file__).parent / "words" / "letters"
ALPHABETS = {
    "latin": "^abcdefghijklmnopqrstuvwxyz",
    "cyrillic": "^абвгдежзиклмнопрстуфхцчшщъыьэюяєі",
}
"""Letters in their order; ^ is the border of a word."""

LIMIT_BITS = 10.0
"""Above it letters are gibberish: one in 1,000 words of 5 letters that no source of the table has, one in 10,000 of 10."""

GOING_ON_BITS, END_BITS = 0.3, 2.5  # what chance needs for one letter more, besides the letter, and for the end
ABBREVIATION = 3  # letters of a word that may stand for others, and one more where none is a vowel: btw, html
ABBREVIATION_BITS = 0.85  # the most that each of its letters speaks for chance: three such words may be honest, four are not
_LETTERS = {script: frozenset(alphabet[1:]) for script, alphabet in ALPHABETS.items()}
VOWELS = frozenset("aeiouyаеиоуыэюяєі")

# Letters that no mark is taken off to give a plain one.
_PLAIN = str.maketrans({"ı": "i", "ł": "l", "ß": "ss", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


def plain(word: str) -> str:
    """A word in small letters without marks; empty for one that is not of one script with a table."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word.casefold().translate(_PLAIN)) if not unicodedata.combining(c))
    return bare if _alphabet(bare) else ""


@lru_cache(maxsize=8192)
def evidence(word: str) -> float:
    """Bits for chance of a word as `plain` gives it; below 0 for most real words."""
    text, script = f"^^{word}^", _alphabet(word)
    table, chance = _table(script), math.log2(len(ALPHABETS[script]) - 1) + GOING_ON_BITS
    bits = sum(table[text[end - 2 : end + 1]] for end in range(2, len(text))) - len(word) * chance - END_BITS
    short = len(word) <= ABBREVIATION + VOWELS.isdisjoint(word)
    return min(bits, ABBREVIATION_BITS * len(word)) if short else bits


def _alphabet(word: str) -> str:
    """The script that has all the letters of a word; empty where none has."""
    return next((script for script, alphabet in _LETTERS.items() if alphabet.issuperset(word)), "")


@lru_cache(maxsize=len(ALPHABETS))
def _table(script: str) -> dict[str, float]:
    text, alphabet = (FOLDER / f"{script}.txt").read_text(encoding="utf-8"), ALPHABETS[script]
    rows = [line for line in text.splitlines() if not line.startswith("#")]
    return {
        a + b + c: int(digit, 36) / 2
        for a, row in zip(alphabet, rows, strict=True)
        for b, group in zip(alphabet, row.split(), strict=True)
        for c, digit in zip(alphabet, group, strict=True)
    }
