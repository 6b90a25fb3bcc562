"""Tables of notations, and the text that is written anew by them.

A row of a table is one notation: what its texts have in them, the pattern, what is written instead, an example with what
becomes of it, and a text that looks like it and is another thing, so that it stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

__all__ = ["Notation", "Notations", "by_hint", "rewrite"]

MAX_LENGTH = 400


class Notation(NamedTuple):
    """One way to write something, within a text or as a `whole` text.

    One of its `hints` stands in every text of the notation.
    """

    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    written: str | Callable[[re.Match[str]], str]
    whole: bool
    example: str
    becomes: str
    unlike: str

    def rewritten(self, text: str) -> str:
        """The text with what is said in this notation said in one of the grammar."""
        if not self.whole:
            return self.pattern.sub(self.written, text)
        found = self.pattern.fullmatch(text)
        if found is None:
            return text
        return found.expand(self.written) if isinstance(self.written, str) else self.written(found)


Notations = tuple[tuple[str, Notation], ...]


def by_hint(rows: Iterable[Notation]) -> Notations:
    """Each notation behind each of its hints, in the order in which they are tried."""
    return tuple((hint, row) for row in rows for hint in row.hints)


def rewrite(cleaned: str, notations: Notations) -> str:
    """The text in notations of the grammar, row after row; text over 400 characters stays as it is."""
    if len(cleaned) > MAX_LENGTH:
        return cleaned
    for hint, notation in notations:
        if hint in cleaned:
            cleaned = notation.rewritten(cleaned)
    return cleaned
