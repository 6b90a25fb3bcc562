"""Replies kept across steps and processes: content-addressed, bounded in size, safe to kill.

SQLite in WAL mode: many readers and one writer at a time, from any number of processes on one machine (not on a network file
system). Every entry is a transaction of its own, so that a killed writer loses at most the entry it was writing. A
cache must never cost a verdict: one that fails warns once and is then no cache.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rewardkit.errors import BadParameter
from rewardkit.judges.client import Reply

__all__ = ["Cache"]

BUSY_S, RETRY_S = 30, 0.02
EVICT_SHARE = 0.1  # evicting one entry at a time would evict at every put
CHECK_EVERY, CHECK_SHARE = 256, 0.05  # entries, or a share of the size, between two looks at the size
TOUCH_S = 3600  # a read is noted at most once an hour, so that reading does not become writing
CHUNK = 500  # SQLite bounds the number of parameters

# A connection that came through a fork must be neither used nor closed, so it is kept from being collected.
_inherited: list[sqlite3.Connection | None] = []

# Rows lie in the order in which they came, so that what is evicted frees whole pages.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS replies (id INTEGER PRIMARY KEY, key TEXT UNIQUE, reply TEXT NOT NULL, used INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS replies_used ON replies (used);
"""


class Cache:
    """A file of judges' replies by content address.

    `path` is made when it is not there. At about `size_mb` megabytes (default 512) a tenth of the entries gives way, the
    longest unused first. Pickles as its path; opens on first use, anew in a forked process. Raises `BadParameter` for a size
    below 1.
    """

    def __init__(self, path: str | os.PathLike[str], *, size_mb: float = 512) -> None:
        if not size_mb >= 1:
            message = f"size_mb={size_mb!r} must be at least 1"
            raise BadParameter(message)
        self.path = Path(path)
        self.size_mb = size_mb
        self._start()

    def _start(self) -> None:
        self._connection: sqlite3.Connection | None = None
        self._broken = False
        self._puts = 0
        self._unchecked = 0  # characters put since the size was looked at
        self._lock = threading.Lock()
        self._process = os.getpid()

    def _here(self) -> threading.Lock:
        """The lock, in a forked process a new one: the old one may be held by a thread that stayed behind."""
        if self._process != os.getpid():
            _inherited.append(self._connection)
            self._start()
        return self._lock

    def __repr__(self) -> str:
        return f"Cache({str(self.path)!r}, size_mb={self.size_mb})"

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path, "size_mb": self.size_mb}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()

    def get(self, keys: Sequence[str]) -> dict[str, Reply]:
        """The replies that are there, by key."""
        found: dict[str, Reply] = {}
        stale: list[str] = []
        now = int(time.time())
        with self._here():
            try:
                for start in range(0, len(keys), CHUNK):
                    part = keys[start : start + CHUNK]
                    marks = ",".join("?" * len(part))
                    for key, text, used in self._open().execute(
                        f"SELECT key, reply, used FROM replies WHERE key IN ({marks})", part
                    ):
                        reply = _decode(text)
                        if reply is not None:
                            found[key] = reply
                        if used < now - TOUCH_S:
                            stale.append(key)
                if stale:
                    self._open().executemany("UPDATE replies SET used = ? WHERE key = ?", [(now, key) for key in stale])
            except (sqlite3.Error, OSError) as cause:
                self._give_up(cause)
        return found

    def put(self, entries: Iterable[tuple[str, Reply]]) -> None:
        """Keep replies under their keys, each in a transaction of its own."""
        with self._here():
            try:
                for key, reply in entries:
                    row = (key, _encode(reply), int(time.time()))
                    self._open().execute("INSERT OR REPLACE INTO replies (key, reply, used) VALUES (?, ?, ?)", row)
                    self._unchecked += len(row[1])
                    if self._puts % CHECK_EVERY == 0 or self._unchecked > CHECK_SHARE * self.size_mb * 1e6:
                        self._evict()
                        self._unchecked = 0
                    self._puts += 1
            except (sqlite3.Error, OSError) as cause:
                self._give_up(cause)

    def __len__(self) -> int:
        with self._here():
            return int(self._open().execute("SELECT count(*) FROM replies").fetchone()[0])

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._here():
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._broken:
            raise sqlite3.OperationalError
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = _opened(self.path)
        return self._connection

    def _evict(self) -> None:
        connection = self._open()
        while self._size_bytes(connection) > self.size_mb * 1e6:
            deleted = connection.execute(
                "DELETE FROM replies WHERE id IN (SELECT id FROM replies ORDER BY used, id LIMIT "
                "(SELECT max(1, cast(count(*) * ? AS INTEGER)) FROM replies))",
                (EVICT_SHARE,),
            )
            connection.execute("PRAGMA incremental_vacuum").fetchall()
            if deleted.rowcount < 1:
                return

    def _size_bytes(self, connection: sqlite3.Connection) -> int:
        names = ("page_size", "page_count", "freelist_count")
        size, pages, free = (int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in names)
        return size * (pages - free)

    def _give_up(self, cause: Exception) -> None:
        if not self._broken:
            self._broken = True
            warnings.warn(f"{self!r} is not used any more in this process: {cause}", RuntimeWarning, stacklevel=4)


def _opened(path: Path) -> sqlite3.Connection:
    """Where two processes turn a new file to WAL at the same moment, SQLite tells one that it is locked and does not wait."""
    limit = time.monotonic() + BUSY_S
    while True:
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            # Safe against a killed process; only a power cut may lose the last entries.
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(_SCHEMA)
        except sqlite3.OperationalError as cause:
            connection.close()
            if "locked" not in str(cause) or time.monotonic() > limit:
                raise
            time.sleep(RETRY_S)
        else:
            return connection


def _encode(reply: Reply) -> str:
    kept = [reply.text, dict(reply.top_logprobs), reply.finish, reply.prompt_tokens, reply.completion_tokens, reply.score]
    return json.dumps([*kept, reply.scores] if reply.scores else kept)


def _decode(text: str) -> Reply | None:
    """None for an entry that another version wrote."""
    try:
        said, logprobs, finish, prompt_tokens, completion_tokens, score, *steps = json.loads(text)
        scores = tuple(steps[0]) if steps else ()
    except (ValueError, TypeError):
        return None
    return Reply(said, None, logprobs, finish, prompt_tokens, completion_tokens, score=score, scores=scores)
