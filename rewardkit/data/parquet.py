"""Rows of a Parquet file, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from rewardkit.data.raw import RawRow, not_utf8
from rewardkit.errors import MissingExtra, UsageError

__all__ = ["opened", "rows_of"]


@contextmanager
def opened(source: str | IO[bytes]) -> Iterator[Any]:
    """The file as pyarrow reads it. Raises `UsageError` when it cannot be read, `MissingExtra` without pyarrow."""
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise MissingExtra("pyarrow", "data", "reading Parquet") from None
    try:
        with ParquetFile(source) as table:
            yield table
    except (ArrowException, OSError) as cause:
        message = f"cannot read {source if isinstance(source, str) else getattr(source, 'name', 'the file')} as Parquet: {cause}"
        raise UsageError(message) from cause


def rows_of(batch: Any, first: int) -> Iterator[RawRow]:
    """The rows of a record batch, the first of them being row `first` of the file."""
    try:
        rows = batch.to_pylist()
    except UnicodeDecodeError:  # pyarrow looks at text no earlier than this
        yield from (_alone(batch.slice(at, 1), first + at) for at in range(batch.num_rows))
        return
    for place, fields in enumerate(rows, start=first):
        yield RawRow(place, fields)


def _alone(row: Any, place: int) -> RawRow:
    fields = {}
    for name, column in zip(row.schema.names, row.columns, strict=True):
        try:
            [fields[name]] = column.to_pylist()
        except UnicodeDecodeError as cause:
            return RawRow(place, problem=not_utf8(cause.object[cause.start], cause.start, f"the column {name!r}"))
    return RawRow(place, fields)
