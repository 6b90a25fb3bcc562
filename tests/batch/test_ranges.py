"""Ranges of a file, read apart, are the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ray_files import example, write_parquet

from rewardkit.batch import ranges
from rewardkit.batch.lines import read_rows
from rewardkit.batch.ranges import has_ranges, plan, rows_in
from rewardkit.batch.readers import Input


@given(
    st.lists(st.binary(max_size=12).map(lambda b: b.replace(b"\n", b" ")), max_size=30),
    st.booleans(),
    st.integers(1, 40),
    st.data(),
)
def test_ranges_are_the_file(tmp_path_factory: Any, texts: list[bytes], ended: bool, size: int, data: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "ranges.jsonl"
    path.write_bytes(b"\n".join(texts) + b"\n" * ended)
    done = data.draw(st.sampled_from([0, *(i + 1 for i, byte in enumerate(path.read_bytes()) if byte == 10)]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranges, "RANGE_BYTES", size)
        patch.setattr(ranges, "BLOCK", data.draw(st.integers(1, 50)))
        found = list(plan([str(path)], done=path.read_bytes()[:done].count(b"\n")))
    assert [part.start for part in found] == [done, *(part.end for part in found)][: len(found)]
    assert (found[-1].end if found else done) == path.stat().st_size
    apart = [(row.line, row.id, row.problem) for part in found for row in rows_in(part, {})]
    with path.open("rb") as source:
        before = path.read_bytes()[:done].count(b"\n")
        whole = [(row.line, row.id, row.problem) for row in read_rows(source, {}) if row.line > before]
    assert apart == whole


def test_there_are_never_too_many_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"{}\n" * 5000)
    monkeypatch.setattr(ranges, "RANGE_BYTES", 1)
    monkeypatch.setattr(ranges, "RANGES_AT_MOST", 7)
    assert len(list(plan([str(path)]))) <= 7


@pytest.mark.parametrize("done", [0, 1, 99, 100, 101, 250, 299, 300])
def test_row_groups_are_the_file(tmp_path: Path, done: int) -> None:
    path = write_parquet(tmp_path / "in.parquet", [example(i) for i in range(300)], group=100)
    found = [row for part in plan([str(path)], done=done) for row in rows_in(part, {})]
    whole = list(Input([str(path)]).rows({}))
    assert [row.line for row in whole] == list(range(1, 301))
    assert found == whole[done:]


@pytest.mark.parametrize("done", [0, 2, 3, 5, 7, 8, 9])
def test_files_are_counted_through_all_of_them(tmp_path: Path, done: int) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"completion": "a"}\n\n{"completion": "b"}')  # its last line is not ended
    write_parquet(tmp_path / "b.parquet", [{"completion": str(i)} for i in range(4)], group=2)
    (tmp_path / "c.jsonl").write_bytes(b'{"completion": "c"}\n{"completion": "d"}\n')
    names = [str(tmp_path / name) for name in ("a.jsonl", "b.parquet", "c.jsonl")]
    assert all(map(has_ranges, names))
    apart = [(row.line, row.sample.completion) for part in plan(names, done=done) for row in rows_in(part, {})]
    whole = [(row.line, row.sample.completion) for row in Input(names).rows({})]
    assert [line for line, _ in whole] == [1, 3, 4, 5, 6, 7, 8, 9]
    assert apart == [(line, text) for line, text in whole if line > done]


@pytest.mark.parametrize("name", ["-", "in.jsonl.gz", "in.parquet.zst", "in.csv", "none.jsonl", "."])
def test_what_cannot_be_read_in_parts_has_no_ranges(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for file in ("in.jsonl.gz", "in.parquet.zst", "in.csv"):
        (tmp_path / file).touch()
    assert not has_ranges(name)
