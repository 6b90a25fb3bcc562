"""What the command line names, as rows: files, patterns, folders and data sets, one after the other."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO

from rewardkit.batch.blocks import Chunk, chunks, read_blocks
from rewardkit.batch.columns import InputRow, input_rows
from rewardkit.batch.lines import read_rows
from rewardkit.data.files import ending, files_in, is_saved_set, matches, unpacked
from rewardkit.data.raw import RawRow
from rewardkit.data.read import HUB, read
from rewardkit.errors import UsageError

__all__ = ["Input", "is_lines"]


class Input:
    """Everything that was named as one input, whose lines and rows are counted through all of it; `-` is standard input.

    `rows` gives rows for as long as it is asked, and `chunks` whatever comes after them. Both raise `UsageError` for what turns
    out to be unreadable; what is not there at all is told at once.
    """

    def __init__(self, sources: Sequence[str]) -> None:
        self.names = [name for source in sources for name in _flat(source)]
        self.size: int | None = 0
        for name in self.names:
            size = _size(name)
            self.size = None if size is None or self.size is None else self.size + size
        self._stack = ExitStack()
        self._left = iter(self.names)
        self._place, self._read_bytes = 1, 0
        self._part: _Lines | _Rows | None = None
        self._next()

    def __enter__(self) -> Input:
        return self

    def __exit__(self, kind: type[BaseException] | None, cause: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def rows(self, mapping: Mapping[str, str]) -> Iterator[InputRow]:
        """Row by row."""
        while self._part is not None:
            yield from self._part.rows(mapping)
            self._next()

    def chunks(self, mapping: Mapping[str, str]) -> Iterator[Chunk]:
        """The rest, in bounded chunks."""
        while self._part is not None:
            yield from self._part.chunks(mapping)
            self._next()

    def tell(self) -> int:
        """How many bytes of the files were read; those of pipes and of other forms than lines are not counted."""
        return self._read_bytes + (self._part.tell() if self._part is not None else 0)

    def _next(self) -> None:
        """Go on to the next file."""
        if self._part is not None:
            self._place, self._read_bytes = self._part.place, self.tell()
        self._stack.close()
        self._part = None
        name = next(self._left, None)
        if name is None:
            return
        if name == "-":
            self._part = _Lines(sys.stdin.buffer, sys.stdin.buffer, self._place)
        elif is_lines(name):
            self._part = _Lines(*self._stack.enter_context(unpacked(name)), self._place)
        else:
            self._part = _Rows(read(name), self._place)


class _Lines:
    """Lines of JSON, of which the next is line `place` of the input."""

    def __init__(self, stream: IO[bytes], file: IO[bytes], place: int) -> None:
        self._stream, self._file = stream, file
        self.place = place
        self._open = False

    def rows(self, mapping: Mapping[str, str]) -> Iterator[InputRow]:
        return read_rows(self, mapping, first=self.place)

    def chunks(self, mapping: Mapping[str, str]) -> Iterator[Chunk]:
        return read_blocks(self, first=self.place)

    def tell(self) -> int:
        return self._file.tell() if self._file.seekable() else 0

    def readline(self, limit: int) -> bytes:
        line = self._stream.readline(limit)
        if line.endswith(b"\n") or (self._open and not line):
            self.place += 1
            self._open = False
        else:
            self._open = bool(line)
        return line


class _Rows:
    """Rows of any other form, of which the next is row `place` of the input."""

    def __init__(self, raw: Iterator[RawRow], place: int) -> None:
        self._raw, self._before = raw, place - 1
        self.place = place

    def rows(self, mapping: Mapping[str, str]) -> Iterator[InputRow]:
        for raw in self._raw:
            self.place = self._before + raw.place + 1
            yield from input_rows(raw, self.place - 2, mapping, before=self._before)

    def chunks(self, mapping: Mapping[str, str]) -> Iterator[Chunk]:
        return iter(chunks(self.rows(mapping)))

    def tell(self) -> int:
        return 0


def is_lines(name: str) -> bool:
    """Whether a file holds lines of JSON, which is also what one holds whose name says nothing."""
    return name != "-" and ending(name) in ("", ".jsonl", ".ndjson") and not name.startswith(HUB) and not Path(name).is_dir()


def _flat(source: str) -> list[str]:
    if source == "-" or source.startswith(HUB):
        return [source]
    found: list[str] = []
    for path in map(Path, matches(source)):
        found += map(str, files_in(path)) if path.is_dir() and not is_saved_set(path) else [str(path)]
    return found


def _size(name: str) -> int | None:
    """How many bytes there are to read; None where nobody knows. Raises `UsageError` for what is not there."""
    if name.startswith(HUB):
        return None
    try:
        status = os.fstat(sys.stdin.fileno()) if name == "-" else os.stat(name)
        if name != "-" and not os.access(name, os.R_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as cause:
        message = f"cannot read {name}: {cause.strerror}"
        raise UsageError(message) from None
    lines = name == "-" or is_lines(name)
    return status.st_size if lines and stat.S_ISREG(status.st_mode) else None
