"""Phrases found in a text by the words they begin with, so that a text is searched for words and not for patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import Generic, NamedTuple, Protocol, TypeVar

from rewardkit.first_use import first_use
from rewardkit.prose.phrases import WORD, is_unspaced, openings_of, pattern_of
from rewardkit.prose.walked import Phrase, alike

__all__ = ["Hit", "Lexicon", "Root", "lowered", "placed_words"]

Key = TypeVar("Key", bound=Hashable)

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
    """The phrases with one head, each with its kind: those that any word may follow, and all that a given word may follow."""

    always: list[tuple[Key, Phrase]]
    by_next: dict[str, list[tuple[Key, Phrase]]]

    def before(self, next_word: str) -> Sequence[tuple[Key, Phrase]]:
        """The phrases that a word may go on; "the answer's" holds "the answer"."""
        found = self.by_next.get(next_word, self.always)
        if "'" in next_word and (more := self.by_next.get(next_word.partition("'")[0])):
            return [*found, *more[len(self.always) :]]
        return found


class Lexicon(Generic[Key]):
    """Rows by the heads of their phrases; `key` says what a row is looked up for."""

    def __init__(self, rows: Iterable[Kind], key: Callable[[Kind], Key], *, dressed: bool = False) -> None:
        self._dressed = dressed
        self._begun: dict[str, _Begun[Key]] = {}
        for kind, written in dict.fromkeys((key(row), written) for row in rows for written in row.alternatives):
            self._put(kind, written)
        for begun in self._begun.values():
            begun.by_next = {word: [*begun.always, *found] for word, found in begun.by_next.items()}
        self._by_word = {head: begun for head, begun in self._begun.items() if WORD.fullmatch(head) and head.isascii()}
        self._by_char: dict[str, list[str]] = {}
        for head in self._begun:
            if head not in self._by_word:
                self._by_char.setdefault(head[0], []).append(head)
        self._plain = [head for head in self._begun if head not in self._by_word and head.isascii()]

    def _put(self, key: Key, written: str) -> None:
        found = (key, Phrase(written))
        for opening, next_words in dict.fromkeys(openings_of(written)):
            for head in dict.fromkeys((opening, alike(opening))):  # the second is what capitals with a dotless ı become
                begun = self._begun.setdefault(head, _Begun([], {}))
                for some in [begun.always] if next_words is None else [begun.by_next.setdefault(w, []) for w in next_words]:
                    some.append(found)

    def hits(self, text: str, words: Sequence[tuple[int, str]] | None, low: str) -> Iterator[Hit[Key]]:
        """Every phrase that begins with one of the words, or with a piece of another script or a sign.

        Without words those of the text are looked up, where one may begin a phrase, as is rare where there are few phrases.
        """
        if words is None:
            words = placed_words(low) if self._may_begin(_words_in(low)) else ()
        same = alike(low)
        for at, found in self._begun_in(words, low):
            for key, phrase in found:
                if (end := phrase.end(text, same, at)) >= 0:
                    yield Hit(key, at, end)

    def openings(self, text: str, at: int, words: Sequence[tuple[int, str]], low: str, near: int) -> Iterator[tuple[Key, str]]:
        """The phrases that a text has at a place, where their heads are among the words, or among the first `near` characters."""
        same = alike(low)
        for begin, found in self._begun_in(words, low, near):
            for key, phrase in found:
                # What stands before the head of a phrase are items of it that may be left out.
                if (begin == at or phrase.led) and (end := phrase.end(text, same, at)) >= 0:
                    yield key, text[at:end]

    def whole(self, text: str, words: Sequence[tuple[int, str]], low: str) -> Iterator[Key]:
        """The kinds of phrases that are all of a text, which begins with the first of the words."""
        same = alike(low)
        for _, head in words[:1]:
            begun = self._begun.get(head)
            every = dict.fromkeys(one for some in (begun.always, *begun.by_next.values()) for one in some) if begun else ()
            yield from (key for key, phrase in every if phrase.end(text, same, 0, whole=True) >= 0)

    def _begun_in(
        self, words: Sequence[tuple[int, str]], low: str, near: int | None = None
    ) -> Iterator[tuple[int, Sequence[tuple[Key, Phrase]]]]:
        """Where the heads of phrases stand, pieces among the first `near` characters, and the phrases that may begin there."""
        by_word = self._by_word
        for place, (at, word) in enumerate(words):
            if word in by_word and (found := by_word[word].before(words[place + 1][1] if place + 1 < len(words) else "")):
                yield at, found
        for piece in self._pieces_in(low[:near]):
            at = low.find(piece, 0, near)
            while at >= 0:
                behind = WORD.search(low, at + len(piece))
                if found := self._begun[piece].before(behind[0] if behind else ""):
                    yield at, found
                at = low.find(piece, at + len(piece), near)

    def _pieces_in(self, low: str) -> list[str]:
        """The heads of other scripts, and the signs, that a text holds."""
        if low.isascii():
            return [piece for piece in self._plain if piece in low]
        return [piece for char in sorted(self._by_char.keys() & set(low)) for piece in self._by_char[char] if piece in low]

    def may_hold(self, low: str) -> bool:
        """A quick look: whether a text in small letters has the head of a phrase, and a word that may go on behind it."""
        return self._may_begin(_words_in(low)) or bool(self._pieces_in(low))

    def _may_begin(self, words: Sequence[str]) -> bool:
        """Whether one of the words, with the next one, may begin a phrase."""
        by_word = self._by_word
        for place, word in enumerate(words):
            if word in by_word and by_word[word].before(words[place + 1] if place + 1 < len(words) else ""):
                return True
        return False

    def roots_in(self, low: str) -> Sequence[Root]:
        """The roots that a text may hold: heads that no other head begins."""
        roots = self._roots
        others = roots.plain_others if low.isascii() else roots.others
        held = roots.of_word.keys() & words_of(low)
        return [*dict.fromkeys([roots.of_word[word] for word in held]), *others] if held else others

    @cached_property
    @first_use
    def _roots(self) -> _Roots:
        built: dict[str, Root] = {}
        root_of: dict[str, Root] = {}
        for head, begun in self._begun.items():
            text = next(head[:size] for size in range(1, len(head) + 1) if head[:size] in self._begun)
            root = root_of[head] = built.setdefault(text, Root(text, dressed=self._dressed))
            for next_word, found in (("", begun.always), *begun.by_next.items()):
                root.add(next_word if head in self._by_word else "", [phrase.written for _, phrase in found])
        of_word = {head: root for head, root in root_of.items() if head in self._by_word}
        others = list(dict.fromkeys(root for head, root in root_of.items() if head not in self._by_word))
        return _Roots(of_word, others, [root for root in others if root.text.isascii()])


class Root:
    """The phrases whose heads begin alike, as one pattern for each word that may come next."""

    def __init__(self, text: str, *, dressed: bool) -> None:
        self.text = text
        self._dressed = dressed
        self._is_word = text[0].isalpha() and not is_unspaced(text)
        self._by_next: dict[str, set[str]] = {"": set()}
        self._built: dict[tuple[str, ...], re.Pattern[str]] = {}

    def add(self, next_word: str, written: Iterable[str]) -> None:
        """Put phrases that only that word may follow, or any word where it is empty."""
        self._by_next.setdefault(next_word, set()).update(written)

    def match(self, text: str, low: str, at: int) -> re.Match[str] | None:
        """The longest of the phrases that stand at a place of a text; `low` is the text in small letters."""
        if self._is_word and at and low[at - 1].isascii() and low[at - 1].isalnum():
            return None  # in the middle of a word: "ans" in "Guardians: …"
        head = WORD.match(low, at)
        behind = WORD.search(low, head.end()) if head else None
        said = (behind[0], behind[0].partition("'")[0]) if behind else ()
        return self._pattern(tuple(word for word in said if word in self._by_next)).match(text, at)

    def fullmatch(self, text: str) -> bool:
        """Whether a text is one of the phrases and nothing else."""
        return self._pattern(tuple(self._by_next)).fullmatch(text) is not None

    def _pattern(self, next_words: tuple[str, ...]) -> re.Pattern[str]:
        found = self._built.get(next_words)
        return self._build(next_words) if found is None else found

    @first_use
    def _build(self, next_words: tuple[str, ...]) -> re.Pattern[str]:
        some = set[str]().union(*(self._by_next[word] for word in ("", *next_words)))
        built = "|".join(pattern_of(phrase, dressed=self._dressed) for phrase in longest_first(some)) or "(?!)"
        self._built[next_words] = re.compile(built, re.IGNORECASE)
        return self._built[next_words]


class _Roots(NamedTuple):
    """Roots by the words in plain letters that phrases begin with, and those of signs and other scripts."""

    of_word: dict[str, Root]
    others: list[Root]
    plain_others: list[Root]


@lru_cache(maxsize=KEPT)
def words_of(low: str) -> frozenset[str]:
    """The words of a text in small letters; of one with an apostrophe also what stands before it."""
    words = _words_in(low)
    return frozenset([*words, *(word.partition("'")[0] for word in words if "'" in word)] if "'" in low else words)


# Signs that part the words of plain text, where splitting is quicker than a pattern.
_GAPS = str.maketrans({sign: " " for sign in map(chr, range(128)) if not sign.isalnum() and sign != "'"})


def _words_in(low: str) -> Sequence[str]:
    """The words of a text in small letters, in order."""
    if not low.isascii():
        return WORD.findall(low)
    words = low.translate(_GAPS).split()
    return [word.strip("'") if "'" in word else word for word in words] if "'" in low else words


def placed_words(low: str, first: int | None = None) -> list[tuple[int, str]]:
    """The words of a text in small letters, or the first few, each with the place where it begins."""
    return [(found.start(), found[0]) for found in islice(WORD.finditer(low), first)]


def longest_first(phrases: Iterable[str]) -> list[str]:
    """Phrases without doubles, the longer ones first."""
    return sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))


def lowered(text: str) -> str:
    """The text in small letters and plain apostrophes, letter by letter where it was."""
    low = text.lower().replace("’", "'")
    return low if len(low) == len(text) else text.replace("’", "'")
