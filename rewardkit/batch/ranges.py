"""A file of any size as ranges that can be read apart: whole lines of JSON, or row groups of Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from rewardkit.batch.columns import InputRow, input_rows
from rewardkit.batch.lines import read_rows
from rewardkit.data.files import ending
from rewardkit.data.parquet import opened, rows_of
from rewardkit.data.read import BATCH_ROWS

__all__ = ["Range", "plan", "rows_in"]

LEAST_BYTES, RANGE_BYTES, PIECES = 1 << 16, 1 << 20, 64  # small files are cut finely too, so that actors finish together
RANGES_AT_MOST = 10_000  # each is an object of the scheduler's
BLOCK = 1 << 22


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a file: bytes from `start` to `end` that are whole lines, the first of which is line `first` of the file.

    In a Parquet file: the row group `start`, whose first row is row `first` of the file, without its `skip` first rows.
    """

    path: str
    start: int
    end: int
    first: int
    skip: int = 0


def plan(path: str, *, done_bytes: int = 0, done_rows: int = 0) -> list[Range]:
    """The ranges of a file after what is done: `done_bytes` of a file of lines, `done_rows` of a Parquet file."""
    if ending(path) == ".parquet":
        return list(_groups(path, done_rows))
    with Path(path).open("rb") as source:
        return list(_lines(source, path, done_bytes))


def _lines(source: IO[bytes], path: str, done: int) -> Iterator[Range]:
    size = source.seek(0, 2)
    most = max(min(RANGE_BYTES, max(LEAST_BYTES, size // PIECES)), -(-size // RANGES_AT_MOST))
    source.seek(0)
    line = 1
    left = done
    while left > 0 and (block := source.read(min(BLOCK, left))):
        line += block.count(b"\n")
        left -= len(block)
    start = place = done
    began = line
    while block := source.read(BLOCK):
        # Each range ends with the line that reaches its size.
        at = 0
        while (cut := block.find(b"\n", max(at, start + most - place - 1))) != -1:
            line += block.count(b"\n", at, cut + 1)
            at = cut + 1
            yield Range(path, start, place + at, began)
            start, began = place + at, line
        line += block.count(b"\n", at)
        place += len(block)
    if start < place:
        yield Range(path, start, place, began)


def _groups(path: str, done: int) -> Iterator[Range]:
    with opened(path) as table:
        first = 1
        for group in range(table.num_row_groups):
            rows = table.metadata.row_group(group).num_rows
            skip = max(0, min(rows, done + 1 - first))
            if skip < rows:
                yield Range(path, group, group + 1, first, skip)
            first += rows


def rows_in(part: Range, mapping: Mapping[str, str]) -> Iterator[InputRow]:
    """The rows of a range, with the numbers that they have in the whole file."""
    if ending(part.path) == ".parquet":
        with opened(part.path) as table:
            yield from _from_group(table, part, mapping)
        return
    with Path(part.path).open("rb") as source:
        source.seek(part.start)
        yield from read_rows(_Part(source, part.end - part.start), mapping, first=part.first)


def _from_group(table: Any, part: Range, mapping: Mapping[str, str]) -> Iterator[InputRow]:
    number, wanted = part.first, part.first + part.skip
    for batch in table.iter_batches(BATCH_ROWS, row_groups=[part.start]):
        last = number + batch.num_rows
        if wanted < last:
            begin = max(number, wanted)
            for raw in rows_of(batch.slice(begin - number), begin):
                yield from input_rows(raw, raw.place - 1, mapping)
        number = last


class _Part:
    """The lines of a range of a file, and then its end."""

    def __init__(self, source: IO[bytes], size: int) -> None:
        self._source, self._left = source, size

    def readline(self, limit: int) -> bytes:
        line = self._source.readline(min(limit, self._left))
        self._left -= len(line)
        return line
