"""Where a text announces its answer: "the answer is", "Antwort:", 答案是, and a choice: "I would pick", 故选."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rewardkit.first_use import first_use
from rewardkit.prose.lexicon import Lexicon, Root, lowered
from rewardkit.prose.phrases import Meaning, Reach, Side, rows

__all__ = ["Cue", "announced", "chosen"]

_LETTER_A = re.compile(r"(?:^|\n)[^\S\n]*A:(?=[^\S\n]*\S)")
_DRESS = re.compile(r"[*_]{0,3}")
_MARKS = "#*_ \t\r:："
SEEN = 64  # places of one word, from the end; a text that has more says it too often to mean it
KEPT = 8  # texts, as the stages of one verdict ask for the same
LINE = 60  # characters of an announcement that is a line of its own


class Cue(NamedTuple):
    """An announcement: where it begins, and where what it announces begins."""

    begin: int
    end: int


@lru_cache(maxsize=3)
@first_use
def _lexicon(meaning: Meaning, reach: Reach) -> Lexicon[Meaning]:
    found = [row for row in rows() if row.side is Side.BEFORE and row.meaning is meaning and row.reach is reach]
    return Lexicon(found, lambda row: row.meaning, dressed=True)


@lru_cache(maxsize=KEPT)
def announced(text: str) -> tuple[Cue, ...]:
    """Every announcement of a text, in order."""
    if _is_bare(text):
        return ()
    low = lowered(text)
    cues = {Cue(at, _undressed(text, end)) for at, end in _found(_lexicon(Meaning.ANNOUNCES, Reach.TOUCHING), text, low)}
    if "\n" in text:
        above = _lexicon(Meaning.ANNOUNCES, Reach.NEXT)
        cues |= {cue for at, root in _places(above, low) if (cue := _line_above(text, at, root))}
    if "A:" in text:
        cues |= {Cue(found.start(), found.end()) for found in _LETTER_A.finditer(text)}
    return tuple(sorted(cues, key=lambda cue: (cue.end, cue.begin)))


@lru_cache(maxsize=KEPT)
def chosen(text: str) -> tuple[Cue, ...]:
    """Every announcement of a choice, in order."""
    if _is_bare(text):
        return ()
    found = {Cue(at, end) for at, end in _found(_lexicon(Meaning.CHOOSES, Reach.TOUCHING), text, lowered(text))}
    return tuple(sorted(found, key=lambda cue: (cue.end, cue.begin)))


def _is_bare(text: str) -> bool:
    """Whether a text is one run of plain signs, which announces nothing."""
    return text.isascii() and " " not in text and ":" not in text and "\n" not in text


def _places(lexicon: Lexicon[Meaning], low: str) -> Iterator[tuple[int, Root]]:
    """Where a text has a word that a phrase begins with; looked for in the text, as announcements are rare in it."""
    for root in lexicon.roots_in(low):
        at, seen = low.rfind(root.text), 0
        while at >= 0 and seen < SEEN:
            yield at, root
            at, seen = low.rfind(root.text, 0, at), seen + 1


def _found(lexicon: Lexicon[Meaning], text: str, low: str) -> Iterator[tuple[int, int]]:
    for at, root in _places(lexicon, low):
        if found := root.match(text, low, at):
            yield at, found.end()


def _undressed(text: str, at: int) -> int:
    found = _DRESS.match(text, at)
    return found.end() if found else at


def _line_above(text: str, at: int, root: Root) -> Cue | None:
    """The announcement that is a line of its own, such as `## Final answer`."""
    begin, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    words = text[begin:end].strip(_MARKS)
    return Cue(begin, end) if end > 0 and len(words) <= LINE and root.fullmatch(words) else None
