"""What a question holds itself, so that it can be taken away from what answers it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rewardkit.prose.carriers import Language, Role, folded, language_of, languages
from rewardkit.prose.pieces import UNSPACED, Piece, pieces, root, roots_of
from rewardkit.prose.sentences import QUESTION_MARKS

__all__ = ["Asked", "read_asked", "spoken"]

TAIL = 2_000  # characters of a prompt in which its question stands
KEPT = 1024  # questions

_STOP = re.compile(r"[!?？؟।。！\n]|\.(?!\d)")  # the point of "0.30 M" is none


@dataclass(frozen=True, eq=False)
class Asked:
    """A question's own words, taken away from what answers it."""

    text: str

    @cached_property
    def _parsed(self) -> tuple[Language | None, tuple[Piece, ...]]:
        if UNSPACED.search(self.text) is None:
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
        return frozenset().union(*(roots_of(piece.word) for piece in self.pieces))

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
        if word.isascii() or not UNSPACED.match(word):
            return not self.roots.isdisjoint(roots_of(word))
        before = found[at - 1].word[-1:] if at and not found[at].gap else ""
        after = found[at + 1].word[:1] if at + 1 < len(found) and not found[at + 1].gap else ""
        return bool((before and before + word in self.text) or (after and word + after in self.text))


@lru_cache(maxsize=KEPT)
def read_asked(prompt: str) -> Asked:
    """The question of a prompt: its last sentence with a question mark, else its last line."""
    tail = prompt[-TAIL:]
    end = max(map(tail.rfind, QUESTION_MARKS))
    if end < 0:
        return Asked(tail.strip().rpartition("\n")[2].strip())
    begin = max((stop.end() for stop in _STOP.finditer(tail, 0, end)), default=0)
    return Asked(tail[begin : end + 1].strip())


def spoken(asked: Asked, text: str) -> Language | None:
    """The language of a question, or where that is too short to tell, of it and its answer."""
    if asked.language is not None:
        return asked.language
    return language_of([*(piece.word for piece in asked.pieces), *(folded(word) for word in text.split())])
