"""The tables of units and number words, read once when the first word is looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from rewardkit.first_use import first_use

__all__ = ["Row", "rows", "scale_words", "unit_words"]


class Row(NamedTuple):
    """A unit as the table has it.

    `dimension` lists base dimensions with their powers (`length:1 time:-1`), is `either` where `factor` names units of which any
    may be meant, and is empty for what has no size or is a product of other units. `factor` is the size in base units as p/q,
    `offset` what is added to it (temperatures).
    """

    dimension: str
    factor: str
    offset: str


def _lines(name: str) -> Iterator[list[str]]:
    text = files("rewardkit.answers.units").joinpath(name).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines())


@lru_cache(maxsize=1)
@first_use
def _read() -> tuple[Mapping[str, Row], Mapping[str, str]]:
    sizes: dict[str, Row] = {}
    words: dict[str, str] = {}
    for name, dimension, factor, offset, spelled in _lines("units.tsv"):
        sizes[name] = Row(dimension, factor, offset)
        words.update(dict.fromkeys(spelled.split("|"), name))
    return sizes, words


@lru_cache(maxsize=1)
@first_use
def rows() -> Mapping[str, Row]:
    """Every unit by its name."""
    return _read()[0]


@lru_cache(maxsize=1)
@first_use
def unit_words() -> Mapping[str, str]:
    """The unit of each spelling."""
    return _read()[1]


@lru_cache(maxsize=1)
@first_use
def scale_words() -> Mapping[str, int]:
    """What each number word multiplies by."""
    return {word: int(factor) for factor, words in _lines("scales.tsv") for word in words.split("|")}
