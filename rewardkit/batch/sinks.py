"""Where lines go: a file or standard output that holds whole chunks of lines or, after a failure, none of the chunk."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from types import TracebackType
from typing import IO

from rewardkit.errors import UsageError

__all__ = ["CannotWrite", "Sink"]


class CannotWrite(Exception):
    """The disk is full, or the like; what was written before is whole."""

    mend = "Make room"

    def __init__(self, path: str, cause: OSError) -> None:
        super().__init__(f"cannot write {path}: {cause.strerror}")


class Sink:
    """Writes lines to `path`, `-` being standard output, after the first `keep_bytes` that are there.

    A chunk goes out in one unbuffered write and is taken back when that fails, so that whatever ends the program (Ctrl-C, a
    full disk, a kill) leaves complete lines and `rows` of them. Raises `UsageError` when the file cannot be opened.
    """

    def __init__(self, path: str, *, keep_bytes: int = 0) -> None:
        self.path, self.rows, self._end = path, 0, keep_bytes
        self._file: IO[bytes]
        if path == "-":
            self._file = sys.stdout.buffer
            self._regular = False
            return
        try:
            self._file = open(path, "ab", buffering=0)  # noqa: SIM115 - closed by __exit__
            self._regular = stat.S_ISREG(os.fstat(self._file.fileno()).st_mode)
            if self._regular:
                self._file.truncate(keep_bytes)
        except OSError as cause:
            message = f"cannot write {path}: {cause.strerror}"
            raise UsageError(message) from None

    def __enter__(self) -> Sink:
        return self

    def __exit__(self, kind: type[BaseException] | None, cause: BaseException | None, trace: TracebackType | None) -> None:
        if self.path != "-":
            with contextlib.suppress(OSError):
                self._file.close()

    def write(self, lines: bytes, rows: int) -> None:
        """Append whole lines. Raises `CannotWrite`; a reader that has left the pipe raises `BrokenPipeError`."""
        data = memoryview(lines)
        end = self._end + len(data)
        try:
            while data:
                data = data[self._file.write(data) :]
            self._file.flush()
            self._end, self.rows = end, self.rows + rows
        except BrokenPipeError:
            raise
        except OSError as cause:
            self._take_back()
            raise CannotWrite(self.path, cause) from None
        except KeyboardInterrupt:
            # It may come after the write and before we know of it.
            if self._end != end:
                if self._regular and os.fstat(self._file.fileno()).st_size >= end:
                    self._end, self.rows = end, self.rows + rows
                else:
                    self._take_back()
            raise

    def _take_back(self) -> None:
        if self._regular:
            with contextlib.suppress(OSError):
                self._file.truncate(self._end)
