"""Whole numbers in words of many languages, as an answer alone or before a unit: `sechzehn`, `doce metros`, `двадцать один`.

The table beside this file is made by `tools/tables/number_words.py` out of num2words, for 0 to 1000 in twenty-two languages; a
word of scale may follow. English and Chinese numerals have files of their own. `Sei`, `Elf` and `once` are names and words as
well, so only the answer to a question for a number is read in this way, and never a reference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from rewardkit.answers.units import is_unit_word, multiplier
from rewardkit.first_use import first_use

__all__ = ["ONLY_AT_END", "in_numerals", "is_number_word", "known_codes", "may_begin", "squashed"]

ONLY_AT_END = "~"
"""The mark of a word that is a number only as the end of a longer one, as it is another word when it stands alone."""

MAX_LENGTH = 60  # characters
MAX_WORDS = 7
KEPT = 16_384  # words
HEAD = 3  # letters by which words are told from number words
_PARTS = re.compile(r"[\s\u200c\u00ad‐‑-]+")
_RIM = "\"'“”„«»()*_.!。"


Words = dict[str, int]


class _Table(NamedTuple):
    """The numbers of words, and by its first letter how a longer number may begin, with its hundreds and the words behind."""

    words: Words
    beginnings: dict[str, list[tuple[str, int, Words]]]


def squashed(words: str) -> str:
    """Words in small letters with nothing between them, as some write them together and others not."""
    text = unicodedata.normalize("NFC", words).casefold().replace("’", "'")
    return _PARTS.sub("", text)


@lru_cache(maxsize=1)
@first_use
def _tables() -> dict[str | None, _Table]:
    """The table of each language, and under None that of all of them."""
    lines = files(__package__).joinpath("number_words.tsv").read_text(encoding="utf-8").splitlines()
    tables: dict[str | None, _Table] = {None: _Table({}, {})}
    for code, small, hundreds, beginnings in (line.split("\t") for line in lines):
        words = dict(_numbered(small, 0, 1))
        tables[code] = _Table({}, {})
        for table in (tables[None], tables[code]):
            table.words.update(words)
            table.words.update(_numbered(hundreds, 100, 100))
            for beginning, value in _numbered(beginnings, 100, 100):
                table.beginnings.setdefault(beginning[0], []).append((beginning, value, words))
    return tables


@lru_cache(maxsize=1)
@first_use
def known_codes() -> frozenset[str]:
    """The languages of the table, by ISO 639-1."""
    return frozenset(code for code in _tables() if code)


@lru_cache(maxsize=KEPT)
def is_number_word(word: str) -> bool:
    """Whether a word in small letters is a number above zero in some language, or the beginning of one."""
    table = _tables()[None]
    if (value := table.words.get(word)) is not None:
        return value > 0
    return any(word.startswith(beginning) for beginning, _, _ in table.beginnings.get(word[:1], ()))


@lru_cache(maxsize=32)
@first_use
def _heads(code: str | None) -> tuple[frozenset[str], frozenset[str]]:
    """The first letters of all numbers of a language, one to `HEAD` of them, and the beginnings that have fewer."""
    words, beginnings = _tables()[code]
    starts = {beginning for found in beginnings.values() for beginning, _, _ in found}
    heads = frozenset(word[:size] for word in {*words, *starts} for size in range(1, HEAD + 1))
    return heads, frozenset(start for start in starts if len(start) < HEAD)


@lru_cache(maxsize=KEPT)
def may_begin(word: str, code: str | None) -> bool:
    """A quick look: whether a number in words of a language, or of any, may begin with a word."""
    head = squashed(word)[:HEAD]
    heads, short = _heads(code)
    return head in heads or any(head[:size] in short for size in range(1, HEAD))


def _numbered(column: str, first: int, step: int) -> Iterator[tuple[str, int]]:
    for place, cell in enumerate(column.split("|")):
        for word in cell.split(","):
            if word:
                yield word, first + place * step


def _value(word: str, code: str | None) -> int | None:
    """The number of words written together; None for other words, and where two languages say two numbers by them."""
    table = _tables()[code]
    if (value := table.words.get(word)) is not None:
        return value
    found: set[int] = set()
    for beginning, hundreds, words in table.beginnings.get(word[:1], ()):
        if word.startswith(beginning):
            end = word[len(beginning) :]
            rest = words.get(end) or words.get(ONLY_AT_END + end)
            found |= {hundreds + rest} if rest else set()
    return found.pop() if len(found) == 1 else None


def in_numerals(text: str, code: str | None = None) -> str | None:
    """The text with digits for the number words that it is, or begins with before a unit; None for any other text.

    The words of one language of the table, by its code, or of any.
    """
    text = text.strip().strip(_RIM).strip()
    if len(text) > MAX_LENGTH or not text[:1].isalpha():
        return None
    words = text.split()
    if len(words) > MAX_WORDS:
        return None
    for count in range(len(words), 0, -1):
        scale = multiplier(words[count]) if count < len(words) else None
        unit = " ".join(words[count if scale is None else count + 1 :])
        if unit and not is_unit_word(unit):
            continue
        if (value := _value(squashed(" ".join(words[:count])), code)) is not None:
            return f"{value * (scale or 1)} {unit}".strip()
    return None
