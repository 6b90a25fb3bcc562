"""Labelled rows of files and published suites, as pairs to measure on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewardkit.batch.columns import ALIASES
from rewardkit.bench.measure import Pair
from rewardkit.columns import named
from rewardkit.data.raw import RawRow
from rewardkit.data.read import HUB, read
from rewardkit.data.suites import suite
from rewardkit.errors import UsageError
from rewardkit.types import Sample

__all__ = ["Labelled", "read_labelled"]

LABELS = {"true": True, "1": True, "false": False, "0": False, "null": None, "none": None, "": None}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A suite as it was read: its name, its pairs, the rows that could not be read, and the columns there are."""

    title: str
    pairs: list[Pair]
    bad: list[RawRow]
    columns: tuple[str, ...]

    @property
    def unlabelled(self) -> bool:
        """Whether every row was read and none has a label."""
        return not self.bad and all(pair.label is None for pair in self.pairs)


def read_labelled(
    source: str,
    mapping: Mapping[str, str],
    *,
    columns_of: str | None = None,
    split: str | None = None,
    limit: int | None = None,
) -> Labelled:
    """The first `limit` pairs of a file, a folder or `hub:NAME` of a published suite (default: all of them).

    `mapping` goes from our column names to the file's; `columns_of` names the published suite whose columns the file has. Raises
    `UsageError` when there is no pair.
    """
    title, rows = _rows(source, columns_of, split)
    pairs: list[Pair] = []
    bad: list[RawRow] = []
    seen: dict[str, None] = {}
    for row in rows:
        seen |= dict.fromkeys(row.fields)
        found = row.problem or _pair(row, mapping, len(pairs))
        if isinstance(found, str):
            bad.append(RawRow(row.place, problem=found))
        else:
            pairs.append(found)
        if limit and len(pairs) >= limit:
            break
    if not pairs:
        message = f"{source} has no rows to measure on"
        raise UsageError(f"{message}: {bad[0].problem}" if bad else message)
    return Labelled(title, pairs, bad, tuple(seen))


def _rows(source: str, columns_of: str | None, split: str | None) -> tuple[str, Iterator[RawRow]]:
    if source.startswith(HUB):
        published = suite(source.removeprefix(HUB))
        return published.name, published.load(split)
    rows = read(source, split=split)
    return Path(source).stem, suite(columns_of).pairs(rows) if columns_of else rows


def _pair(row: RawRow, mapping: Mapping[str, str], index: int) -> Pair | str:
    """The pair of a row, or why there is none."""

    def value(name: str) -> Any:
        names = (mapping[name],) if name in mapping else ALIASES.get(name, (name,))
        return next((found for n in names if (found := named(row.fields, n)) is not None), None)

    completion, answer, label = value("completion"), value("answer"), value("label")
    if completion is None or answer is None:
        lacks = "completion" if completion is None else "answer"
        return f"no {lacks}; the row has {', '.join(row.fields)}. Map yours with --columns {lacks}=NAME"
    known = "" if label is None else str(label).strip().lower()
    if known not in LABELS:
        return f"the label is {label!r}; wanted true, false or null"
    columns = {"answer": answer} | {n: v for n in ("choices", "options") if (v := value(n)) is not None}
    sample = Sample(index, value("prompt"), completion, columns)
    return Pair(sample, LABELS[known], str(value("kind") or "all"))
