"""Phrases found in a text by the words they begin with, so that a text is searched for words and not for patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Generic, NamedTuple, Protocol, TypeVar

from rewardkit.first_use import first_use
from rewardkit.prose.phrases import WORD, openings_of, pattern_of

__all__ = ["Hit", "Lexicon", "lowered", "placed_words"]

Key = TypeVar("Key", bound=Hashable)

KEPT = 8  # texts, since several lexicons look at the same


class Phrased(Protocol):
    """A row of a table of phrases."""

    @property
    def alternatives(self) -> Iterator[str]:
        """Every phrase of the row, one by one."""


Kind = TypeVar("Kind", bound=Phrased)


class Hit(NamedTuple, Generic[Key]):
    """A phrase in a text: its kind, and where it begins and ends."""

    key: Key
    begin: int
    end: int


class _Phrase(NamedTuple, Generic[Key]):
    """A phrase of the table, its kind, and the words of which one stands next behind its head; None where any may."""

    key: Key
    words: str
    next_words: frozenset[str] | None


class _Begun(NamedTuple, Generic[Key]):
    """The kinds and patterns of the phrases with one head: those that any word may follow, and the others by that word."""

    always: tuple[tuple[Key, re.Pattern[str]], ...]
    by_next: dict[str, tuple[tuple[Key, re.Pattern[str]], ...]]


class Lexicon(Generic[Key]):
    """Rows by the heads of their phrases; `key` says what a row is looked up for. Patterns are built when a head is first met."""

    def __init__(self, rows: Iterable[Kind], key: Callable[[Kind], Key], *, dressed: bool = False) -> None:
        self._dressed = dressed
        self._phrases: dict[str, list[_Phrase[Key]]] = {}
        for row in rows:
            for phrase in row.alternatives:
                for head, next_words in openings_of(phrase):
                    self._phrases.setdefault(head, []).append(_Phrase(key(row), phrase, next_words))
        self._begun: dict[str, _Begun[Key]] = {}
        self._words = {head for head in self._phrases if WORD.fullmatch(head) and head.isascii()}
        self._by_char: dict[str, list[str]] = {}
        for head in self._phrases:
            if head not in self._words:
                self._by_char.setdefault(head[0], []).append(head)
        self._plain = [head for head in self._phrases if head not in self._words and head.isascii()]

    def hits(self, text: str, words: Sequence[tuple[int, str]], low: str) -> Iterator[Hit[Key]]:
        """Every phrase that begins with one of the words, or with a piece of another script or a sign."""
        for at, head, next_word in self._heads(words, low):
            for key, pattern in self._begun_by(head, next_word):
                if found := pattern.match(text, at):
                    yield Hit(key, at, found.end())

    def openings(self, text: str, at: int, words: Sequence[tuple[int, str]], low: str, near: int) -> Iterator[tuple[Key, str]]:
        """The phrases that a text has at a place, where their heads are among the words, or among the first `near` characters."""
        for _, head, next_word in self._heads(words, low, near):
            for key, pattern in self._begun_by(head, next_word):
                if found := pattern.match(text, at):
                    yield key, found[0]

    def begun(self, head: str) -> Iterator[tuple[Key, re.Pattern[str]]]:
        """The kinds of phrases that begin with a head, and a pattern for each."""
        always, by_next = self._of(head)
        return iter({pair: None for pairs in (always, *by_next.values()) for pair in pairs})

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
        return [piece for char in self._by_char.keys() & set(low) for piece in self._by_char[char] if piece in low]

    def _begun_by(self, head: str, next_word: str) -> tuple[tuple[Key, re.Pattern[str]], ...]:
        always, by_next = self._of(head)
        found = by_next.get(next_word)
        if "'" in next_word:  # "the answer's" holds "the answer"
            return always + (found or ()) + by_next.get(next_word.partition("'")[0], ())
        return always + found if found else always

    def _of(self, head: str) -> _Begun[Key]:
        found = self._begun.get(head)
        if found is None:
            found = self._begun[head] = self._built(head)
        return found

    @first_use
    def _built(self, head: str) -> _Begun[Key]:
        always: dict[tuple[Key, re.Pattern[str]], None] = {}
        by_next: dict[str, dict[tuple[Key, re.Pattern[str]], None]] = {}
        for phrase in self._phrases.get(head, ()):
            pair = (phrase.key, re.compile(pattern_of(phrase.words, dressed=self._dressed), re.IGNORECASE))
            for pairs in [always] if phrase.next_words is None else [by_next.setdefault(w, {}) for w in phrase.next_words]:
                pairs[pair] = None
        return _Begun(tuple(always), {word: tuple(pairs) for word, pairs in by_next.items()})

    def roots_in(self, low: str) -> list[tuple[str, re.Pattern[str]]]:
        """The roots that a text may hold: heads that no other head begins, each with one pattern of all that begins with it."""
        words = {root: None for word in words_of(low) if (root := self._roots.of_word.get(word))}
        others = self._roots.plain_others if low.isascii() else self._roots.others
        return [*words, *others]

    @cached_property
    @first_use
    def _roots(self) -> _Roots:
        found: dict[str, list[str]] = {}
        root_of: dict[str, str] = {}
        for head, phrases in self._phrases.items():
            root = root_of[head] = min((other for other in self._phrases if head.startswith(other)), key=len)
            found.setdefault(root, []).extend(phrase.words for phrase in phrases)
        built = {
            root: re.compile("|".join(pattern_of(p, dressed=self._dressed) for p in longest_first(some)), re.IGNORECASE)
            for root, some in found.items()
        }
        of_word = {head: (root, built[root]) for head, root in root_of.items() if head in self._words}
        others = [(root, built[root]) for root in {root: None for head, root in root_of.items() if head not in self._words}]
        return _Roots(of_word, others, [pair for pair in others if pair[0].isascii()])


class _Roots(NamedTuple):
    """Roots with their patterns: by the word in plain letters that a phrase begins with, and those of signs and other scripts."""

    of_word: dict[str, tuple[str, re.Pattern[str]]]
    others: list[tuple[str, re.Pattern[str]]]
    plain_others: list[tuple[str, re.Pattern[str]]]


@lru_cache(maxsize=KEPT)
def words_of(low: str) -> frozenset[str]:
    """The words of a text in small letters; of one with an apostrophe also what stands before it."""
    words = set(WORD.findall(low))
    return frozenset(words.union(word.partition("'")[0] for word in words if "'" in word) if "'" in low else words)


def placed_words(low: str) -> list[tuple[int, str]]:
    """The words of a text in small letters, each with the place where it begins."""
    return [(found.start(), found[0]) for found in WORD.finditer(low)]


def longest_first(phrases: Iterable[str]) -> list[str]:
    """Phrases without doubles, the longer ones first."""
    return sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))


def lowered(text: str) -> str:
    """The text in small letters and plain apostrophes, letter by letter where it was."""
    low = text.lower().replace("’", "'")
    return low if len(low) == len(text) else text.replace("’", "'")
