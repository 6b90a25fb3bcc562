"""What a sink keeps when Ctrl-C comes in the middle of a write."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import pytest

from rewardkit.batch.sinks import Sink


class Interrupted:
    """A file in which Ctrl-C comes after so many bytes of a write are there."""

    def __init__(self, file: IO[bytes], written: int) -> None:
        self.file, self.written = file, written

    def write(self, data: memoryview) -> int:
        self.file.write(data[: self.written])
        raise KeyboardInterrupt

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)


@pytest.mark.parametrize(("written", "rows", "left"), [(0, 1, b"one\n"), (5, 1, b"one\n"), (10, 3, b"one\ntwo\nthree\n")])
def test_a_chunk_is_there_as_a_whole_or_not_at_all(tmp_path: Path, written: int, rows: int, left: bytes) -> None:
    path = tmp_path / "out"
    with Sink(str(path)) as sink:
        sink.write(b"one\n", 1)
        sink._file = Interrupted(sink._file, written)  # type: ignore[assignment]
        with pytest.raises(KeyboardInterrupt):
            sink.write(b"two\nthree\n", 2)
        assert (sink.rows, path.read_bytes()) == (rows, left)
