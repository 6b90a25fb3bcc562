"""The loop that a row of words ends in, found in linear time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["loop_at_end"]

_LOOP_WINDOW = 4096
_LOOP_COPIES = 3


def loop_at_end(words: Sequence[Any]) -> tuple[int, int]:
    """Period and length of the longest tail that repeats itself at least three times, or zeros."""
    # The last word may have been cut off in its middle, so the tail ends before it.
    whole = words[:-1]
    tail = whole[: -_LOOP_WINDOW - 1 : -1]
    period = length = 0
    for place, match in enumerate(_z_array(tail)):
        if place and place + match >= max(_LOOP_COPIES * place, length + 1):
            period, length = place, place + match
    if length == len(tail):
        while length < len(whole) and whole[-length - 1] == whole[-length - 1 + period]:
            length += 1
    return period, length


def _z_array(items: Sequence[Any]) -> list[int]:
    """At each place, how many items from there on equal the items from the start; in linear time."""
    matches = [0] * len(items)
    left = right = 0
    for i in range(1, len(items)):
        match = min(right - i, matches[i - left]) if i < right else 0
        while i + match < len(items) and items[match] == items[i + match]:
            match += 1
        if i + match > right:
            left, right = i, i + match
        matches[i] = match
    return matches
