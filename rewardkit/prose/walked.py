"""What a phrase of the notation finds at a place of a text, word by word; only one with `…` needs a pattern."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from rewardkit.first_use import first_use
from rewardkit.prose.phrases import SPECIAL, is_sign, is_unspaced, items_of, pattern_of

__all__ = ["Phrase", "alike"]

_SIGNS = {sign: re.compile(SPECIAL[sign], re.IGNORECASE) for sign in "§¶▸◂¤"}
# What may end in several places, the later first; the group is what it holds at least.
_OPEN = {
    "_": re.compile(r"([\w'’.-])[\w'’.-]*"),
    "#": re.compile(r"([-−+$€£]?\d)[\d.,]*"),
    "*": re.compile(r"()\w*"),
}
_READ = re.compile(r"[^…_#*]*(?:(?:^|\s)[_#]|\w\*)?")
_SEVERAL = frozenset("İıſς")
_ONE = str.maketrans("ıſς", "isσ")  # letters that a pattern without case takes for one another


class _Part(NamedTuple):
    """One of the alternatives of an item: its words, and what is open behind them.

    `before` and `behind` are the least spaces there, `behind` None where none may stand; `begins` and `ends` say that it has to
    begin and end with a word.
    """

    words: tuple[str, ...]
    tail: re.Pattern[str] | None
    before: int
    behind: int | None
    begins: bool
    ends: bool

    def all_ends(self, text: str, low: str, at: int) -> Sequence[int]:
        """Where the part that begins at a place may end, in the order in which they are tried."""
        if self.begins and at and _is_word(low[at - 1]):
            return ()
        for place, word in enumerate(self.words):
            if place:
                begin, at = at, _behind_spaces(low, at)
                if at == begin:
                    return ()
            if low.startswith(word, at):
                at += len(word)
            elif word in _SIGNS and (sign := _SIGNS[word].match(text, at)):
                at = sign.end()
            else:
                return ()
        if self.tail is not None:
            found = self.tail.match(text, at)
            every: Sequence[int] = range(found.end(), found.end(1) - 1, -1) if found else ()
        else:
            every = () if self.ends and at < len(low) and _is_word(low[at]) else (at,)
        if self.behind is None:
            return every
        return [far for end in every if (far := _behind_spaces(low, end)) >= end + self.behind]


class _Item(NamedTuple):
    """An item of a phrase: its alternatives by the character that they begin with, and those that begin with any.

    `inside` is False where no space may stand before it, and `optional` True where it may be left out.
    """

    by_first: Mapping[str, Sequence[_Part]]
    others: Sequence[_Part]
    inside: bool
    optional: bool


class Phrase:
    """One phrase of the notation, read when it is first looked for."""

    def __init__(self, written: str) -> None:
        self.written = written
        self.led = written.startswith("[")  # with an item that may be left out

    def end(self, text: str, low: str, at: int, *, whole: bool = False) -> int:
        """Where the phrase that begins at a place ends, -1 where it does not stand there; `low` is the text, lowered and `alike`.

        `whole` is for one that has to end with the text.
        """
        if self._items is not None:
            return _end(text, low, at, self._items, 0, whole)
        found = self._pattern.fullmatch(text, at) if whole else self._pattern.match(text, at)
        return found.end() if found else -1

    @cached_property
    @first_use
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(pattern_of(self.written), re.IGNORECASE)

    @cached_property
    @first_use
    def _items(self) -> Sequence[_Item] | None:
        """The items of the phrase; None where only a pattern can tell where it ends."""
        items = items_of(self.written)
        if not all(_READ.fullmatch(part) for item in items for part in item.parts):
            return None
        found = []
        spaced, loose, opened = int(not is_unspaced(self.written)), True, False
        for parts, optional in items:
            gaps = [0 if loose or not opened or is_sign(part) else spaced for part in parts]
            behind = spaced if optional and not opened else None
            read = [_part(part, gap, behind, spaced) for part, gap in zip(parts, gaps, strict=True)]
            found.append(_item(read, inside=opened, optional=optional))
            if not optional:
                opened, loose = True, all(map(is_sign, parts))
        return found


def _part(written: str, before: int, behind: int | None, spaced: int) -> _Part:
    plain = alike(written.lower().replace("’", "'"))
    tail = _OPEN.get(plain[-1:])
    named = plain[:-1] if tail else plain
    words = (*named.split(), "") if tail and named[-1:].isspace() else tuple(named.split())
    return _Part(words, tail, before, behind, bool(spaced) and written[0].isalnum(), bool(spaced) and written[-1].isalnum())


def _item(parts: Sequence[_Part], *, inside: bool, optional: bool) -> _Item:
    first = [part.words[0][0] if part.words and part.words[0] not in _SIGNS else "" for part in parts]
    by_first = {char: [part for part, own in zip(parts, first, strict=True) if own in ("", char)] for char in {*first}}
    return _Item(by_first, by_first.pop("", []), inside, optional)


def _end(text: str, low: str, at: int, items: Sequence[_Item], place: int, whole: bool) -> int:
    """Where the items from one on end: by the first of its alternatives that the others can follow."""
    if place == len(items):
        return -1 if whole and at != len(low) else at
    by_first, others, inside, optional = items[place]
    begin = _behind_spaces(low, at) if inside else at
    for part in by_first.get(low[begin : begin + 1], others):
        if begin - at >= part.before:
            for end in part.all_ends(text, low, begin):
                if (found := _end(text, low, end, items, place + 1, whole)) >= 0:
                    return found
    return _end(text, low, at, items, place + 1, whole) if optional else -1


def _behind_spaces(low: str, at: int) -> int:
    """The place behind the spaces at a place."""
    count = len(low)
    while at < count and low[at].isspace():
        at += 1
    return at


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def alike(low: str) -> str:
    """A text in small letters with one letter for those that a pattern without case takes for one another."""
    if low.isascii() or _SEVERAL.isdisjoint(low):
        return low
    return low.replace("İ", "i").lower().translate(_ONE)
