"""Rows in bounded chunks, as they were read or as the lines that they are: whoever scores a block of lines reads its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rewardkit.batch.columns import InputRow, bad_row
from rewardkit.batch.lines import line_rows
from rewardkit.data.raw import Lines, bounded_lines

__all__ = ["Block", "Chunk", "chunks", "read_blocks", "rows_of"]

CHUNK, CHUNK_MB = 256, 16


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines, the first of which is line `first` of the file."""

    first: int
    lines: Iterable[bytes]


Chunk = Block | list[InputRow]
"""Rows of a file: as the lines that they are, or read."""


def read_blocks(source: Lines, *, first: int = 1) -> Iterator[Chunk]:
    """The lines in bounded blocks, counted from line `first`; one that is too long to be held is a row with a problem."""
    lines: list[bytes] = []
    rows = size = 0
    for place, (line, problem) in enumerate(bounded_lines(source), start=first):
        if not problem:
            lines.append(line)
            rows += not line.isspace()
            size += len(line)
        if rows and (problem or rows == CHUNK or size > CHUNK_MB * 2**20):
            yield Block(first, lines)
        if problem:
            yield [bad_row(place, place - 1, problem)]
        if problem or rows == CHUNK or size > CHUNK_MB * 2**20:
            lines, rows, size, first = [], 0, 0, place + 1
    if rows:
        yield Block(first, lines)


def chunks(rows: Iterable[InputRow]) -> Iterator[list[InputRow]]:
    """Rows in groups bounded in number and in bytes, so that memory is too."""
    chunk: list[InputRow] = []
    size = 0
    for row in rows:
        chunk.append(row)
        size += row.size
        if row.last and (len(chunk) >= CHUNK or size > CHUNK_MB * 2**20):
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def rows_of(chunk: Chunk, mapping: Mapping[str, str]) -> list[InputRow]:
    """The rows of a chunk, with the numbers that they have in the whole file."""
    if not isinstance(chunk, Block):
        return chunk
    rows: list[InputRow] = []
    for place, line in enumerate(chunk.lines, start=chunk.first):
        if line.strip():
            rows += line_rows(line, place, chunk.first - 1 + len(rows), mapping)
    return rows
