"""Whether a text speaks of answering and says nothing else, in any of 49 languages.

`words/languages/` has a file a language with two parts: `concepts`, the closed field of answering, solving, explaining and
thinking (`stem*` stands for up to ten letters more, `_` joins the words of a phrase), and `small`, the words that may stand
beside them and say nothing there. A text announces when one language has all of its words and one of them is a concept, or when
every word is a concept, whatever its language. Each language is a bit, so that all are looked up at once.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["announces", "concepts", "tokens"]

FOLDER = Path(__file__).parent / "words" / "languages"
MIXED = 1  # the bit of concepts whatever their language
ENDING = 10  # letters that may follow a stem

# Scripts that are written without spaces, or whose words are run together with small ones: each letter is a token.
_LETTERS = "\u0e01-\u0e3a\u0e40-\u0e4e\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff\uac00-\ud7a3"
# Vowels of the scripts of India stand as marks on letters and are no word characters to `re`.
_WORD = re.compile(f"[{_LETTERS}]|(?:[^\\W_{_LETTERS}]|[\u0900-\u0d7f](?<![\u0964\u0965\u0970]))+")
# Accents, and the points of Hebrew and Arabic: many leave them out.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u0655\u0670]")


class _Table(NamedTuple):
    words: dict[str, tuple[int, int]]  # the languages in which it is a concept, and in which a small word
    stems: dict[str, int]
    longest: dict[str, int]  # the tokens of the longest phrase that begins with this one


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """The words in small letters without accents; of scripts without spaces the single letters."""
    return tuple(_WORD.findall(_folded(text)))


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold().replace("ı", "i")
    return text if text.isascii() else unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


def announces(words: tuple[str, ...]) -> bool:
    """Whether these tokens speak of answering alone."""
    longest = _table().longest
    silent, spoken = [0] * (len(words) + 1), [0] * (len(words) + 1)  # languages that reach this place without and with a concept
    silent[0], furthest = -1, 0
    for start, word in enumerate(words):
        if start > furthest:
            return False
        before, after = silent[start], spoken[start]
        if not before | after:
            continue
        for end in range(start + 1, min(len(words), start + longest.get(word, 1)) + 1):
            concept, small = _languages(" ".join(words[start:end]))
            silent[end] |= before & small
            spoken[end] |= (after & (concept | small)) | (before & concept)
            if silent[end] | spoken[end]:
                furthest = max(furthest, end)
    return spoken[-1] != 0


def concepts(words: tuple[str, ...]) -> list[str]:
    """The concepts among these tokens; phrases are joined by spaces."""
    longest = _table().longest
    spans = ((start, end) for start, word in enumerate(words) for end in range(start + 1, start + longest.get(word, 1) + 1))
    return [unit for start, end in spans if end <= len(words) and _languages(unit := " ".join(words[start:end]))[0]]


@lru_cache(maxsize=8192)
def _languages(unit: str) -> tuple[int, int]:
    table = _table()
    concept, small = table.words.get(unit, (0, 0))
    for end in range(max(2, unit.rfind(" ") + 2, len(unit) - ENDING), len(unit) + 1):
        concept |= table.stems.get(unit[:end], 0)
    return concept, small


@lru_cache(maxsize=1)
def _table() -> _Table:
    table = _Table({}, {}, {})
    for place, path in enumerate(sorted(FOLDER.glob("*.txt")), 1):
        bits = 0
        for line in _folded(path.read_text(encoding="utf-8")).splitlines():
            if line.startswith("# "):
                bits = 1 << place | MIXED if line == "# concepts" else 0
            else:
                for entry in line.split():
                    _add(table, entry, bits, 1 << place)
    return table


def _add(table: _Table, entry: str, concept: int, small: int) -> None:
    words = tuple(_WORD.findall(entry.replace("_", " ")))
    unit = " ".join(words)
    if entry.endswith("*"):
        table.stems[unit] = table.stems.get(unit, 0) | concept
    else:
        known = table.words.get(unit, (0, 0))
        table.words[unit] = known[0] | concept, known[1] | (0 if concept else small)
    table.longest[words[0]] = max(table.longest.get(words[0], 1), len(words))
