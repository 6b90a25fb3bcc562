"""What remains of a sentence when the question's own words and the words that only carry are taken away.

It is found without a look at the reference, so that one sentence has one answer, whatever else it names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from typing import NamedTuple

from rewardkit.answers.notation.number_words import spell_out
from rewardkit.prose.carriers import EMPTY, Language, Role, folded, language_of, languages

__all__ = [
    "GONE",
    "KEPT_ROLES",
    "Asked",
    "Part",
    "Piece",
    "core",
    "is_abbreviation",
    "parts_of",
    "pieces",
    "read_asked",
    "root",
    "valued",
]

TAIL = 2_000  # characters of a prompt in which its question stands
KEPT = 512  # questions
WORDS = 16_384

# An elided word, as in "l'image", is a piece of its own.
# An elided word, as in "l'image", is a piece of its own.
_PIECE = re.compile(
    r"\d+(?:[.,:/]\d+)*(?:st|nd|rd|th|s)?(?![^\W\d_])%?|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
    r"|(?<!\w)(?:[cdjlmnst]|qu|dell|all|nell|dall|sull|un)(?=['’]\w)|[^\W\d_]+(?:['’][^\W\d_]+)*\d*",
    re.IGNORECASE,
)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_QUESTION = re.compile(r"[^.!?？。！\n]*[?？]")
_QUOTE = re.compile(r"[\"“”«»]")
_OPENING = re.compile(r"[\"”»].*[\"“«]")
_OWNER = re.compile(r"['’]s?$")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_VERBAL = (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", ""))
KEPT_ROLES = frozenset({Role.DENIES, Role.OR, Role.TURNS, Role.SUPPOSES})
STEM = 3  # letters that a stem keeps at least


class Part(Enum):
    """What a piece is in a sentence that may answer a question."""

    __hash__ = object.__hash__

    ASKED = "asked"
    EMPTY = "empty"
    NAME = "name"
    NUMBER = "number"
    TOLD = "told"


GONE = frozenset({Part.ASKED, Part.EMPTY})
_NONE: frozenset[Role] = frozenset()


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
    spaced = _UNSPACED.search(text) is None
    for match in _PIECE.finditer(text):
        begin, end = match.span()
        if begin < last:
            continue
        if not spaced and _UNSPACED.match(match[0]):
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
    bare = _OWNER.sub("", written)
    number = written[0].isdigit()
    word = bare.replace(",", "").lower() if number else folded(bare)
    return word, written[0].isupper(), bare.isupper(), number, bare != written


@lru_cache(maxsize=WORDS)
def _roots(word: str) -> frozenset[str]:
    """The forms in which a word is looked for among those of a question."""
    return frozenset({root(word.rstrip("%")), root(valued(word))})


@dataclass(frozen=True, eq=False)
class Asked:
    """A question's own words, taken away from what answers it."""

    text: str

    @cached_property
    def _parsed(self) -> tuple[Language | None, tuple[Piece, ...]]:
        if _UNSPACED.search(self.text) is None:
            found = tuple(pieces(self.text, None))
            return language_of(piece.word for piece in found), found
        language = language_of(piece.word for code in ("zh", "ko") for piece in pieces(self.text, languages()[code]))
        return language, tuple(pieces(self.text, language))

    @property
    def language(self) -> Language | None:
        """The language of the question."""
        return self._parsed[0]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces of the question."""
        return self._parsed[1]

    @cached_property
    def roots(self) -> frozenset[str]:
        """The question's words without endings."""
        return frozenset().union(*(_roots(piece.word) for piece in self.pieces))

    @cached_property
    def content(self) -> frozenset[str]:
        """The roots of those words that say something."""
        language = self.language
        return frozenset(root(p.word) for p in self.pieces if language is None or not language.roles_of(p.word))

    @cached_property
    def lines(self) -> frozenset[int]:
        """The lines of words that say the same in which the question has a word."""
        language = self.language
        return frozenset(line for p in self.pieces for line in (language.same.get(p.word, ()) if language else ()))

    def said_by(self, stem: str) -> frozenset[int]:
        """The lines of words that say the same as a word of the question, by its root."""
        language = self.language
        words = (piece.word for piece in self.pieces if root(piece.word) == stem)
        return frozenset(line for word in words for line in (language.same.get(word, ()) if language else ()))

    def carries(self, word: str, language: Language | None) -> bool:
        """Whether a word carries in answer to this question, as it says what a word of the question says."""
        lines = language.same.get(word) if language else None
        return lines is not None and not lines.isdisjoint(self.lines)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The question's numbers."""
        return frozenset(piece.word for piece in self.pieces if piece.number)

    @cached_property
    def several(self) -> bool:
        """Whether the question asks for more than one thing: "who … and when"."""
        language = self.language
        asks = [at for at, p in enumerate(self.pieces) if language is not None and Role.ASKS in language.roles_of(p.word)]
        return language is not None and any(at and Role.JOINS in language.roles_of(self.pieces[at - 1].word) for at in asks[1:])

    def holds(self, found: Sequence[Piece], at: int) -> bool:
        """Whether a piece is one of the question; a sign of a script without spaces together with a neighbour."""
        word = found[at].word
        if word.isascii() or not _UNSPACED.match(word):
            return not self.roots.isdisjoint(_roots(word))
        before = found[at - 1].word[-1:] if at and not found[at].gap else ""
        after = found[at + 1].word[:1] if at + 1 < len(found) and not found[at + 1].gap else ""
        return bool((before and before + word in self.text) or (after and word + after in self.text))


