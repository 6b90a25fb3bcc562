"""The first rows, looked at before anything is written: a file of another kind or a wrong column name would spoil every row."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Mapping, Sequence

from rewardkit.batch.blocks import Chunk, rows_of
from rewardkit.batch.columns import ALIASES, WHOLE, InputRow, has_column
from rewardkit.errors import UsageError

__all__ = ["AllBad", "looked_at"]

LOOKED_AT = 256  # rows, after which a run without a single good one stops


class AllBad(Exception):
    """Every one of the first rows was read, and none can be scored."""

    def __init__(self, rows: Sequence[InputRow]) -> None:
        which = "the only row" if len(rows) == 1 else f"each of the first {len(rows):,} rows"
        super().__init__(f"{which} is a bad_row, so nothing is scored. {rows[0].verdict.info['message']}")


def looked_at(groups: Iterator[Chunk], mapping: Mapping[str, str], names: Sequence[str]) -> Iterator[Chunk]:
    """The chunks, once the first rows are known to be usable; `names` are the files.

    Raises `UsageError` where nothing can be read as rows, or no row has a completion or an answer, and `AllBad` where every row
    that was read has another fault. Both leave the output untouched.
    """
    looked: list[Chunk] = []
    rows: list[InputRow] = []
    for group in groups:
        looked.append(group)
        rows += rows_of(group, mapping)
        if len(rows) >= LOOKED_AT or not all(row.problem for row in rows):
            break
    if rows:
        _check(rows, mapping, names)
    return itertools.chain(looked, groups)


def _check(rows: Sequence[InputRow], mapping: Mapping[str, str], names: Sequence[str]) -> None:
    seen = sorted({key for row in rows for key in row.keys})
    if not seen:
        message = (
            f"cannot read {', '.join(names[:3])}: {rows[0].verdict.info['message']}. "
            "Wanted .jsonl, .json, .csv, .tsv or .parquet, also as .gz or .zst, or a saved data set"
        )
        raise UsageError(message)
    for ours in ("completion", "answer"):
        wanted = (mapping[ours],) if ours in mapping else (*ALIASES[ours], WHOLE) if ours == "completion" else ALIASES[ours]
        if not any(has_column(row, name) for row in rows for name in wanted):
            asked = f"the column {mapping[ours]!r}" if ours in mapping else f"{'an' if ours == 'answer' else 'a'} {ours}"
            message = f"no row has {asked}; the columns are {', '.join(seen)}. Map yours: --columns {ours}=NAME"
            raise UsageError(message)
    for ours, theirs in mapping.items():
        if not any(has_column(row, theirs) for row in rows):
            print(f"note: none of the first {len(rows)} rows has the column {theirs!r}, mapped to {ours!r}", file=sys.stderr)
    if all(row.problem for row in rows):
        raise AllBad(rows)
