"""Phrases found in a text by the words they begin with, so that a text is searched for words and not for patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from rewardkit.prose.phrases import Row, heads_of, pattern_of

__all__ = ["Hit", "Lexicon", "lowered"]

Key = TypeVar("Key", bound=Hashable)

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


class Hit(NamedTuple, Generic[Key]):
    """A phrase in a text: its kind, and where it begins and ends."""

    key: Key
    begin: int
    end: int


class Lexicon(Generic[Key]):
    """Rows by the heads of their phrases; `key` says what a row is looked up for. Patterns are built when a head is first met."""

    def __init__(self, rows: Iterable[Row], key: Callable[[Row], Key], *, dressed: bool = False) -> None:
        self._dressed = dressed
        self._phrases: dict[str, dict[Key, list[str]]] = {}
        for row in rows:
            for phrase in row.alternatives:
                for head in heads_of(phrase):
                    self._phrases.setdefault(head, {}).setdefault(key(row), []).append(phrase)
        self._patterns: dict[str, tuple[tuple[Key, re.Pattern[str]], ...]] = {}
        self._words = {head for head in self._phrases if WORD.fullmatch(head) and head.isascii()}
        self._by_char: dict[str, list[str]] = {}
        for head in self._phrases:
            if head not in self._words:
                self._by_char.setdefault(head[0], []).append(head)
        self._plain = [head for head in self._phrases if head not in self._words and head.isascii()]

    def hits(self, text: str, words: Iterable[tuple[int, str]], low: str) -> Iterator[Hit[Key]]:
        """Every phrase that begins with one of the words, or with a piece of another script or a sign."""
        for at, word in words:
            if word in self._words:
                yield from self._at(text, at, word)
        for piece in self.pieces_in(low):
            at = low.find(piece)
            while at >= 0:
                yield from self._at(text, at, piece)
                at = low.find(piece, at + len(piece))

    def pieces_in(self, low: str) -> list[str]:
        """The heads of other scripts, and the signs, that a text holds."""
        if low.isascii():
            return [piece for piece in self._plain if piece in low]
        return [piece for char in self._by_char.keys() & set(low) for piece in self._by_char[char] if piece in low]

    def _at(self, text: str, at: int, head: str) -> Iterator[Hit[Key]]:
        for key, pattern in self.patterns(head):
            found = pattern.match(text, at)
            if found:
                yield Hit(key, at, found.end())

    def patterns(self, head: str) -> tuple[tuple[Key, re.Pattern[str]], ...]:
        """The kinds of phrases that begin with a head, and a pattern for each."""
        found = self._patterns.get(head)
        if found is None:
            found = tuple(
                (key, re.compile(pattern_of(phrase, dressed=self._dressed), re.IGNORECASE))
                for key, some in self._phrases.get(head, {}).items()
                for phrase in dict.fromkeys(some)
            )
            self._patterns[head] = found
        return found

    @cached_property
    def roots(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """The heads that no other head begins, each with one pattern of every phrase that begins with it."""
        found: dict[str, list[str]] = {}
        for head, kinds in self._phrases.items():
            root = min((other for other in self._phrases if head.startswith(other)), key=len)
            found.setdefault(root, []).extend(phrase for some in kinds.values() for phrase in some)
        return tuple(
            (root, re.compile("|".join(pattern_of(p, dressed=self._dressed) for p in longest_first(some)), re.IGNORECASE))
            for root, some in found.items()
        )

    @cached_property
    def plain_roots(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Those in plain letters and signs."""
        return tuple(pair for pair in self.roots if pair[0].isascii())


def longest_first(phrases: Iterable[str]) -> list[str]:
    """Phrases without doubles, the longer ones first."""
    return sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))


def lowered(text: str) -> str:
    """The text in small letters and plain apostrophes, letter by letter where it was."""
    low = text.lower().replace("’", "'")
    return low if len(low) == len(text) else text.replace("’", "'")
