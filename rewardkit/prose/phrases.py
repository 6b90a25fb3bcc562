"""The rows of `phrases.toml`, and the pattern and the heads that are built from each phrase.

A row's words are written in a small notation: `(a|b)` one of, `[a]` may be left out, `…` up to eighty characters of the clause,
`#` a number, `¤` the beginning of a value, `§` what ends a label, `¶` the end of a clause, `▸` what a value must follow, `◂` what
a capital letter alone must follow, `_` any word, `a*` a word that begins so; anything else stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from itertools import groupby
from typing import NamedTuple

from rewardkit.first_use import first_use
from rewardkit.prose.tables import read_table

__all__ = [
    "SPECIAL",
    "WORD",
    "Item",
    "Meaning",
    "Opening",
    "Phrases",
    "Reach",
    "Row",
    "Side",
    "every_phrase",
    "is_sign",
    "is_unspaced",
    "items_of",
    "openings_of",
    "pattern_of",
    "phrases",
    "rows",
]


class Meaning(str, Enum):
    """What a phrase says of a value, as the head of `phrases.toml` explains."""

    DENIES = "denies"
    RETRACTS = "retracts"
    ASKS = "asks"
    SUPPOSES = "supposes"
    COMPARES = "compares"
    HEDGES = "hedges"
    NAMES = "names"
    REPORTS = "reports"
    DOUBTS = "doubts"
    QUALIFIES = "qualifies"
    ANNOUNCES = "announces"
    CHOOSES = "chooses"
    CORRECTS = "corrects"
    JUDGES_RIGHT = "judges right"
    JUDGES_WRONG = "judges wrong"
    AFFIRMS = "affirms"
    CONFIRMS = "confirms"
    TURNS = "turns"
    JOINS = "joins"
    OR = "or"
    FILLS = "fills"
    LABELS = "labels"
    MISLABELS = "mislabels"
    ALL = "all"
    OPTION = "option"
    INVERTS = "inverts"
    CARRIES = "carries"
    SETTLES = "settles"
    CONCLUDES = "concludes"
    LESSENS = "lessens"
    SPEAKS = "speaks"
    PASSES = "passes"
    PARTS = "parts"
    LEADS = "leads"
    FIGURES = "figures"
    EQUATES = "equates"
    DATES = "dates"
    SPANS = "spans"
    BOUNDS = "bounds"
    ERA = "era"
    EXTENDS = "extends"
    MINUS = "minus"
    CHECKS = "checks"
    REMARKS = "remarks"
    GIVES = "gives"
    GRADES = "grades"
    ARTICLE = "article"
    OPENS = "opens"
    INTERJECTS = "interjects"
    WHETHER = "whether"
    SHARES = "shares"


class Side(str, Enum):
    """Where a phrase stands, seen from the value."""

    BEFORE = "before"
    BEHIND = "behind"


class Reach(str, Enum):
    """How far from the value a phrase may stand."""

    ADJACENT = "adjacent"
    TOUCHING = "touching"
    CLAUSE = "clause"
    SENTENCE = "sentence"
    NEXT = "next"
    END = "end"


@dataclass(frozen=True)
class Row:
    """One kind of phrase in one language."""

    meaning: Meaning
    side: Side
    reach: Reach
    language: str
    words: tuple[str, ...]
    example: str
    counter: str

    @property
    def alternatives(self) -> Iterator[str]:
        """Every phrase of the row, one by one."""
        return every_phrase(self.words)


WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Scripts that put no space between words.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef]")
_ITEM = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|(\S+)")
SPECIAL = {
    "…": r"[^.;!?。！？；\n]{0,80}?",
    "#": r"[-−+$€£]?\d[\d.,]*",
    "¤": r"[-−+$€£({*\"“'\[]{0,3}(?:\d|\\(?!\])|(?-i:[A-ZÀ-ÞА-Я])|[½¼¾⅓⅔π√])",
    "§": r"[:.)\]=—–-]",
    "¶": r"(?=\s*(?:[.,;:!?。，、！；：—–)-]|$))",
    "▸": r"(?=\s*[*_]{0,3}(?:[$\\\d(（\[]|(?-i:[A-ZＡ-Ｚ](?![a-z]))))",
    "◂": r"(?=\s*[*_]{0,3}[(（\[]?(?-i:[A-ZＡ-Ｚ])[)）\]]?[*_]{0,3}(?:です|だ|이다|입니다)?[^\S\n]*(?:[.,;!。，、；！\n]|$))",
    "_": r"[\w'’.-]+",
}


def split_phrases(words: str) -> list[str]:
    """`a|(b|c) d` into `a` and `(b|c) d`."""
    parts, depth = [""], 0
    for char in words:
        depth += (char in "([") - (char in ")]")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip()]


def every_phrase(words: Iterable[str]) -> Iterator[str]:
    """The phrases of the words of a table's row, one by one."""
    return (phrase for one in words for phrase in split_phrases(one))


class Item(NamedTuple):
    """One item of a phrase: its alternatives, and whether it may be left out."""

    parts: tuple[str, ...]
    optional: bool


