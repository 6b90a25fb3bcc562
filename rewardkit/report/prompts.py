"""What is counted prompt by prompt: whether one of k completions is right, or the majority, and which groups teach nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import comb
from typing import Any

from rewardkit.report.records import ReportRow

__all__ = ["Prompts", "group_of", "pass_at"]

ANSWER_LENGTH = 120
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
class Group:
    """The rows of one prompt."""

    rows: int = 0
    scored: int = 0
    right: int = 0
    low: float = float("inf")
    high: float = float("-inf")
    answers: Counter[str] = field(default_factory=Counter)
    paid: Counter[str] = field(default_factory=Counter)

    def add(self, row: ReportRow) -> None:
        """Count one row; one without a reward is in the group, and in none of its shares."""
        self.rows += 1
        if row.reward is None:
            return
        self.scored += 1
        self.low, self.high = min(self.low, row.reward), max(self.high, row.reward)
        is_right = row.reward >= RIGHT - SAME
        self.right += is_right
        answer = (row.extracted or "").strip()[:ANSWER_LENGTH]
        if answer:
            self.answers[answer] += 1
            self.paid[answer] += is_right

    @property
    def majority(self) -> float:
        """Whether the most frequent answer is right: the share of its rows that are, over all of equally frequent ones."""
        most = max(self.answers.values(), default=0)
        chosen = [answer for answer, count in self.answers.items() if count == most]
        return sum(self.paid[answer] for answer in chosen) / (most * len(chosen)) if chosen else 0.0


class Prompts:
    """Collects rows by prompt, those of each step of a run apart; memory grows with prompts and different answers."""

    def __init__(self) -> None:
        self._groups: dict[object, Group] = {}

    def add(self, record: Mapping[str, Any], row: ReportRow) -> None:
        """Count one row."""
        key = (str(record.get("step")), group_of(row))
        self._groups.setdefault(key, Group()).add(row)

    def as_json(self) -> dict[str, Any] | None:
        """The statistics as the page reads them; None where no prompt has two completions.

        `pass_at` has k = 1, 2, 4, …, each over the groups with that many scored rows; `majority` is over groups with two or more.
        """
        groups = [group for group in self._groups.values() if group.rows > 1]
        if not groups:
            return None
        decided = [group for group in groups if group.scored > 1]
        flat = [group for group in decided if group.high - group.low < SAME]
        return {
            "groups": len(groups),
            "rows": sum(group.rows for group in groups),
            "size": max(group.rows for group in groups),
            "pass_at": _pass_at(groups),
            "majority": sum(group.majority for group in decided) / len(decided) if decided else None,
            "undecided": len(groups) - len(decided),
            "flat": len(flat),
            "flat_right": sum(group.low >= RIGHT - SAME for group in flat),
            "flat_wrong": sum(group.high <= SAME for group in flat),
        }


def _pass_at(groups: list[Group]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    k = 1
    while usable := [group for group in groups if group.scored >= k]:
        share = sum(pass_at(k, group.scored, group.right) for group in usable) / len(usable)
        found.append({"k": k, "groups": len(usable), "share": share})
        k *= 2
    return found
