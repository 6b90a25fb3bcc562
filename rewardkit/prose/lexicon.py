"""Phrases found in a text by the words they begin with, so that a text is searched for words and not for patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Generic, NamedTuple, Protocol, TypeVar

from rewardkit.first_use import first_use
from rewardkit.prose.phrases import WORD, openings_of, pattern_of
from rewardkit.prose.walked import Phrase, alike

__all__ = ["Hit", "Lexicon", "lowered", "placed_words"]

Key = TypeVar("Key", bound=Hashable)

_PLAIN_WORD = re.compile(r"[A-Za-z0-9]+(?:'[A-Za-z0-9]+)*")
KEPT = 8  # texts, since several lexicons look at the same


class Phrased(Protocol):
    """A row of a table of phrases."""

    @property
    def alternatives(self) -> Iterator[str]:
        """Every phrase of the row, one by one."""


Kind = TypeVar("Kind", bound=Phrased)


@dataclass(slots=True)
class Hit(Generic[Key]):
    """A phrase in a text: its kind, and where it begins and ends."""

    key: Key
    begin: int
    end: int


@dataclass(slots=True)
class _Begun(Generic[Key]):
    """The phrases with one head, each with its kind: those that any word may follow, and the others by that word."""

    always: list[tuple[Key, Phrase]]
    by_next: dict[str, list[tuple[Key, Phrase]]]


class Lexicon(Generic[Key]):
    """Rows by the heads of their phrases; `key` says what a row is looked up for."""

    def __init__(self, rows: Iterable[Kind], key: Callable[[Kind], Key], *, dressed: bool = False) -> None:
        self._dressed = dressed
        self._begun: dict[str, _Begun[Key]] = {}
        for kind, written in dict.fromkeys((key(row), written) for row in rows for written in row.alternatives):
            self._put(kind, written)
        self._words = {head for head in self._begun if WORD.fullmatch(head) and head.isascii()}
        self._by_char: dict[str, list[str]] = {}
        for head in self._begun:
            if head not in self._words:
                self._by_char.setdefault(head[0], []).append(head)
        self._plain = [head for head in self._begun if head not in self._words and head.isascii()]

    def _put(self, key: Key, written: str) -> None:
        found = (key, Phrase(written))
        for opening, next_words in dict.fromkeys(openings_of(written)):
            for head in dict.fromkeys((opening, alike(opening))):  # the second is what capitals with a dotless ı become
                begun = self._begun.setdefault(head, _Begun([], {}))
                for some in [begun.always] if next_words is None else [begun.by_next.setdefault(w, []) for w in next_words]:
                    some.append(found)

    def hits_in(self, text: str) -> Iterator[Hit[Key]]:
        """Every phrase of a text; for one that has few, as its words are placed only where one of them begins a phrase."""
        low = lowered(text)
        return self.hits(text, () if self._words.isdisjoint(_pattern_for(low).findall(low)) else placed_words(low), low)

    def hits(self, text: str, words: Sequence[tuple[int, str]], low: str) -> Iterator[Hit[Key]]:
        """Every phrase that begins with one of the words, or with a piece of another script or a sign."""
        same = alike(low)
        for at, head, next_word in self._heads(words, low):
            for key, phrase in self._begun_by(head, next_word):
                if (end := phrase.end(text, same, at)) >= 0:
                    yield Hit(key, at, end)

    def openings(self, text: str, at: int, words: Sequence[tuple[int, str]], low: str, near: int) -> Iterator[tuple[Key, str]]:
        """The phrases that a text has at a place, where their heads are among the words, or among the first `near` characters."""
        same = alike(low)
        for _, head, next_word in self._heads(words, low, near):
            for key, phrase in self._begun_by(head, next_word):
                if (end := phrase.end(text, same, at)) >= 0:
                    yield key, text[at:end]

    def whole(self, text: str, words: Sequence[tuple[int, str]], low: str) -> Iterator[Key]:
        """The kinds of phrases that are all of a text, which begins with the first of the words."""
        same = alike(low)
        for _, head in words[:1]:
            begun = self._begun.get(head)
            for found in (begun.always, *begun.by_next.values()) if begun else ():
                yield from (key for key, phrase in found if phrase.end(text, same, 0, whole=True) >= 0)

    def _heads(self, words: Sequence[tuple[int, str]], low: str, near: int | None = None) -> Iterator[tuple[int, str, str]]:
        """Where the heads of phrases stand, pieces among the first `near` characters, and the word behind each."""
        for place, (at, word) in enumerate(words):
            if word in self._words:
                yield at, word, words[place + 1][1] if place + 1 < len(words) else ""
        for piece in self._pieces_in(low[:near]):
            at = low.find(piece, 0, near)
            while at >= 0:
                behind = WORD.search(low, at + len(piece))
                yield at, piece, behind[0] if behind else ""
                at = low.find(piece, at + len(piece), near)

    def _pieces_in(self, low: str) -> list[str]:
        """The heads of other scripts, and the signs, that a text holds."""
        if low.isascii():
            return [piece for piece in self._plain if piece in low]
        return [piece for char in sorted(self._by_char.keys() & set(low)) for piece in self._by_char[char] if piece in low]

    def _begun_by(self, head: str, next_word: str) -> Sequence[tuple[Key, Phrase]]:
        """The phrases with a head that the word behind it may go on; "the answer's" holds "the answer"."""
        begun = self._begun[head]
        found = begun.by_next.get(next_word, ())
        if "'" in next_word:
            found = [*found, *begun.by_next.get(next_word.partition("'")[0], ())]
        return [*begun.always, *found] if found else begun.always

    def roots_in(self, low: str) -> list[Root]:
        """The roots that a text may hold: heads that no other head begins."""
        roots = self._roots
        begun = {roots.of_word[word]: None for word in words_of(low) & roots.words}
        return [*begun, *(roots.plain_others if low.isascii() else roots.others)]

    @cached_property
    @first_use
    def _roots(self) -> _Roots:
        found: dict[str, list[str]] = {}
        root_of: dict[str, str] = {}
        for head, begun in self._begun.items():
            root = root_of[head] = next(head[:size] for size in range(1, len(head) + 1) if head[:size] in self._begun)
            every = (begun.always, *begun.by_next.values())
            found.setdefault(root, []).extend(phrase.written for some in every for _, phrase in some)
        roots = {root: Root(root, longest_first(some), self._dressed) for root, some in found.items()}
        of_word = {head: roots[root] for head, root in root_of.items() if head in self._words}
        others = [roots[root] for root in dict.fromkeys(root for head, root in root_of.items() if head not in self._words)]
        return _Roots(frozenset(of_word), of_word, others, [root for root in others if root.text.isascii()])


@dataclass(eq=False)
class Root:
    """What phrases begin with, and one pattern of all of them, which is compiled when a text first has the root."""

    text: str
    phrases: Sequence[str]
    dressed: bool

    @cached_property
    @first_use
    def pattern(self) -> re.Pattern[str]:
        """Every phrase, the longer ones first."""
        return re.compile("|".join(pattern_of(phrase, dressed=self.dressed) for phrase in self.phrases), re.IGNORECASE)


class _Roots(NamedTuple):
    """Roots by the word in plain letters that a phrase begins with, and those of signs and other scripts."""

    words: frozenset[str]
    of_word: dict[str, Root]
    others: list[Root]
    plain_others: list[Root]


@lru_cache(maxsize=KEPT)
def words_of(low: str) -> frozenset[str]:
    """The words of a text in small letters; of one with an apostrophe also what stands before it."""
    words = set(_pattern_for(low).findall(low))
    return frozenset(words.union(word.partition("'")[0] for word in words if "'" in word) if "'" in low else words)


def placed_words(low: str) -> list[tuple[int, str]]:
    """The words of a text in small letters, each with the place where it begins."""
    return [(found.start(), found[0]) for found in _pattern_for(low).finditer(low)]


def _pattern_for(low: str) -> re.Pattern[str]:
    """The pattern of the words of a text; for plain letters one that finds the same by a shorter look at each sign."""
    return _PLAIN_WORD if low.isascii() else WORD


def longest_first(phrases: Iterable[str]) -> list[str]:
    """Phrases without doubles, the longer ones first."""
    return sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))


def lowered(text: str) -> str:
    """The text in small letters and plain apostrophes, letter by letter where it was."""
    low = text.lower().replace("’", "'")
    return low if len(low) == len(text) else text.replace("’", "'")
