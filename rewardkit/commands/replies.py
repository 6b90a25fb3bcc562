"""A judge's replies kept beside the output for as long as a run is not finished, so that no interrupt pays for them twice."""

from __future__ import annotations

import contextlib
from argparse import Namespace
from pathlib import Path
from typing import Any

__all__ = ["Replies"]

SQLITE = b"SQLite format 3\0"
BESIDE = ("", "-wal", "-shm")


class Replies:
    """The file OUT.replies, named as the cache of a judge that has none; `path` is None where there is nothing to keep.

    There is nothing without a judge, with a cache of one's own, for output that is no file, and on Ray, whose nodes may share no
    folder. A run that does not resume begins with an empty one, and `finished` takes it away.
    """

    def __init__(self, options: Namespace, table: dict[str, Any]) -> None:
        self.path: Path | None = None
        judge, output = table.get("judge"), Path(options.output)
        path = output.with_name(f"{output.name}.replies")
        plain = options.output != "-" and (output.is_file() or not output.exists())
        named = "cache" in (judge or ()) or "judge_cache" in table.get("options", ())
        if not judge or named or options.engine == "ray" or not plain or not _is_ours(path):
            return
        self.path = path
        if not options.resume:
            self.finished()
        table["judge"] = {**judge, "cache": str(path)}

    @property
    def kept(self) -> str:
        """What is said of it when a run stops early."""
        return f"; what the judge has said is kept in {self.path}" if self.path is not None and self.path.exists() else ""

    def finished(self) -> None:
        """Take the file away."""
        if self.path is not None:
            for end in BESIDE:
                with contextlib.suppress(OSError):
                    self.path.with_name(self.path.name + end).unlink()


def _is_ours(path: Path) -> bool:
    """Whether nothing of somebody else's stands there."""
    try:
        with path.open("rb") as old:
            return old.read(len(SQLITE)) in (b"", SQLITE)
    except FileNotFoundError:
        return True
    except OSError:
        return False
