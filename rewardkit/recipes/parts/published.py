"""What is known of each published recipe: its source, and line by line what paper, code and ours say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rewardkit.prose.tables import read_table

__all__ = ["Line", "Published", "published"]


@dataclass(frozen=True)
class Line:
    """One thing that paper, released code and this library do, and how certain it is: code, paper, review or unknown."""

    what: str
    paper: str
    code: str
    ours: str
    certainty: str


@dataclass(frozen=True)
class Published:
    """A recipe's source, what it is in one line, and its lines."""

    source: str
    about: str
    lines: tuple[Line, ...]


@lru_cache(maxsize=1)
def published() -> Mapping[str, Published]:
    """Every published recipe, by the name under which it loads."""
    return {
        name: Published(found["source"], found["about"], tuple(Line(**line) for line in found["rows"]))
        for name, found in read_table("published.toml", "rewardkit.recipes").items()
    }
