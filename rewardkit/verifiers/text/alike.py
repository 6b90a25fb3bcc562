"""Whether two short answers are the same: by their words, as a name with initials or a title, as a date, or as a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rewardkit.prose.carriers import Language, Role
from rewardkit.prose.pieces import Piece, root, valued

__all__ = ["Said", "alike", "is_in_order", "said"]


class Said(NamedTuple):
    """A short answer: its items, the titles before each, and whether it is a date."""

    items: tuple[tuple[Piece, ...], ...]
    titles: tuple[tuple[str, ...], ...]
    dated: bool
    commas: int

    def each(self) -> Iterator[Said]:
        """Every item as an answer of its own."""
        for item, titles in zip(self.items, self.titles, strict=True):
            yield Said((item,), (titles,), self.dated, 0)


def said(found: Sequence[Piece], language: Language | None) -> Said:
    """The words of an answer, in items where it is a list."""
    months = language is not None and any(Role.MONTHS in language.roles_of(piece.word) for piece in found)
    dated = months and any(piece.number for piece in found)
    items: list[list[Piece]] = [[]]
    commas = 0
    for at, piece in enumerate(found):
        joins = language is not None and Role.JOINS in language.roles_of(piece.word)
        comma = at > 0 and not dated and any(sign in piece.gap for sign in ",;、，；/&")
        commas += comma
        if (comma or joins) and items[-1]:
            items.append([])
        if not joins:
            items[-1].append(piece)
    split = [_titled([p for p in item], language) for item in items if item]
    return Said(tuple(item for _, item in split), tuple(titles for titles, _ in split), dated, commas)


def _titled(item: list[Piece], language: Language | None) -> tuple[tuple[str, ...], tuple[Piece, ...]]:
    at = 0
    while at < len(item) - 1 and language is not None and Role.TITLE in language.roles_of(item[at].word):
        at += 1
    return tuple(piece.word for piece in item[:at]), tuple(item[at:])


def is_in_order(wanted: Said, given: Said) -> bool:
    """Whether an answer has no title that the wanted one has not, and its items, where there are several, in that one's order."""
    if any(set(said) - set(known) for known, said in zip(wanted.titles, given.titles, strict=False)):
        return False
    pairs = zip(wanted.each(), given.each(), strict=False)
    return len(wanted.items) < 2 or all(alike(known, said) for known, said in pairs)


def alike(one: Said, other: Said) -> bool:
    """Whether two answers say the same, nothing more and nothing less."""
    if one.dated or other.dated:
        return one.dated and other.dated and len(one.items) == len(other.items) == 1 and _same_date(one.items[0], other.items[0])
    if len(one.items) == len(other.items):
        left = list(zip(other.titles, other.items, strict=True))
        for titles, item in zip(one.titles, one.items, strict=True):
            place = next((at for at, (t, i) in enumerate(left) if _same_title(titles, t) and _same(item, i)), None)
            if place is None:
                return False
            del left[place]
        return True
    return _turned(one, other) or _turned(other, one)


def _same_title(one: Sequence[str], other: Sequence[str]) -> bool:
    return not one or not other or one == other


def _turned(one: Said, other: Said) -> bool:
    """Whether one is a name with the family name first: "Curie, Marie"."""
    if len(one.items) != 2 or one.commas != 1 or len(other.items) != 1:
        return False
    return _same((*one.items[1], *one.items[0]), other.items[0])


def _same_date(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    days = [sorted(piece.word.rstrip("stndrh") if piece.number else piece.word[:3] for piece in date) for date in (one, other)]
    return days[0] == days[1]


def _same(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    """Whether two items are the same words, or the same name."""
    if len(one) == len(other) and all(_same_word(a, b) for a, b in zip(one, other, strict=True)):
        return True
    joined = ["".join(piece.word for piece in item) for item in (one, other)]
    if joined[0] == joined[1] and joined[0].isalpha():
        return True
    return len(one) == len(other) > 1 and _same_word(one[-1], other[-1]) and _initials(one[:-1], other[:-1])


def _same_word(one: Piece, other: Piece) -> bool:
    if one.word == other.word:
        return True
    if one.capital and other.capital:
        return False
    if one.number or other.number:
        return valued(one.word) == valued(other.word)
    plural = {one.word, other.word}
    return root(one.word) == root(other.word) and any(word + end in plural for word in plural for end in ("s", "es"))


def _initials(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    """Whether given names agree, letters standing for names."""
    return all(
        a.word == b.word or (min(len(a.word), len(b.word)) == 1 and a.word[0] == b.word[0] and a.capital and b.capital)
        for a, b in zip(one, other, strict=True)
    )
