"""Whether a clause says of something what a question asks, in the question's own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from rewardkit.prose.asked import Asked
from rewardkit.prose.carriers import Language, Role
from rewardkit.prose.meanings import phrases_in, turning_in
from rewardkit.prose.ordinals import without_list
from rewardkit.prose.phrases import Meaning, Reach
from rewardkit.prose.pieces import UNSPACED, Piece, pieces, same_word
from rewardkit.verifiers.choice.options import Options

__all__ = ["POINTS", "Predicate"]

SHARE = 0.5  # of the question's words that a clause has to say
STRANGERS = 4  # words before what is asked that may say where or when it is so
SIGNS = 2
POINTS = frozenset({Role.POINTS})
_DOUBTS = frozenset({Role.DENIES, Role.SUPPOSES, Role.THAN})


class Predicate:
    """What a question asks of its options, in the language of the question and its answer."""

    def __init__(self, asked: Asked, options: Options, language: Language | None) -> None:
        self.asked, self.options, self.language = asked, options, language

    @cached_property
    def wanted(self) -> tuple[str, ...]:
        """The question's words that say something, without those of its options and the kind of thing that it asks for."""
        own = [piece.word for words in self.options.texts.values() for piece in pieces(words, None)]
        return _wanted(self.asked, own)

    def has(self, text: str, roles: frozenset[Role]) -> bool:
        """Whether a text has a word of one of the roles."""
        return self.language is not None and any(self.language.roles_of(piece.word) & roles for piece in pieces(text, None))

    def holds(self, before: str, behind: str) -> bool:
        """Whether what stands before and behind an option's words says of it what is asked, and nothing else."""
        if not self.wanted:
            return False
        before, behind = without_list(before), without_list(behind)
        said = f"{before} · {behind}"
        found = pieces(said, None)
        owners = {piece.word for piece in found if piece.owns} - {p.word for p in self.asked.pieces if p.owns}
        words = set(_told(found)) - owners
        held = [word for word in self.wanted if any(self._same(word, other) for other in words)]
        if not held or all(self._is_name(word) for word in held):
            return False
        enough = len(held) >= SHARE * len(self.wanted) or len(held) > 1 or self._points(said)
        if not enough or (self._strangers(said, found) and (pieces(behind, None) or not self._names(before))):
            return False
        return not self._turns(said, found)

    def _names(self, before: str) -> bool:
        """Whether the words before an option end with what is asked and a verb: "At that instant its velocity is"."""
        if self.language is None or Role.ARTICLE not in self.language.known:
            return False
        found = pieces(before, None)
        while found and Role.ARTICLE in self.language.roles_of(found[-1].word):
            found.pop()
        if not found or not phrases_in(found.pop().word, Meaning.PASSES, Reach.SENTENCE):
            return False
        told = 0
        while found and any(self._same(found[-1].word, word) for word in self.wanted):
            found.pop()
            told += 1
        article = found.pop() if found and Role.ARTICLE in self.language.roles_of(found[-1].word) else None
        stranger = found[-1].word if found else ""
        return bool(told and article and len(found) <= STRANGERS) and not (stranger and self.language.roles_of(stranger))

    def _turns(self, said: str, found: Sequence[Piece]) -> bool:
        """Whether a clause denies, lessens, supposes or compares, in words that the question has not."""
        own = {piece.word for piece in self.asked.pieces}
        language = self.language
        doubts = [p.word for p in found if language and not language.roles_of(p.word).isdisjoint(_DOUBTS)]
        return not own.issuperset({*doubts, *turning_in(said)})

    def _points(self, said: str) -> bool:
        """Whether a clause begins with a word that stands for what the question asks about: "It has six sides"."""
        return self.has(said.split(maxsplit=1)[0] if said.strip() else "", POINTS)

    def _strangers(self, said: str, found: Sequence[Piece]) -> list[str]:
        """The words that say something and are none of the question's; of a script without spaces all signs but two."""
        passing = {word for phrase in phrases_in(said, Meaning.PASSES, Reach.SENTENCE) for word in phrase.split()}
        own = [piece.word for piece in self.asked.pieces]
        others: list[str] = []
        signs: list[str] = []
        for piece in found:
            small = self.language is not None and bool(self.language.roles_of(piece.word))
            if small or piece.word in passing or any(self._same(piece.word, other) for other in own):
                continue
            (signs if UNSPACED.match(piece.word) else others).append(piece.word)
        return [word for word in others if len(word) > 1] + signs[SIGNS:]

    def _same(self, word: str, other: str) -> bool:
        if word[:1] == other[:1] and same_word(word, other):
            return True
        lines = self.language.same.get(word) if self.language else None
        return (
            lines is not None and self.language is not None and not lines.isdisjoint(self.language.same.get(other, frozenset()))
        )

    def _is_name(self, word: str) -> bool:
        """Whether the question writes a word as a name, which more than one option may have to do with."""
        german = self.language is not None and self.language.code == "de"
        names = [piece.capital for piece in self.asked.pieces[1:] if piece.word == word]
        return bool(names) and all(names) and not german and len(self.wanted) > 1


def _told(found: Sequence[Piece]) -> Iterator[str]:
    """The words of pieces; of a script without spaces each two signs that stand together."""
    for at, piece in enumerate(found):
        if not UNSPACED.match(piece.word):
            yield piece.word
        elif at + 1 < len(found) and not found[at + 1].gap:
            yield piece.word + found[at + 1].word


def _wanted(asked: Asked, own: Sequence[str]) -> tuple[str, ...]:
    """The question's words that say something, without those of its options and the kind of thing that it asks for."""
    language, found = asked.language, asked.pieces
    if any(UNSPACED.match(piece.word) for piece in found):
        return tuple(dict.fromkeys(word for word in _told(pieces(asked.text, None)) if word not in own))
    words = [piece.word for piece in found if len(piece.word) > 1 and not (language and language.roles_of(piece.word))]
    kind = found[1].word if language and len(found) > 2 and found[1].word in words and language.roles_of(found[2].word) else ""
    kept = [word for word in dict.fromkeys(words) if not any(same_word(word, other, inflected=False) for other in own)]
    return tuple(word for word in kept if word != kind) or tuple(kept)
