"""What is counted prompt by prompt: whether one of k completions is right, or the majority, and which groups teach nothing."""

from __future__ import annotations

import hashlib
import math
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import comb
from typing import Any

from rewardkit.report.records import ReportRow

__all__ = ["Prompts", "group_of", "pass_at"]

RIGHT = 1.0  # a reward from which a completion counts as right
SAME = 1e-9  # rewards closer than this are the same


def group_of(row: ReportRow, number: int = 0, group_size: int | None = None) -> object:
    """What names a row's group: its place among so many neighbours, else its prompt, else its id in front of a `#`."""
    if group_size is not None:
        return number // group_size
    if row.prompt:
        return hashlib.blake2b(row.prompt.encode(errors="replace"), digest_size=12).digest()
    return row.id.rpartition("#")[0] or row.id


def pass_at(k: int, n: int, right: int) -> float:
    """The chance that at least one of k completions drawn without return from n is right, of which `right` are.

    The unbiased estimator 1 − C(n − right, k) / C(n, k) of Chen et al. (arXiv 2107.03374), for k from 1 to n.
    """
    return 1.0 - comb(n - right, k) / comb(n, k)


@dataclass(slots=True)
class Table:
    """The groups of two rows or more as columns, in the order of their first rows.

    `first` is the place of a group's first row; `mean` and `spread`, the standard deviation, are over the rows that have a
    reward, and nan where there is none.
    """

    first: array[int] = field(default_factory=lambda: array("I"))
    rows: array[int] = field(default_factory=lambda: array("I"))
    scored: array[int] = field(default_factory=lambda: array("I"))
    right: array[int] = field(default_factory=lambda: array("I"))
    mean: array[float] = field(default_factory=lambda: array("d"))
    spread: array[float] = field(default_factory=lambda: array("d"))
    majority: array[float] = field(default_factory=lambda: array("f"))

    def add(self, places: Sequence[int], rewards: Sequence[float], answers: Sequence[int]) -> None:
        """One more group: where its rows stand, and the rewards and answers of all rows."""
        known = [place for place in places if not math.isnan(rewards[place])]
        scores = [rewards[place] for place in known]
        # About the first of them: equal rewards then have a spread of exactly 0.
        shift = scores[0] if scores else math.nan
        mean = math.fsum(score - shift for score in scores) / len(scores) if scores else math.nan
        self.first.append(places[0])
        self.rows.append(len(places))
        self.scored.append(len(scores))
        self.right.append(sum(map(_is_right, scores)))
        self.mean.append(mean + shift)
        self.spread.append(math.sqrt(math.fsum((s - shift - mean) ** 2 for s in scores) / len(scores)) if scores else math.nan)
        self.majority.append(_majority([(answers[place], rewards[place]) for place in known]))


class Prompts:
    """Collects rows by prompt, those of each step of a run apart; 16 bytes a row until `grouped` sorts them."""

    def __init__(self) -> None:
        self._groups, self._answers = array("Q"), array("Q")
        self.table = Table()

    def add(self, record: Mapping[str, Any], row: ReportRow) -> None:
        """Count one row."""
        self._groups.append(_hash(repr((str(record.get("step")), group_of(row)))))
        answer = (row.extracted or "").strip()
        self._answers.append(_hash(answer) if answer else 0)

    def grouped(self, rewards: Sequence[float]) -> array[int]:
        """Fill the table, and return each row's prompt as its place there, counted from 1; 0 for a row alone.

        `rewards` are those of the rows that were added, nan where there is none.
        """
        order = sorted(range(len(self._groups)), key=self._groups.__getitem__)
        # A group is named by its first row, so that the second sort puts groups in the order of the file.
        firsts = array("I", bytes(4 * len(order)))
        for _, members in groupby(order, key=self._groups.__getitem__):
            places = list(members)
            for place in places:
                firsts[place] = places[0] + 1 if len(places) > 1 else 0
        of_row = array("I", bytes(4 * len(order)))
        order.sort(key=firsts.__getitem__)
        number = 0
        for first, members in groupby(order, key=firsts.__getitem__):
            if not first:
                continue
            places = list(members)
            number += 1
            for place in places:
                of_row[place] = number
            self.table.add(places, rewards, self._answers)
        return of_row

    def as_json(self) -> dict[str, Any] | None:
        """The statistics as the page reads them; None where no prompt has two completions.

        `pass_at` has k = 1, 2, 4, …, each over the groups with that many scored rows; `majority` is over groups with two or more.
        """
        table = self.table
        if not table.rows:
            return None
        decided = [place for place, scored in enumerate(table.scored) if scored > 1]
        flat = [place for place in decided if table.spread[place] < SAME]
        return {
            "groups": len(table.rows),
            "rows": sum(table.rows),
            "size": max(table.rows),
            "pass_at": _pass_at(Counter(zip(table.scored, table.right, strict=True))),
            "majority": sum(table.majority[place] for place in decided) / len(decided) if decided else None,
            "undecided": len(table.rows) - len(decided),
            "flat": len(flat),
            "flat_right": sum(_is_right(table.mean[place]) for place in flat),
            "flat_wrong": sum(table.mean[place] <= SAME for place in flat),
        }


def _hash(text: str) -> int:
    """Eight bytes for a text: a million different ones are told apart but for a chance of one in ten million."""
    return int.from_bytes(hashlib.blake2b(text.encode(errors="replace"), digest_size=8).digest(), "little")


def _is_right(reward: float) -> bool:
    return reward >= RIGHT - SAME


def _majority(said: Sequence[tuple[int, float]]) -> float:
    """Whether the most frequent answer is right: the share of its rows that are, over all of equally frequent ones."""
    answers = Counter(answer for answer, _ in said if answer)
    most = max(answers.values(), default=0)
    chosen = {answer for answer, count in answers.items() if count == most}
    return sum(answer in chosen and _is_right(reward) for answer, reward in said) / (most * len(chosen)) if chosen else 0.0


def _pass_at(groups: Mapping[tuple[int, int], int]) -> list[dict[str, Any]]:
    """By k, from how many groups have so many scored rows and right ones."""
    found: list[dict[str, Any]] = []
    k = 1
    while usable := {(n, right): count for (n, right), count in groups.items() if n >= k}:
        count = sum(usable.values())
        share = sum(times * pass_at(k, n, right) for (n, right), times in usable.items()) / count
        found.append({"k": k, "groups": count, "share": share})
        k *= 2
    return found
