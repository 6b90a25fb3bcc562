"""The table's rows as JSON: inside of the page while they are few, else in files beside it, loaded as they are looked at."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from rewardkit.errors import UsageError

__all__ = ["Chunks", "embedded", "where_rows_are"]

PAGE_BYTES = 16_000_000
"""What rows may take inside of the page; a browser opens that in a second."""

CHUNK_BYTES = 128_000
"""A file of rows ends with the row that reaches this: fifty of them, for one screen, are loaded in a moment."""

NAME = re.compile(r"(\d+|kind|reward|seconds|prompt|prompts)\.js")


class Chunks:
    """Takes rows one by one and holds no more of them than fit into the page.

    Beyond that they go to files in a folder named like the page, with `.rows` for its ending. The files are JavaScript, since a
    page that was opened from a disk may load nothing else; each calls `rewardkitPart` with its name and its rows.

    Raises `UsageError` where that folder holds what is not ours.
    """

    def __init__(self, page: str | PathLike[str]) -> None:
        path = Path(page)
        self.folder = _folder(path)
        self.starts: list[int] = []
        self.rows = 0
        self.beside = False
        self._part = path.with_name(f"{path.stem}.rows.part")
        self._held: list[str] = []  # whole chunks that are not written yet
        self._held_bytes = 0
        self._chunk: list[str] = []
        self._chunk_bytes = 0

    def add(self, values: Sequence[Any]) -> None:
        """One more row."""
        text = embedded(values)
        self._chunk.append(text)
        self._chunk_bytes += len(text)
        self.rows += 1
        if self._chunk_bytes >= CHUNK_BYTES:
            self._end_chunk()

    def _end_chunk(self) -> None:
        if not self._chunk:
            return
        self.starts.append(self.rows - len(self._chunk))
        self._held.append(",".join(self._chunk))
        self._held_bytes += self._chunk_bytes
        self._chunk, self._chunk_bytes = [], 0
        if self.beside or self._held_bytes > PAGE_BYTES:
            self._write_held()

    def _write_held(self) -> None:
        if not self.beside:
            self._open()
        first = len(self.starts) - len(self._held)
        for number, rows in enumerate(self._held, start=first):
            self.write(str(number), f"[{rows}]")
        self._held.clear()

    def _open(self) -> None:
        for folder in (self.folder, self._part):
            if folder.exists() and not _is_ours(folder) and (not folder.is_dir() or any(folder.iterdir())):
                message = f"{folder} is no report's; the rows of the page go there, so choose another name for it"
                raise UsageError(message)
        shutil.rmtree(self._part, ignore_errors=True)
        self._part.mkdir()
        self.beside = True

    def write(self, name: str, value: str) -> None:
        """One file beside the page: a value, as JSON that cannot leave a script, under a name of `NAME`."""
        text = f'rewardkitPart("{name}",{value});\n'
        (self._part / f"{name}.js").write_text(text, encoding="ascii")

    def finish(self) -> str:
        """The rows as a JSON list for the page, or an empty one where they are beside it."""
        self._end_chunk()
        return "[]" if self.beside else f"[{','.join(self._held)}]"

    def place(self) -> None:
        """Put the folder where the page looks for it; one of an earlier page goes."""
        if _is_ours(self.folder):
            shutil.rmtree(self.folder)
        if self.beside:
            self._part.rename(self.folder)  # also over an empty folder

    def discard(self) -> None:
        """Take back what was written: the page could not be."""
        if self.beside:
            shutil.rmtree(self._part, ignore_errors=True)


def where_rows_are(page: Path) -> str:
    """What is to be said behind the name of a page that was written: where its rows are, if they are not in it."""
    folder = _folder(page)
    return f", with its rows in {folder}: keep the two together" if _is_ours(folder) else ""


def _folder(page: Path) -> Path:
    return page.with_name(f"{page.stem}.rows")


def _is_ours(folder: Path) -> bool:
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return bool(names) and all(map(NAME.fullmatch, names))


def embedded(value: Any) -> str:
    """JSON in ASCII without a single angle bracket: no text can end the element that holds it, or open a comment."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
