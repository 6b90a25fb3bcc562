"""Answers written anew with their reasons and kept where a judge stands by them, with a report of what was dropped.

Source: MAmmoTH-VL, arXiv 2412.05237: of its sources some are kept as they are, some are rewritten, some dropped; a model rewrites
and the same model looks the result over, whose agreement with people it reports as Cohen's κ.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from rewardkit.errors import BadParameter, WrongLength

__all__ = ["Counts", "Rewriting", "Source", "audit", "kappa", "rewrite"]


class Source(str, Enum):
    """What becomes of the rows of a source."""

    KEEP = "keep"
    REWRITE = "rewrite"
    DROP = "drop"


@dataclass
class Counts:
    """What became of the rows of one category.

    Attributes:
        kept: rows that were kept, as they were or rewritten.
        refused: rewritten rows that the reward called wrong.
        undecided: rewritten rows without a reward; they are not kept, and nobody says that they are wrong.
        unwritten: rows of which the writer made nothing.
        unwanted: rows of a source to drop.
    """

    kept: int = 0
    refused: int = 0
    undecided: int = 0
    unwritten: int = 0
    unwanted: int = 0

    @property
    def share_refused(self) -> float | None:
        """The share of the rows that were decided which were refused; None where none was."""
        decided = self.kept + self.refused
        return self.refused / decided if decided else None


@dataclass(frozen=True)
class Rewriting:
    """The rows that are left, in order, and by category what became of all."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, Counts] = field(default_factory=dict)


def rewrite(
    rows: Sequence[Mapping[str, Any]],
    *,
    write: Callable[[Sequence[Mapping[str, Any]]], Sequence[str | None]],
    reward: Callable[..., Sequence[float | None]],
    source: Callable[[Mapping[str, Any]], Source | str] = lambda row: Source.REWRITE,
    category: str = "category",
    least: float = 1.0,
) -> Rewriting:
    """Rows of one batch through the writer and then the reward.

    Args:
        rows: Each with `prompt` and `answer`, and whatever else the writer and the reward look at.
        write: Makes a text of each row, or None where it makes nothing.
        reward: A reward function such as `rewardkit.load("mammoth_vl", judge=…)`; sees the texts as completions.
        source: What becomes of a row's source; by default all are rewritten.
        category: The column by which is counted; a row without it counts as "".
        least: The reward from which on a row is kept.

    Returns:
        The rows that are left; a rewritten one has its text as `rewritten`, beside the `answer` that it had.

    Raises:
        WrongLength: For texts or rewards that are not one a row.
        BadParameter: For a source that is none of the three.
    """
    counts: dict[str, Counts] = {str(row.get(category, "")): Counts() for row in rows}
    sources = [_source(source(row)) for row in rows]
    asked = [place for place, kind in enumerate(sources) if kind is Source.REWRITE]
    texts = dict(zip(asked, _as_many(write([rows[place] for place in asked]), asked, "texts"), strict=True)) if asked else {}
    written = [place for place in asked if texts[place] is not None]
    given = dict(zip(written, _rewards(reward, [(rows[place], str(texts[place])) for place in written]), strict=True))
    left: list[dict[str, Any]] = []
    for place, (row, kind) in enumerate(zip(rows, sources, strict=True)):
        count = counts[str(row.get(category, ""))]
        if kind is Source.DROP:
            count.unwanted += 1
        elif kind is Source.KEEP:
            count.kept += 1
            left.append(dict(row))
        elif place not in given:
            count.unwritten += 1
        elif (score := given[place]) is None:
            count.undecided += 1
        elif score < least:
            count.refused += 1
        else:
            count.kept += 1
            left.append({**row, "rewritten": texts[place]})
    return Rewriting(left, counts)


def audit(rows: Iterable[Mapping[str, Any]], *, each: int, category: str = "category", seed: int = 0) -> list[Mapping[str, Any]]:
    """Up to `each` rows of every category, drawn by `seed`, for people to look at."""
    drawn = list(rows)
    random.Random(seed).shuffle(drawn)
    seen: Counter[str] = Counter()
    chosen = []
    for row in drawn:
        name = str(row.get(category, ""))
        seen[name] += 1
        if seen[name] <= each:
            chosen.append(row)
    return sorted(chosen, key=lambda row: str(row.get(category, "")))


def kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Cohen's κ of two raters over the same rows: agreement beyond chance, 1 at most; None where both always say the same word.

    Raises `WrongLength` for ratings of different rows, and `BadParameter` for none.
    """
    if len(first) != len(second):
        raise WrongLength("ratings", len(second), len(first))
    if not first:
        message = "no ratings are given; wanted one or more rows that both have rated"
        raise BadParameter(message)
    rows = len(first)
    agreed = sum(one == other for one, other in zip(first, second, strict=True)) / rows
    ours, theirs = Counter(first), Counter(second)
    by_chance = sum(ours[word] * theirs[word] for word in ours) / rows**2
    return None if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)


def _source(said: Source | str) -> Source:
    try:
        return Source(said)
    except ValueError:
        message = f"source gave {said!r}; wanted one of {', '.join(repr(one.value) for one in Source)}"
        raise BadParameter(message) from None


def _as_many(found: Sequence[Any], wanted: Sequence[Any], name: str) -> Sequence[Any]:
    if len(found) != len(wanted):
        raise WrongLength(name, len(found), len(wanted))
    return found


def _rewards(reward: Callable[..., Sequence[float | None]], pairs: Sequence[tuple[Mapping[str, Any], str]]) -> Sequence[Any]:
    if not pairs:
        return []
    names = dict.fromkeys(name for row, _ in pairs for name in row)
    columns = {("prompts" if name == "prompt" else name): [row.get(name) for row, _ in pairs] for name in names}
    return _as_many(reward(completions=[text for _, text in pairs], **columns), pairs, "rewards")