def items_of(phrase: str) -> list[Item]:
    """The items of a phrase, in order."""
    found = []
    for choices, optional, plain in _ITEM.findall(phrase):
        parts = (plain,) if plain else tuple(part for part in (choices or optional).split("|") if part)
        found.append(Item(parts, bool(optional)))
    return found


def is_unspaced(phrase: str) -> bool:
    """Whether a phrase is of a script that puts no space between words."""
    return _UNSPACED.search(phrase) is not None


def is_sign(part: str) -> bool:
    """Whether a part needs no space around it."""
    return part in ("…", "§", "¶", "▸", "◂") or not (part[0].isalnum() or part in SPECIAL)


def pattern_of(phrase: str, *, dressed: bool = False) -> str:
    """The pattern of one phrase of the notation; `dressed` allows Markdown and quotes between its words, and no line break."""
    spaced = not is_unspaced(phrase)
    near = r"[*_\"'’]{0,3}[^\S\n]*[*_]{0,3}" if dressed else r"\s*"
    space = near if not spaced else r"[*_\"'’]{0,3}[^\S\n]+[*_]{0,3}" if dressed else r"\s+"
    built, loose, opened = "", True, False
    for item in items_of(phrase):
        if not opened and item.optional:
            built += f"(?:(?:{'|'.join(_bounded(part, spaced) for part in item.parts)}){space})?"
            continue
        parts = [(near if not opened or loose or is_sign(part) else space) + _bounded(part, spaced) for part in item.parts]
        body = f"(?:{'|'.join(parts)})" if opened else f"(?:{'|'.join(_bounded(part, spaced) for part in item.parts)})"
        built += f"{body}?" if item.optional else body
        if not item.optional:
            opened, loose = True, all(map(is_sign, item.parts))
    return built


def _bounded(words: str, spaced: bool) -> str:
    """Plain words as a pattern that begins and ends with a word, where the script has spaces."""
    pieces = []
    for word in words.split():
        stem = word.endswith("*") and len(word) > 1
        plain = re.escape(word[:-1] if stem else word).replace("'", "['’]") + (r"\w*" if stem else "")
        pieces.append(SPECIAL.get(word, plain))
    body = r"\s+".join(pieces)
    if not spaced:
        return body
    return (r"(?<!\w)" if words[0].isalnum() else "") + body + (r"(?!\w)" if words[-1].isalnum() else "")


class Opening(NamedTuple):
    """How a text that a phrase finds begins, in small letters: its first word or sign, and the words of which one comes next.

    `next_words` is None where any may come.
    """

    head: str
    next_words: frozenset[str] | None


def openings_of(phrase: str) -> tuple[Opening, ...]:
    """The ways in which what the phrase finds may begin, apart from items that may be left out."""
    items = items_of(phrase)
    at = next((place for place, item in enumerate(items) if not item.optional), len(items))
    found = []
    for part in items[at].parts if at < len(items) else ():
        head, *rest = part.lower().split()
        spaced = not is_unspaced(phrase) and not head.endswith("*")
        found.append(Opening(head.rstrip("*"), _next_words(rest, items[at + 1 :]) if spaced else None))
    return tuple(found)


def _next_words(rest: Sequence[str], items: Sequence[Item]) -> frozenset[str] | None:
    """The first words of what comes next; None where that is not known or may be nothing."""
    words: set[str] = set()
    for parts, optional in [((" ".join(rest),), False)] if rest else [(item.parts, item.optional) for item in items]:
        for part in parts:
            first = WORD.match(part.lower())
            if first is None or part.split()[0].endswith("*") or part in SPECIAL:
                return None
            words.add(first[0])
        if not optional:
            return frozenset(words)
    return None


def _is_plain(phrase: str) -> bool:
    """Whether a phrase is one word of a script with spaces, without signs of the notation."""
    return phrase.isalpha() and not is_unspaced(phrase)


class Phrases:
    """Phrases of one kind as one pattern, for places that are known."""

    def __init__(self, found: Sequence[Row]) -> None:
        self.rows = tuple(found)

    def __bool__(self) -> bool:
        return bool(self.rows)

    @cached_property
    @first_use
    def source(self) -> str:
        """The pattern of all of them; plain words that stand side by side share their bounds."""
        every = (phrase for row in self.rows for phrase in row.alternatives)
        return "|".join(
            rf"(?<!\w)(?:{'|'.join(map(re.escape, group))})(?!\w)" if plain else "|".join(map(pattern_of, group))
            for plain, group in groupby(every, _is_plain)
        )


@lru_cache(maxsize=1)
@first_use
def rows() -> tuple[Row, ...]:
    """The table, read once."""
    table = read_table("phrases.toml")
    return tuple(
        Row(
            Meaning(row["meaning"]), Side(row["side"]), Reach(row["reach"]), row["language"],
            tuple(row["words"]), row["example"], row["counter"],
        )
        for row in table["phrase"]
    )  # fmt: skip


def phrases(meaning: Meaning, side: Side, reach: Reach) -> Phrases:
    """The phrases of one meaning, side and reach; false where there are none."""
    return Phrases([row for row in rows() if (row.meaning, row.side, row.reach) == (meaning, side, reach)])
