"""The files behind a name, what each of them is, and its bytes as they were before they were packed."""

from __future__ import annotations

import glob
import gzip
import io
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from rewardkit.errors import MissingExtra, UsageError

__all__ = ["ENDINGS", "PACKINGS", "ending", "files_in", "is_saved_set", "matches", "unpacked"]

ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")
PACKINGS = (".gz", ".zst")


def ending(path: str | Path) -> str:
    """What a file is, by the end of its name, such as ".csv" also for `rows.csv.gz`; empty for none of `ENDINGS`."""
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    if suffixes and suffixes[-1] in PACKINGS:
        suffixes.pop()
    return suffixes[-1] if suffixes and suffixes[-1] in ENDINGS else ""


def matches(source: str) -> list[str]:
    """The path itself, or the paths that it matches as a pattern with `*`, `?`, `[…]` or `**`, sorted.

    Raises `UsageError` for a pattern that nothing matches.
    """
    if not glob.has_magic(source) or os.path.lexists(source):
        return [source]
    found = sorted(glob.glob(source, recursive=True))
    if not found:
        message = f"no file matches {source}"
        raise UsageError(message)
    return found


def is_saved_set(folder: Path) -> bool:
    """Whether a folder is what `Dataset.save_to_disk` wrote."""
    return (folder / "state.json").exists() or (folder / "dataset_dict.json").exists()


def files_in(folder: Path) -> list[Path]:
    """The data files of a folder and its folders, in the order of their names. Raises `UsageError` when there is none."""
    files = sorted(entry for entry in folder.rglob("*") if ending(entry) and entry.is_file())
    if not files:
        message = (
            f"{folder} holds no data files; wanted names that end in {', '.join(ENDINGS)}, also with {' or '.join(PACKINGS)}"
        )
        raise UsageError(message)
    return files


@contextmanager
def unpacked(path: str | Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The bytes of a file without its packing, and the file itself, whose place says how much of it is read.

    Raises `UsageError` when it cannot be opened or, while it is read, unpacked, and `MissingExtra` for .zst without pyarrow.
    """
    try:
        packed = open(path, "rb")  # noqa: SIM115 - closed below
    except OSError as cause:
        message = f"cannot read {path}: {cause.strerror}"
        raise UsageError(message) from None
    with packed:
        packing = Path(path).suffix.lower()
        if packing not in PACKINGS:
            yield packed, packed
            return
        source = gzip.GzipFile(fileobj=packed) if packing == ".gz" else _zstd(packed)
        stream = io.BufferedReader(_Unpacking(source, path), 1 << 20)
        if ending(path) != ".parquet":
            yield stream, packed
            return
        with tempfile.TemporaryFile() as whole:  # Parquet is read from its end
            shutil.copyfileobj(stream, whole)
            whole.seek(0)
            yield whole, packed


def _zstd(packed: IO[bytes]) -> Any:
    try:
        from pyarrow import CompressedInputStream
    except ImportError:
        raise MissingExtra("pyarrow", "data", "reading .zst") from None
    return CompressedInputStream(packed, "zstd")


class _Unpacking(io.RawIOBase):
    """What a packed file holds; raises `UsageError` where it is damaged or cut off."""

    def __init__(self, source: Any, path: str | Path) -> None:
        self._source, self._path = source, path

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            piece = self._source.read(len(buffer))
        except (OSError, EOFError, zlib.error) as cause:
            message = f"cannot unpack {self._path}: {cause}; is it whole?"
            raise UsageError(message) from None
        buffer[: len(piece)] = piece
        return len(piece)
