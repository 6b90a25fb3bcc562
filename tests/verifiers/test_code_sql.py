"""Databases that queries run on, beside the cases: files, and what is done with them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sandboxed import needs_sandbox

from rewardkit import get, sandbox
from rewardkit.testing import sample
from rewardkit.verifiers.code.queries import asks_for_order


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a database?.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table n (x)")
        connection.executemany("insert into n values (?)", [(1,), ("é",), (b"b",), (None,), (2.5,)])
        connection.commit()
    return path


@needs_sandbox
def test_a_file_is_read_and_not_changed(database: Path) -> None:
    before = database.read_bytes()
    row = {"answer": "select x from n", "database": str(database)}
    for query, score in (("select x from n order by rowid desc", 1.0), ("delete from n returning x", 1.0), ("select 1", 0.0)):
        (verdict,) = get("code.sql").verify([sample(completion=f"```sql\n{query}\n```", **row)])
        assert verdict.score == score, (query, verdict)
    assert database.read_bytes() == before
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("delete from n where x = 1")
        connection.commit()
    (verdict,) = get("code.sql").verify([sample(completion="select x from n where x is not 1", **row)])
    assert verdict.score == 1.0, verdict


@needs_sandbox
def test_a_file_that_is_no_database_is_the_row_s_own_fault(tmp_path: Path) -> None:
    path = tmp_path / "text.sqlite"
    path.write_text("no database " * 1000)
    (verdict,) = get("code.sql").verify([sample(completion="select 1", answer="select 1", database=str(path))])
    assert (verdict.score, verdict.reason) == (None, "gold_unparseable")


def test_without_a_sandbox_no_query_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REWARDKIT_SANDBOX", str(tmp_path / "none"))
    monkeypatch.setattr(sandbox, "_shared", None)
    (verdict,) = get("code.sql").verify([sample(completion="select 1", answer=[[1]], schema="create table n (x)")])
    assert (verdict.score, verdict.reason) == (None, "sandbox_unavailable")


@pytest.mark.parametrize(
    ("query", "ordered"),
    [
        ("select x from n order by x", True),
        ("SELECT x FROM n ORDER  BY x LIMIT 3", True),
        ("select (select x from m order by x limit 1) from n", False),
        ("select 'order by' from n", False),
        ('select "order by" from n', False),
        ("select x from n /* order by x */", False),
        ("select row_number() over (order by x) from n", False),
        ("select row_number() over (order by x) from n order by 1", True),
        ([[1]], False),
    ],
)
def test_the_order_of_a_reference(query: object, ordered: bool) -> None:
    assert asks_for_order(query) is ordered
