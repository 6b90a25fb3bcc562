"""Every answered call to a model, kept before it is used: what a killed run has paid for is never paid again.

A resumed run makes the same requests in the same order and finds their replies here. A call that was under way when the process
died is sent again under the same idempotency key, so that a server which honours such keys charges it once.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Call", "Journal"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    key TEXT PRIMARY KEY, stage TEXT NOT NULL, model TEXT NOT NULL, reply TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL
);
"""


@dataclass(frozen=True)
class Call:
    """One answered call."""

    text: str
    finish: str
    prompt_tokens: int
    completion_tokens: int


class Journal:
    """A SQLite file of answered calls by the content of their requests; each is on disk when `keep` returns.

    Unlike a cache it never forgets, and it raises what goes wrong: a full disk must stop the run, not make it pay twice.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)
        self._waiting: list[tuple[tuple[Any, ...], asyncio.Future[None]]] = []

    def find(self, key: str) -> Call | None:
        """The call under this key, if it was ever answered."""
        row = self._db.execute("SELECT reply, prompt_tokens, completion_tokens FROM calls WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        text, finish = json.loads(row[0])
        return Call(text, finish, row[1], row[2])

    async def keep(self, key: str, stage: str, model: str, call: Call) -> None:
        """Write an answered call down. Those that are answered in one turn of the event loop share one commit."""
        row = (key, stage, model, json.dumps([call.text, call.finish]), call.prompt_tokens, call.completion_tokens)
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._commit)
        on_disk = loop.create_future()
        self._waiting.append((row, on_disk))
        await on_disk

    def _commit(self) -> None:
        waiting, self._waiting = self._waiting, []
        failure: sqlite3.Error | None = None
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR IGNORE INTO calls VALUES (?, ?, ?, ?, ?, ?)", [row for row, _ in waiting])
            self._db.execute("COMMIT")
        except sqlite3.Error as cause:
            failure = cause
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        for _, on_disk in waiting:
            if on_disk.done():  # whoever waited was cancelled
                continue
            if failure is None:
                on_disk.set_result(None)
            else:
                on_disk.set_exception(failure)

    def totals(self) -> Mapping[str, tuple[int, int, int]]:
        """Calls, prompt tokens and completion tokens of each model."""
        rows = self._db.execute("SELECT model, count(*), sum(prompt_tokens), sum(completion_tokens) FROM calls GROUP BY model")
        return {model: (calls, prompt, completion) for model, calls, prompt, completion in rows}

    def close(self) -> None:
        """Close the file."""
        self._db.close()
