"""Lines of JSON as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rewardkit.batch.columns import InputRow, bad_row, to_rows
from rewardkit.data.raw import Lines, bounded_lines, fields_of

__all__ = ["line_rows", "read_rows"]

WANTED = "an object with a completion and an answer"


def read_rows(source: Lines, mapping: Mapping[str, str], *, first: int = 1) -> Iterator[InputRow]:
    """The rows of each line that is not blank, in order, counted from line `first`; nothing in a line makes this raise."""
    index = first - 1
    for place, (line, problem) in enumerate(bounded_lines(source), start=first):
        if problem or line.strip():
            rows = [bad_row(place, index, problem)] if problem else line_rows(line, place, index, mapping)
            yield from rows
            index += len(rows)


def line_rows(line: bytes, place: int, index: int, mapping: Mapping[str, str]) -> list[InputRow]:
    """The rows in line `place` of the file, from row `index` of the batch on."""
    found = fields_of(line, wanted=WANTED)
    if isinstance(found, str):
        return [bad_row(place, index, found)]
    return to_rows(found, mapping, number=place, index=index, size=len(line))
