"""A whole file in, its rows as samples out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rewardkit.batch.columns import InputRow, bad_row, input_row, to_row
from rewardkit.data.parquet import opened, rows_of
from rewardkit.data.raw import Lines, bounded_lines, fields_of
from rewardkit.errors import UsageError

__all__ = ["BATCH_ROWS", "is_parquet", "line_row", "open_rows", "parquet_rows", "read_rows"]

BATCH_ROWS = 256
WANTED = "an object with a completion and an answer"


@contextmanager
def open_rows(path: str) -> Iterator[IO[bytes]]:
    """The input as a byte stream; `-` is standard input. Raises `UsageError` when it cannot be opened."""
    if path == "-":
        yield sys.stdin.buffer
        return
    try:
        source = Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError as cause:
        message = f"cannot read {path}: {cause.strerror}"
        raise UsageError(message) from None
    with source:
        yield source


def read_rows(source: Lines, mapping: Mapping[str, str], *, first: int = 1) -> Iterator[InputRow]:
    """One row a line that is not blank, in order, counted from line `first`; nothing in a line makes this raise."""
    index = first - 1
    for place, (line, problem) in enumerate(bounded_lines(source), start=first):
        if problem or line.strip():
            yield bad_row(place, index, problem) if problem else line_row(line, place, index, mapping)
            index += 1


def line_row(line: bytes, place: int, index: int, mapping: Mapping[str, str]) -> InputRow:
    """The row in line `place` of the file, as row `index` of the batch."""
    found = fields_of(line, place, wanted=WANTED)
    if isinstance(found, str):
        return bad_row(place, index, found)
    return to_row(found, mapping, number=place, index=index, size=len(line))


def is_parquet(path: str) -> bool:
    """Whether a file is Parquet, by its name."""
    return path.lower().endswith(".parquet")


def parquet_rows(path: str, mapping: Mapping[str, str]) -> Iterator[InputRow]:
    """All rows of a Parquet file, a few at a time."""
    with opened(path) as table:
        first = 1
        for batch in table.iter_batches(BATCH_ROWS):
            for raw in rows_of(batch, first):
                yield input_row(raw, raw.place - 1, mapping)
            first += batch.num_rows
