"""Files of any size as ranges that can be read apart: whole lines of JSON, or row groups of Parquet."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from rewardkit.batch.columns import InputRow, input_rows
from rewardkit.batch.lines import read_rows
from rewardkit.batch.readers import is_lines
from rewardkit.data.files import PACKINGS, ending
from rewardkit.data.parquet import opened, rows_of
from rewardkit.data.read import BATCH_ROWS

__all__ = ["Range", "has_ranges", "plan", "rows_in"]

LEAST_BYTES, RANGE_BYTES, PIECES = 1 << 16, 1 << 20, 64  # small files are cut finely too, so that actors finish together
RANGES_AT_MOST = 10_000  # each is an object of the scheduler's
BLOCK = 1 << 22


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a file: bytes from `start` to `end` that are whole lines, the first of which is line `first` of the input.

    In a Parquet file: the row group `start`, whose first row is row `first` of the input, without its `skip` first rows.
    """

    path: str
    start: int
    end: int
    first: int
    skip: int = 0


def has_ranges(name: str) -> bool:
    """Whether a file of that name can be read in parts: plain lines or Parquet, not packed, and no stream."""
    if name == "-" or Path(name).suffix.lower() in PACKINGS or not Path(name).is_file():
        return False
    return is_lines(name) or ending(name) == ".parquet"


def plan(paths: Sequence[str], *, done: int = 0) -> Iterator[Range]:
    """The ranges of files, whose lines and rows are counted through all of them, after the first `done` of these."""
    before = 0
    for path in paths:
        if ending(path) == ".parquet":
            with opened(path) as table:
                yield from _groups(table, path, before, done)
                before += table.metadata.num_rows
        else:
            with Path(path).open("rb") as source:
                before = yield from _lines(source, path, before, done)


def _lines(source: IO[bytes], path: str, before: int, done: int) -> Generator[Range, None, int]:
    """The ranges of a file of lines behind `before` others; gives how many there are with this one's."""
    size = source.seek(0, 2)
    most = max(min(RANGE_BYTES, max(LEAST_BYTES, size // PIECES)), -(-size // RANGES_AT_MOST))
    start, line = _behind(source, done - before)
    source.seek(start)
    line += before + 1
    place, began = start, line
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
    return line - 1 + _is_open(source, size)


def _behind(source: IO[bytes], lines: int) -> tuple[int, int]:
    """The byte behind so many lines, and how many they are: all there are where there are fewer."""
    source.seek(0)
    place = passed = 0
    while passed < lines and (block := source.read(BLOCK)):
        at = 0
        while passed < lines and (cut := block.find(b"\n", at)) != -1:
            passed, at = passed + 1, cut + 1
        place += at if passed == lines else len(block)
    return place, passed


def _is_open(source: IO[bytes], size: int) -> bool:
    """Whether the last line has no line break."""
    source.seek(max(0, size - 1))
    return source.read(1) not in (b"", b"\n")


def _groups(table: Any, path: str, before: int, done: int) -> Iterator[Range]:
    first = before + 1
    for group in range(table.num_row_groups):
        rows = table.metadata.row_group(group).num_rows
        skip = max(0, min(rows, done + 1 - first))
        if skip < rows:
            yield Range(path, group, group + 1, first, skip)
        first += rows


def rows_in(part: Range, mapping: Mapping[str, str]) -> Iterator[InputRow]:
    """The rows of a range, with the numbers that they have in the whole input."""
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
