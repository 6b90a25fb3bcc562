"""The chemical elements by their symbols, from a generated table, read once when the first formula is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from rewardkit.first_use import first_use

__all__ = ["atomic_numbers"]


@lru_cache(maxsize=1)
@first_use
def atomic_numbers() -> Mapping[str, int]:
    """The number of each element by its symbol, hydrogen first."""
    text = files("rewardkit.answers.notation").joinpath("elements.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {symbol: int(number) for number, symbol, _ in rows}
