"""Quoted keys before a colon, of JSON objects and Python dictionaries, found by the colon, as quotes are more frequent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Key", "keys_in", "last_key"]

LONGEST = 44  # characters of a key with its spaces


class Key(NamedTuple):
    """Where the quote before a key stands, where the one behind it, and what is behind the colon."""

    begin: int
    close: int
    end: int


def keys_in(text: str, begin: int, end: int) -> Iterator[Key]:
    """Every quoted text of at most 44 characters before a colon between two places, in order."""
    at = text.find(":", begin, end)
    while at >= 0:
        if key := _before(text, begin, at):
            yield key
        at = text.find(":", at + 1, end)


def last_key(text: str, name: re.Pattern[str]) -> Key | None:
    """The last key with a name."""
    at = text.rfind(":")
    while at >= 0:
        if (key := _before(text, 0, at)) and name.fullmatch(text, key.begin + 1, key.close):
            return key
        at = text.rfind(":", 0, at)
    return None


def _before(text: str, begin: int, colon: int) -> Key | None:
    close = colon - 2 if text[colon - 1 : colon].isspace() else colon - 1
    if close <= begin or text[close] not in "\"'":
        return None
    opened = text.rfind(text[close], max(begin, close - LONGEST), close)
    return Key(opened, close, colon + 1) if opened >= 0 else None
