"""Which of the things that a question offers a text takes: "Is it red or blue?" and "It is blue.".

All words of such an answer are words of the question, so that nothing remains of it; one of the alternatives is named in it, or
stands before "than", and the others are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rewardkit.prose.asked import Asked
from rewardkit.prose.carriers import Language, Role
from rewardkit.prose.pieces import Piece, pieces, root
from rewardkit.prose.remains import GONE, parts_of

__all__ = ["Offered", "offered", "taken"]

KEPT = 512
WORDS = 6  # of one alternative
_LEADS = frozenset({Role.ARTICLE, Role.ADJUNCT, Role.AUXILIARY, Role.AGENT, Role.OPENS, Role.CARRIES})


class Offered(NamedTuple):
    """The alternatives of a question: the words of each, and those that no other one has."""

    all: tuple[frozenset[str], ...]
    own: tuple[frozenset[str], ...]

    def of(self, words: Sequence[str]) -> int | None:
        """Which alternative a reference names, by its words; None where it names none, or several."""
        given = frozenset(words)
        named = [at for at, own in enumerate(self.own) if own & given]
        return named[0] if len(named) == 1 and (self.own[named[0]] <= given or given <= self.all[named[0]]) else None


@lru_cache(maxsize=KEPT)
def offered(asked: Asked) -> Offered | None:
    """What a question offers; None where it does not offer two things or more."""
    language = asked.language
    found = asked.pieces
    if language is None:
        return None
    ors = [at for at, piece in enumerate(found) if Role.OR in language.roles_of(piece.word) and 0 < at < len(found) - 1]
    if len(ors) != 1:
        return None
    behind = _behind(found, ors[0] + 1, language)
    asks = any(Role.ASKS in language.roles_of(piece.word) for piece in found)
    begin = next((at for at, piece in enumerate(found) if "," in piece.gap), 0) if asks else 0
    before = _before(found[begin : ors[0]], language, len(behind))
    sides = [behind, *before]
    if any(not side for side in sides) or len(sides) < 2:
        return None
    own = tuple(
        frozenset(side) - frozenset(word for other in sides[:at] + sides[at + 1 :] for word in other)
        for at, side in enumerate(sides)
    )
    return Offered(tuple(map(frozenset, sides)), own) if all(own) else None


def _behind(found: Sequence[Piece], at: int, language: Language) -> list[str]:
    """The words of the last alternative, up to a sign or a word that leads on."""
    words: list[str] = []
    for piece in found[at:]:
        if words and (piece.gap.strip(" \"'“”-") or _leads(piece, language)):
            break
        if not _leads(piece, language):
            words.append(root(piece.word))
    return words[:WORDS]


def _before(found: Sequence[Piece], language: Language, count: int) -> list[list[str]]:
    """The words of the alternatives before the last one, back to a word that leads on."""
    sides: list[list[str]] = [[]]
    for at in range(len(found) - 1, -1, -1):
        if _leads(found[at], language):
            if sides[-1]:
                break
            continue
        sides[-1].insert(0, root(found[at].word))
        if "," in found[at].gap or ":" in found[at].gap or len(sides[-1]) == count:
            if "," not in found[at].gap:
                break
            sides.append([])
    return [side for side in sides if side]


def _leads(piece: Piece, language: Language) -> bool:
    """Whether a piece belongs to no alternative: an article, a preposition, a verb."""
    return piece.word in language.same or not language.roles_of(piece.word).isdisjoint(_LEADS)


def taken(sentence: str, asked: Asked) -> int | None:
    """Which alternative a sentence takes; None where it says anything else, or takes several."""
    sides = offered(asked)
    language = asked.language
    if sides is None or language is None or sentence.rstrip().endswith(("?", "？")):
        return None
    found = pieces(sentence, language)
    parts = parts_of(found, asked, language)
    than = next((at for at, piece in enumerate(found) if Role.THAN in language.roles_of(piece.word)), len(found))
    if any(part not in GONE and at != than for at, part in enumerate(parts)):
        return None
    words = [{root(piece.word) for piece in half} for half in (found[:than], found[than + 1 :])]
    named = [[at for at, own in enumerate(sides.own) if own & half] for half in words]
    if len(named[0]) != 1 or not sides.own[named[0][0]] <= words[0]:
        return None
    return None if named[0][0] in named[1] else named[0][0]
