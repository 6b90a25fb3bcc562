"""What is known of each published recipe: its source, and line by line what paper, code and ours say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from rewardkit.prose.tables import read_table

__all__ = ["Grain", "Judged", "Line", "Place", "Published", "published"]


class Grain(str, Enum):
    """What is paid: the end of a completion, its steps, or both."""

    OUTCOME = "outcome"
    PROCESS = "process"
    BOTH = "both"


class Judged(str, Enum):
    """Who decides: rules, a model, or rules first and a model for the rest."""

    RULE = "rule"
    MODEL = "model"
    MIXED = "mixed"


@dataclass(frozen=True)
class Place:
    """Where a recipe stands in the survey of reinforced multimodal models, arXiv 2504.21277.

    `terms` is what the reward is made of, `learning` what is done with it as published, and `value_model` whether that learns a
    model of values beside the policy.
    """

    grain: Grain
    judged: Judged
    value_model: bool
    terms: str
    learning: str


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
    """A recipe's source, what it is in one line, its lines, and its place."""

    source: str
    about: str
    lines: tuple[Line, ...]
    place: Place | None = None


@lru_cache(maxsize=1)
def published() -> Mapping[str, Published]:
    """Every published recipe, by the name under which it loads."""
    return {
        name: Published(found["source"], found["about"], tuple(Line(**line) for line in found["rows"]), _place(**found["place"]))
        for name, found in read_table("published.toml", "rewardkit.recipes").items()
    }


def _place(grain: str, judged: str, **rest: Any) -> Place:
    return Place(Grain(grain), Judged(judged), **rest)
