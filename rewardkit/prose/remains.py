"""What remains of a sentence when the question's own words and the words that only carry are taken away.

It is found without a look at the reference, so that one sentence has one answer, whatever else it names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from rewardkit.prose.asked import Asked
from rewardkit.prose.carriers import EMPTY, Language, Role
from rewardkit.prose.pieces import Piece

__all__ = ["GONE", "KEPT_ROLES", "Part", "core", "is_abbreviation", "parts_of"]

KEPT_ROLES = frozenset({Role.DENIES, Role.OR, Role.TURNS, Role.SUPPOSES})
_QUOTE = re.compile(r"[\"“”«»]")
_OPENING = re.compile(r"[\"”»].*[\"“«]")
_NONE: frozenset[Role] = frozenset()


class Part(Enum):
    """What a piece is in a sentence that may answer a question."""

    __hash__ = object.__hash__

    ASKED = "asked"
    EMPTY = "empty"
    NAME = "name"
    NUMBER = "number"
    TOLD = "told"


GONE = frozenset({Part.ASKED, Part.EMPTY})


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
