"""The kinds of argument a constraint takes, each with the function that reads it from a row.

A value that does not fit is no reason to guess: the reader raises `Unreadable`, and the row abstains.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

__all__ = ["Count", "Phrase", "Phrases", "Position", "Relation", "Share", "Sign", "Unreadable", "compared"]


class Unreadable(ValueError):
    """An id, or an argument, that nothing is known of; the message says which."""


def _whole(value: Any, least: int) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        message = f"wanted a whole number of at least {least}"
        raise Unreadable(message)
    return value


def read_count(value: Any) -> int:
    """How many: a whole number, 0 or more."""
    return _whole(value, 0)


def read_position(value: Any) -> int:
    """A place in a row of things, the first being 1."""
    return _whole(value, 1)


def read_share(value: Any) -> float:
    """A percentage, 0 to 100."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or not 0 <= value <= 100:
        message = "wanted a percentage from 0 to 100"
        raise Unreadable(message)
    return float(value)


def read_phrase(value: Any) -> str:
    """Words, without the white space around them."""
    if not isinstance(value, str) or not value.strip():
        message = "wanted a text that is not blank"
        raise Unreadable(message)
    return value.strip()


def read_phrases(value: Any) -> tuple[str, ...]:
    """One phrase or more."""
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        message = "wanted a list of texts"
        raise Unreadable(message)
    phrases = tuple(read_phrase(one) for one in value)
    if not phrases:
        message = "wanted at least one text"
        raise Unreadable(message)
    return phrases


def read_sign(value: Any) -> str:
    """One letter or other character."""
    sign = read_phrase(value)
    if len(sign) != 1:
        message = "wanted one character"
        raise Unreadable(message)
    return sign


def read_relation(value: Any) -> str:
    """The two relations that the published prompts know."""
    if value not in ("at least", "less than"):
        message = "wanted 'at least' or 'less than'"
        raise Unreadable(message)
    return str(value)


Count = Annotated[int, read_count]
Position = Annotated[int, read_position]
Share = Annotated[float, read_share]
Phrase = Annotated[str, read_phrase]
Phrases = Annotated[tuple[str, ...], read_phrases]
Sign = Annotated[str, read_sign]
Relation = Annotated[Literal["at least", "less than"], read_relation]


def compared(seen: int, relation: Relation, wanted: int) -> bool:
    """Whether a count stands in the relation to the one that was asked for."""
    return seen >= wanted if relation == "at least" else seen < wanted
