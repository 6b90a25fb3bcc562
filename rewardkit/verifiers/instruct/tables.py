"""The word lists that constraints look things up in, one file each."""

from __future__ import annotations

import functools
from importlib.resources import files

__all__ = ["lines", "table"]


@functools.lru_cache(maxsize=32)
def lines(name: str) -> tuple[str, ...]:
    """The lines of a table in their order, without blank ones and comments."""
    text = files("rewardkit.verifiers.instruct").joinpath(f"tables/{name}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


@functools.lru_cache(maxsize=32)
def table(name: str) -> frozenset[str]:
    """The lines of a table as a set."""
    return frozenset(lines(name))
