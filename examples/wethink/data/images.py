"""Images by their path, out of a folder, a zip file or a zip file in parts; and a hash that survives resizing."""

from __future__ import annotations

import bisect
import io
import itertools
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from rewardkit.errors import UsageError

__all__ = ["Images", "Neighbours", "look_hash", "open_images"]

BITS, BANDS = 128, 8
SIDE = 8


class Images(Protocol):
    """Where images come from."""

    def read(self, path: str, /) -> bytes:
        """The file's bytes. Raises `UsageError` when it is not there."""
        ...


def open_images(where: str | Path) -> Images:
    """A folder, a `.zip`, or the first of several parts such as `image.zip.part-aa`, of which nothing is unpacked or joined.

    The released set uses the archive of LLaVA-CoT-100k, sixteen parts `image.zip.part-aa` to `-ap`.
    """
    path = Path(where)
    if path.is_dir():
        return _Folder(path)
    if ".part-" in path.name:
        parts = sorted(path.parent.glob(path.name.rpartition(".part-")[0] + ".part-*"))
        if parts and parts[0] == path:
            return _Zip(zipfile.ZipFile(io.BufferedReader(_Joined(parts))), str(path))
        message = f"{path} is not the first part; give {parts[0] if parts else 'a path that is there'}"
        raise UsageError(message)
    try:
        return _Zip(zipfile.ZipFile(path), str(path))
    except (OSError, zipfile.BadZipFile) as cause:
        message = f"{path} is neither a folder nor a zip file: {cause}"
        raise UsageError(message) from None


class _Folder:
    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def read(self, path: str, /) -> bytes:
        file = (self.root / path).resolve()
        if not file.is_relative_to(self.root):
            message = f"{path} leads out of {self.root}"
            raise UsageError(message)
        try:
            return file.read_bytes()
        except OSError as cause:
            message = f"no image {path} in {self.root}: {cause.strerror}"
            raise UsageError(message) from None


class _Zip:
    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.archive, self.name = archive, name

    def read(self, path: str, /) -> bytes:
        try:
            return self.archive.read(path)
        except KeyError:
            message = f"no image {path} in {self.name}"
            raise UsageError(message) from None


class _Joined(io.RawIOBase):
    """Several files read as one."""

    def __init__(self, parts: Sequence[Path]) -> None:
        self.files = [part.open("rb") for part in parts]
        self.ends = list(itertools.accumulate(part.stat().st_size for part in parts))
        self.place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.ends[-1]}[whence]
        self.place = max(start + offset, 0)
        return self.place

    def tell(self) -> int:
        return self.place

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        number = bisect.bisect_right(self.ends, self.place)
        if number == len(self.ends):
            return 0
        file = self.files[number]
        file.seek(self.place - (self.ends[number - 1] if number else 0))
        count = file.readinto(buffer)
        self.place += count
        return count

    def close(self) -> None:
        for file in self.files:
            file.close()
        super().close()


def look_hash(image: bytes) -> int:
    """128 bits of what an image looks like: whether each place of an 8 by 8 grid is brighter than the one before, both ways.

    Copies that were resized, recompressed or slightly cropped differ in a few bits. A flat image has no bits set and tells
    nothing.
    """
    from PIL import Image

    with Image.open(io.BytesIO(image)) as opened:
        grey = opened.convert("L")
        wide = list(grey.resize((SIDE + 1, SIDE), Image.Resampling.BOX).tobytes())
        tall = list(grey.resize((SIDE, SIDE + 1), Image.Resampling.BOX).tobytes())
    bits = 0
    for row, column in itertools.product(range(SIDE), range(SIDE)):
        bits = bits << 1 | (wide[row * (SIDE + 1) + column + 1] > wide[row * (SIDE + 1) + column] + 2)
    for row, column in itertools.product(range(SIDE), range(SIDE)):
        bits = bits << 1 | (tall[(row + 1) * SIDE + column] > tall[row * SIDE + column] + 2)
    return bits


class Neighbours:
    """Hashes to be found again with up to `within` bits changed (default 6, at most 7)."""

    def __init__(self, within: int = 6) -> None:
        if not 0 <= within < BANDS:
            message = f"within={within!r} must be from 0 to {BANDS - 1}: with more bits changed no band need be whole"
            raise UsageError(message)
        self.within = within
        self._bands: list[dict[int, list[tuple[int, str]]]] = [{} for _ in range(BANDS)]

    def add(self, bits: int, name: str) -> None:
        """Remember a hash by name; flat images are not remembered, since all of them are alike."""
        if bits:
            for band, part in enumerate(_parts(bits)):
                self._bands[band].setdefault(part, []).append((bits, name))

    def find(self, bits: int) -> str | None:
        """The name of a hash that near, or None. Of `BANDS` bands one at least is unchanged, so only those are looked through."""
        for band, part in enumerate(_parts(bits)):
            for other, name in self._bands[band].get(part, ()):
                if (bits ^ other).bit_count() <= self.within:
                    return name
        return None


def _parts(bits: int) -> list[int]:
    width = BITS // BANDS
    return [bits >> width * band & (1 << width) - 1 for band in range(BANDS)]
