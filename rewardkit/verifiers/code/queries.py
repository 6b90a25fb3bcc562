"""Queries run in the sandbox on a database that a row describes, and the rows that they give."""

from __future__ import annotations

import functools
import json
import os
import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from rewardkit.sandbox import Call, End, Limits, Outcome, Program, shared
from rewardkit.verifiers.code.tested import Unreadable
from rewardkit.verifiers.code.values import plain, read, same, same_items

__all__ = ["asks_for_order", "database_of", "rows_of", "same_rows", "wanted_of"]

Rows = list[list[Any]]

MOST_ROWS = 100_000
MOST_BYTES = 32 << 20
_QUERY = re.compile(r"\s*(?:select|with|values|pragma|explain)\b", re.IGNORECASE)
_ASIDE = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_PARENTHESES = re.compile(r"\([^()]*\)")
_ORDERED = re.compile(r"\border\s+by\b", re.IGNORECASE)

# Nothing of it depends on the query, which is an argument; it runs in the sandbox as code that is to be tested does.
_PROGRAM = f"""
import sqlite3

def rows(database, query):
    connection = sqlite3.connect(":memory:")
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    connection.executescript(database)
    connection.commit()
    cursor = connection.execute(query)
    found = cursor.fetchmany({MOST_ROWS} + 1)
    if cursor.description is None:
        raise ValueError("the statement gives no rows")
    if len(found) > {MOST_ROWS}:
        raise MemoryError("more than {MOST_ROWS} rows")
    return found
"""


def rows_of(database: str, query: str, limits: Limits) -> tuple[Outcome, Rows | None]:
    """How the query ended, and its rows where it ended well. Raises `SandboxUnavailable`."""
    heard: list[Outcome] = []

    def hear(outcome: Outcome) -> bool:
        heard[:] = [outcome]
        return True

    call = Call(json.dumps([database, query]), "rows")
    ended = shared().run(Program(_PROGRAM, limits), lambda: iter((call,)), lambda: hear)
    outcome = heard[0] if ended and heard else Outcome(End.TOO_LARGE, problem="the sandbox was lost in the run, twice")
    told = read(outcome.value) if outcome.end is End.WELL else None
    if not isinstance(told, list) or not all(isinstance(row, tuple) for row in told):
        return outcome, None
    return outcome, [list(row) for row in told]


def database_of(columns: Mapping[str, Any]) -> str:
    """The database as SQL: the column `schema` as it is, or what is in the file that the column `database` names.

    Raises `Unreadable` where there is neither, or a file that is no database or too large.
    """
    schema, file = columns.get("schema"), columns.get("database")
    if isinstance(schema, str) and schema.strip():
        if len(schema) > MOST_BYTES:
            message = f"a database of {len(schema)} characters; at most {MOST_BYTES} are read"
            raise Unreadable(message)
        return schema
    if not isinstance(file, str) or not file:
        message = "the row has no database: wanted the column schema (SQL) or database (a file of SQLite)"
        raise Unreadable(message)
    try:
        found = os.stat(file)
        if found.st_size > MOST_BYTES:
            message = f"{file} has {found.st_size} bytes; at most {MOST_BYTES} are read"
            raise Unreadable(message)
        return _dumped(file, found.st_mtime_ns)
    except (OSError, sqlite3.Error) as cause:
        message = f"{file} cannot be read as a database: {cause}"
        raise Unreadable(message) from None


@functools.lru_cache(maxsize=8)
def _dumped(file: str, changed: int) -> str:
    from urllib.request import pathname2url

    with closing(sqlite3.connect(f"file:{pathname2url(os.path.abspath(file))}?mode=ro", uri=True)) as connection:
        return "\n".join(connection.iterdump())


def wanted_of(answer: Any, database: str, limits: Limits) -> Rows:
    """The rows wanted: given as such, also as JSON, or by a query, which is run by itself.

    Raises `Unreadable` for an answer that is neither, and for no rows at all; `SandboxUnavailable`.
    """
    if isinstance(answer, str) and _QUERY.match(answer):
        rows = [list(row) for row in _wanted_rows(database, answer, limits)]
    else:
        rows = _given(answer)
    if not rows:
        message = "no rows are wanted, so that any query that finds nothing would be right"
        raise Unreadable(message)
    return [[plain(value) for value in row] for row in rows]


@functools.lru_cache(maxsize=16)  # completions of one prompt come together
def _wanted_rows(database: str, query: str, limits: Limits) -> tuple[tuple[Any, ...], ...]:
    outcome, rows = rows_of(database, query, limits)
    if rows is None:
        message = f"the reference's query {outcome.end.value}: {outcome.problem}"
        raise Unreadable(message)
    return tuple(map(tuple, rows))


def _given(answer: Any) -> list[list[Any]]:
    try:
        rows = json.loads(answer) if isinstance(answer, str) else answer
    except (ValueError, RecursionError):
        rows = None
    rows = rows.tolist() if hasattr(rows, "tolist") else rows
    if not isinstance(rows, (list, tuple)):
        message = f"wanted a query, or rows as lists, not {str(answer)[:200]}"
        raise Unreadable(message)
    lists = [row.tolist() if hasattr(row, "tolist") else row for row in rows]
    if not all(isinstance(row, (list, tuple)) for row in lists):
        message = f"wanted rows as lists of values, not {str(answer)[:200]}"
        raise Unreadable(message)
    return [list(row) for row in lists]


def asks_for_order(answer: Any) -> bool:
    """Whether the reference is a query that orders its rows, not only those of a query inside of it."""
    if not isinstance(answer, str) or not _QUERY.match(answer):
        return False
    text, shorter = "", _ASIDE.sub(" ", answer)
    while shorter != text:
        text, shorter = shorter, _PARENTHESES.sub(" ", shorter)
    return _ORDERED.search(text) is not None


def same_rows(wanted: Sequence[Sequence[Any]], given: Sequence[Sequence[Any]], tolerance: float, *, ordered: bool) -> bool:
    """Whether they are the same rows, as often, and in order where that counts; columns are in order always."""
    if ordered:
        return same(list(map(list, wanted)), list(map(list, given)), tolerance)
    return same_items(map(list, wanted), map(list, given), tolerance)