@lru_cache(maxsize=KEPT)
def read_asked(prompt: str) -> Asked:
    """The question of a prompt: its last sentence with a question mark, else its last line."""
    tail = prompt[-TAIL:]
    marked = _QUESTION.findall(tail)
    return Asked((marked[-1] if marked else tail.strip().rpartition("\n")[2]).strip())


def spoken(asked: Asked, text: str) -> Language | None:
    """The language of a question, or where that is too short to tell, of it and its answer."""
    if asked.language is not None:
        return asked.language
    return language_of([*(piece.word for piece in asked.pieces), *(folded(word) for word in text.split())])


def parts_of(found: Sequence[Piece], asked: Asked, language: Language | None) -> list[Part]:
    """What each piece is. What denies or stands for another answer is taken away in a quoted title of the question only."""
    parts: list[Part] = []
    quoted = _titles(found, asked)
    for at, piece in enumerate(found):
        roles = language.roles_of(piece.word) if language else _NONE
        kept = bool(roles) and at not in quoted and not KEPT_ROLES.isdisjoint(roles)
        if not kept and asked.holds(found, at):
            parts.append(Part.ASKED)
        elif not kept and (not EMPTY.isdisjoint(roles) or asked.carries(piece.word, language)):
            parts.append(Part.EMPTY)
        elif piece.number:
            parts.append(Part.NUMBER)
        else:
            parts.append(Part.NAME if piece.capital else Part.TOLD)
    if language is not None:
        _level(found, parts, language)
    return parts


def _level(found: Sequence[Piece], parts: list[Part], language: Language) -> None:
    """Empty what says nothing between words that carry ("was written and first performed by"), and "or" between words asked."""
    at = 1
    while at < len(found) - 1:
        end = at
        while end < len(found) - 1 and parts[end] is Part.TOLD and Role.BETWEEN in language.roles_of(found[end].word):
            end += 1
        if end > at:
            # One of two verbs is the question's own, and the other says the same of something else.
            others = [beside for beside in (at - 1, end) if parts[beside] not in GONE]
            if len(others) < 2 and all(found[beside].word in language.same for beside in others):
                for place in (*range(at, end), *others):
                    parts[place] = Part.EMPTY
        elif parts[at - 1] is parts[at + 1] is Part.ASKED and Role.OR in language.roles_of(found[at].word):
            parts[at] = Part.ASKED
        at = max(end, at + 1)


def _titles(found: Sequence[Piece], asked: Asked) -> frozenset[int]:
    """The pieces that stand in quotes, where all that stands there is of the question."""
    inside: set[int] = set()
    run: list[int] | None = None
    for at, piece in enumerate(found):
        if piece.gap != " " and _QUOTE.search(piece.gap):
            if run and all(asked.holds(found, place) for place in run):
                inside.update(run)
            run = [] if run is None or _OPENING.search(piece.gap) else None
        if run is not None:
            run.append(at)
    if run and all(asked.holds(found, place) for place in run):
        inside.update(run)
    return frozenset(inside)


def core(found: Sequence[Piece], parts: Sequence[Part], language: Language | None) -> list[Piece]:
    """From the first to the last piece that tells something, without articles; empty where nothing does.

    Letters in brackets that stand for what is before them tell nothing: "the Federal Reserve (FED)".
    """
    told = [at for at, part in enumerate(parts) if part not in GONE and not (at and is_abbreviation(found, at))]
    if not told:
        return []
    inner = found[told[0] : told[-1] + 1]
    return [
        piece
        for at, piece in enumerate(inner, start=told[0])
        if not (language is not None and Role.ARTICLE in language.roles_of(piece.word)) and not is_abbreviation(found, at)
    ]


def is_abbreviation(found: Sequence[Piece], at: int) -> bool:
    """Whether a piece is letters in brackets behind another piece."""
    piece = found[at]
    closed = at + 1 == len(found) or ")" in found[at + 1].gap
    return at > 0 and piece.letters and piece.gap == " (" and closed
