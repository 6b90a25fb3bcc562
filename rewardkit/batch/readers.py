"""A whole file in, its rows as samples out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rewardkit.batch.columns import InputRow, input_row
from rewardkit.data.parquet import opened, rows_of
from rewardkit.data.raw import Lines, json_lines
from rewardkit.errors import UsageError

__all__ = ["BATCH_ROWS", "is_parquet", "open_rows", "parquet_rows", "read_rows"]

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
    for index, raw in enumerate(json_lines(source, first=first, wanted=WANTED), start=first - 1):
        yield input_row(raw, index, mapping)


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
