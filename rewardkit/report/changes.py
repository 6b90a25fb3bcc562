"""Two scored files of the same rows: what changed, by reason and route, and what it does to the advantages of groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rewardkit.errors import UsageError
from rewardkit.report.prompts import group_of
from rewardkit.report.records import ReportRow

__all__ = ["CLASSES", "Change", "Changes", "Groups", "compared"]

CLASSES = ("paid", "partial", "unpaid", "abstained", "error")
KEPT = 1000  # changed rows whose texts are kept
SAME = 1e-9  # rewards closer than this are the same, and an advantage closer to 0 has no sign


class Change(NamedTuple):
    """One row in both files, whose outcome differs."""

    before: ReportRow
    after: ReportRow


class _Kept(NamedTuple):
    """What is held of a row of the first file until its pair comes."""

    row: ReportRow
    group: object


@dataclass
class Groups:
    """What the change does within groups: the completions of one prompt."""

    groups: int = 0
    flipped: int = 0
    rows: int = 0
    gained: int = 0
    lost: int = 0

    def add(self, pairs: list[tuple[float | None, float | None]]) -> None:
        """Count one group's rewards before and after."""
        before, after = (_advantages([pair[side] for pair in pairs]) for side in (0, 1))
        self.groups += 1
        self.rows += len(pairs)
        self.flipped += sum(a * b < 0 for a, b in zip(before, after, strict=True))
        contrast = [any(side) for side in (before, after)]
        self.gained += contrast == [False, True]
        self.lost += contrast == [True, False]


def _advantages(rewards: list[float | None]) -> list[float]:
    """Rewards less their mean, 0 where there is none: the sign is that of the group-relative advantage of every estimator."""
    scored = [reward for reward in rewards if reward is not None]
    mean = sum(scored) / len(scored) if scored else 0.0
    return [0.0 if reward is None or abs(reward - mean) < SAME else reward - mean for reward in rewards]


@dataclass
class Changes:
    """The counts over two files, and the first changed rows."""

    rows: int = 0
    changed: int = 0
    only_before: int = 0
    only_after: int = 0
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    routes: dict[str, Counter[str]] = field(default_factory=dict)
    groups: Groups = field(default_factory=Groups)
    examples: list[Change] = field(default_factory=list)

    def add(self, before: ReportRow, after: ReportRow) -> None:
        """Count one row that both files have."""
        self.rows += 1
        route = after.route or after.verifier
        classes = outcome(before), outcome(after)
        self.confusion[classes] += 1
        of_route = self.routes.setdefault(route, Counter())
        of_route["rows"] += 1
        if classes[0] == classes[1] and before.reason == after.reason and _same(before.reward, after.reward):
            return
        self.changed += 1
        of_route["changed"] += 1
        self.reasons[before.reason, after.reason] += 1
        if len(self.examples) < KEPT:
            self.examples.append(Change(before, after))

    def as_json(self) -> dict[str, Any]:
        """The counts as plain values."""
        return {
            "rows": self.rows,
            "changed": self.changed,
            "only_before": self.only_before,
            "only_after": self.only_after,
            "confusion": [{"before": a, "after": b, "rows": n} for (a, b), n in self.confusion.most_common()],
            "reasons": [{"before": a, "after": b, "rows": n} for (a, b), n in self.reasons.most_common()],
            "routes": [{"route": name, **counts} for name, counts in sorted(self.routes.items())],
            "groups": vars(self.groups),
        }


def outcome(row: ReportRow) -> str:
    """One of `CLASSES`: what a trainer gets."""
    if row.reward is None:
        return "error" if row.status == "error" else "abstained"
    return "paid" if row.reward >= 1 else "partial" if row.reward > 0 else "unpaid"


def _same(a: float | None, b: float | None) -> bool:
    return a == b or (a is not None and b is not None and abs(a - b) < SAME)


def compared(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]], *, group_size: int | None = None
) -> Changes:
    """What changed from one file to the other, joined by id; rows with the same id are told apart by their order.

    A group is so many neighbouring rows, or without `group_size` those of one prompt in one step where the records hold prompts,
    else those whose ids differ behind a `#` only. Memory grows with the first file's records, not with their texts.

    Raises `UsageError` when the files have no row in common.
    """
    found, kept = Changes(), dict(_keyed(before, group_size))
    grouped: dict[object, list[tuple[float | None, float | None]]] = {}
    for key, (row, _) in _keyed(after, None):
        pair = kept.pop(key, None)
        if pair is None:
            found.only_after += 1
            continue
        found.add(pair.row, row)
        grouped.setdefault(pair.group, []).append((pair.row.reward, row.reward))
    found.only_before = len(kept)
    if not found.rows:
        message = "the two files have no id in common; compare two scored files of the same rows"
        raise UsageError(message)
    for pairs in grouped.values():
        found.groups.add(pairs)
    return found


def _keyed(records: Iterable[Mapping[str, Any]], group_size: int | None) -> Iterator[tuple[tuple[str, int], _Kept]]:
    seen: Counter[str] = Counter()
    for number, record in enumerate(records):
        row = ReportRow.of(number + 1, record)
        key = (row.id, seen[row.id])
        seen[row.id] += 1
        group = (record.get("step") if group_size is None else None, group_of(row, number, group_size))
        yield key, _Kept(_short(row), group)


def _short(row: ReportRow) -> ReportRow:
    """The row with no more of its texts than a line shows."""
    for name, limit in (("prompt", 300), ("completion", 600), ("answer", 200), ("extracted", 200)):
        text = getattr(row, name)
        if text is not None and len(text) > limit:
            setattr(row, name, f"…{text[-limit:]}" if name == "completion" else text[:limit])
    row.info = None
    return row
