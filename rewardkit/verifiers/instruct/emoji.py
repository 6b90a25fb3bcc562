"""Which characters are emoji, by a table made from the package `emoji`."""

from __future__ import annotations

import functools

from rewardkit.first_use import first_use
from rewardkit.verifiers.instruct.tables import lines

__all__ = ["is_emoji"]


def is_emoji(character: str) -> bool:
    """Whether one character by itself is an emoji; a text of any other length is none."""
    return len(character) == 1 and ord(character) in _emoji()


@functools.lru_cache(maxsize=1)
@first_use
def _emoji() -> frozenset[int]:
    found: set[int] = set()
    for line in lines("emoji"):
        first, last = (int(number, 16) for number in line.split(".."))
        found.update(range(first, last + 1))
    return frozenset(found)
