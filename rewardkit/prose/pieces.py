"""The words, numbers and signs of a text, in the form in which a sentence is compared with its question."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rewardkit.answers.notation.number_words import spell_out
from rewardkit.prose.carriers import Language, folded

__all__ = ["ELIDED", "OWNER", "UNSPACED", "Piece", "pieces", "root", "roots_of", "same_word", "valued"]

WORDS = 16_384
STEM = 3  # letters that a stem keeps at least
LEAST = 4  # letters that two inflected forms share
ENDING = 3  # letters in which they may differ

ELIDED = r"(?:[cdjlmnst]|qu|dell|all|nell|dall|sull|un)"
"""A word that has lost its last vowel before another: "l'image"."""
# Such a word is a piece of its own.
_PIECE = re.compile(
    r"\d+(?:[.,:/]\d+)*(?:(?:st|nd|rd|th|s)(?![^\W\d_]))?%?|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
    rf"|(?<!\w){ELIDED}(?=['’]\w)|[^\W\d_]+(?:['’][^\W\d_]+)*\d*",
    re.IGNORECASE,
)
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
OWNER = re.compile(r"['’]s?$")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_VERBAL = (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", ""))


class Piece(NamedTuple):
    """A word, number or sign of a script without spaces; `gap` is what stands between it and the piece before."""

    word: str
    gap: str
    begin: int
    end: int
    capital: bool
    letters: bool  # capital letters only, as an abbreviation
    number: bool
    owns: bool


@lru_cache(maxsize=WORDS)
def root(word: str) -> str:
    """A folded word without the endings of number, tense and person."""
    for ending, kept in _VERBAL:
        if word.endswith(ending) and len(word) - len(ending) >= STEM:
            word = word[: -len(ending)] + kept
            break
        if ending == "ed" and word.endswith(ending):
            word = word[:-1]  # "used"
            break
    return word[:-1] if len(word) > STEM and word[-1] == word[-2] else word


@lru_cache(maxsize=WORDS)
def valued(word: str) -> str:
    """A word as a number where it is one."""
    ordinal = _ORDINAL.fullmatch(word)
    return f"{ordinal[1]}th" if ordinal else spell_out(word) if len(word) > 2 else word


def pieces(text: str, language: Language | None) -> list[Piece]:
    """The pieces of a text; in a script without spaces the words that carry are one piece each, and all others single signs."""
    found: list[Piece] = []
    last = 0
    spaced = UNSPACED.search(text) is None
    for match in _PIECE.finditer(text):
        begin, end = match.span()
        if begin < last:
            continue
        if not spaced and UNSPACED.match(match[0]):
            end = begin + _known(text, begin, language)
        word, capital, letters, number, owns = _read(text[begin:end])
        found.append(Piece(word, text[last:begin], begin, end, capital, letters, number, owns))
        last = end
    return found


def _known(text: str, begin: int, language: Language | None) -> int:
    longest = language.longest if language else 1
    return next((size for size in range(longest, 1, -1) if language and language.roles_of(text[begin : begin + size])), 1)


@lru_cache(maxsize=WORDS)
def _read(written: str) -> tuple[str, bool, bool, bool, bool]:
    """A word as it is compared, and whether it has a capital, only capitals, is a number, and owns what follows."""
    bare = OWNER.sub("", written)
    number = written[0].isdigit()
    word = bare.replace(",", "").lower() if number else folded(bare)
    return word, written[0].isupper(), bare.isupper(), number, bare != written


@lru_cache(maxsize=WORDS)
def roots_of(word: str) -> frozenset[str]:
    """The forms in which a word is looked for among those of a question."""
    return frozenset({root(word.rstrip("%")), root(valued(word))})


@lru_cache(maxsize=WORDS)
def same_word(one: str, other: str, *, inflected: bool = True) -> bool:
    """Whether two folded words are one but for an ending: "speaks" and "speak"; `inflected`: "stolica" and "stolicą"."""
    if one == other or (one.isascii() and root(one) == root(other)):
        return True
    if not inflected or min(len(one), len(other)) < LEAST:
        return False
    shared = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    ending = max(len(one), len(other)) - shared
    return shared >= LEAST and ending <= (ENDING + 1 if shared == min(len(one), len(other)) > LEAST else ENDING)
