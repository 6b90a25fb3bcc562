"""Whether a word is known: a dictionary of nine languages, and names and terms of many more, in one file of 1.8 MB.

The words themselves are not kept. `words/known.bin` is a table of bytes, of which each word points at three; their exclusive or
says whether it was put in, by seven bits of its hash, and whether as a word of a language of which nearly every word is there
(a binary fuse filter, Graf and Lemire 2022, arXiv 2201.01174, with one bit more). A word that was put in is always found; of
others one in 128 is taken for known. Of a long word only the first letters count, so its inflections and what is compounded with
it are known as well. The file's head says what it was made of; `benchmarks/known_words.py` makes it.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["FILE", "LEAST", "STEM", "Shape", "key", "known", "of_a_whole_language", "places"]

FILE = Path(__file__).parent / "words" / "known.bin"
LEAST = 4
"""Letters of the shortest word that is looked up: of three letters nearly anything stands for something."""

STEM = 7
"""Letters of a longer word that count."""


class Shape(NamedTuple):
    """A table is `segments` + 2 runs of `length` bytes, a power of two."""

    segments: int
    length: int


def known(word: str) -> bool:
    """Whether a word of at least `LEAST` plain Latin letters, as `letters.plain` gives it, is known."""
    return _found(key(word)) is not None


def of_a_whole_language(word: str) -> bool:
    """Whether it is a word of a language of which nearly every word is known."""
    return bool(_found(key(word)))


def key(word: str) -> str:
    """What is kept of a word."""
    return word if len(word) <= STEM else f"{word[:STEM]}-"


def places(kept: str, shape: Shape) -> tuple[int, int, int, int]:
    """Where the three bytes of a key stand, and the seven bits by which it is known again."""
    digest = hashlib.blake2b(kept.encode(), digest_size=9).digest()
    number, last = int.from_bytes(digest[:8], "little"), shape.length - 1
    first = number * shape.segments * shape.length >> 64
    second, third = first + shape.length, first + 2 * shape.length
    return first, second ^ (number >> 18 & last), third ^ (number & last), digest[8] & 127


@lru_cache(maxsize=8192)
def _found(kept: str) -> int | None:
    """Whether a key belongs to a whole language, as 1 or 0; None for one that is not there."""
    shape, table = _table()
    first, second, third, own = places(kept, shape)
    value = table[first] ^ table[second] ^ table[third]
    return value >> 7 if value & 127 == own else None


@lru_cache(maxsize=1)
def _table() -> tuple[Shape, bytes]:
    head, _, table = FILE.read_bytes().partition(b"\n\n")
    segments, length = head.rsplit(b"\n", 1)[1].split()
    return Shape(int(segments), int(length)), table
