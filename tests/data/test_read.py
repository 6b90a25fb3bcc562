"""Bytes that are no UTF-8: each costs its own row, in every format, and says where it stands; no two become equal."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.data.raw import json_lines
from rewardkit.data.read import read
from rewardkit.errors import UsageError

GOOD = {"answer": "Ä", "completion": "ß"}
BAD_JSON = b'{"answer": "\xc3\xa4b\xc4", "completion": "x"}'


def problem(at: int, where: str, byte: str = "0xC4") -> str:
    return f"not UTF-8: byte {at} of {where} is {byte}; wanted UTF-8. Convert the file, say with iconv -f LATIN1 -t UTF-8"


def seen(path: Path) -> list[tuple[int, str]]:
    """The place and problem of each row; a row has fields or a problem, never both."""
    rows = list(read(str(path)))
    assert all(bool(row.fields) != bool(row.problem) for row in rows)
    return [(row.place, row.problem) for row in rows]


def written(path: Path, *parts: bytes) -> Path:
    path.write_bytes(b"".join(parts))
    return path


def good() -> bytes:
    return json.dumps(GOOD, ensure_ascii=False).encode()


def test_a_line_of_json(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", good(), b"\n\n", BAD_JSON, b"\n", good(), b"\n")
    assert seen(path) == [(1, ""), (3, problem(16, "the line")), (4, "")]


def test_a_mark_at_the_begin_of_the_file_is_counted_as_bytes(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", b"\xef\xbb\xbf", BAD_JSON, b"\n", good())
    assert seen(path) == [(1, problem(19, "the line")), (2, "")]


@pytest.mark.parametrize(
    ("data", "at", "byte"),
    [
        ('{"answer": "Ä"}'.encode("utf-16"), 1, "0xFF"),
        (b'{"answer": "\xed\xa0\x80"}', 13, "0xED"),  # half a pair
        (b'{"answer": "\xc0\x80"}', 13, "0xC0"),  # a zero in two bytes
        (b'{"answer": "\xe2\x82"}', 13, "0xE2"),  # cut off
        (b'{"answer": "\xf4\x90\x80\x80"}', 13, "0xF4"),  # beyond the last character
    ],
)
def test_what_is_no_utf8(data: bytes, at: int, byte: str) -> None:
    row = next(json_lines(io.BytesIO(data)))
    assert row.problem == problem(at, "the line", byte)


def test_the_stand_in_itself_and_half_a_pair_that_json_spells_out_are_text(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", rb'[{"answer": "\udcc4"}, {"answer": "', "\ufffd".encode(), b'"}]')
    assert [row.fields for row in read(str(path))] == [{"answer": "\udcc4"}, {"answer": "\ufffd"}]


@given(st.binary(max_size=40))
def test_a_line_has_fields_only_when_all_of_it_is_utf8(data: bytes) -> None:
    line = b'{"answer": "' + data.translate(None, b'"\\') + b'"}'
    for row in json_lines(io.BytesIO(line)):
        assert not row.fields or line.decode("utf-8")
        assert "\ufffd" not in str(row.fields.values()) or "\ufffd".encode() in line


def test_a_list_in_a_json_file(tmp_path: Path) -> None:
    nested = b'{"choices": ["a", {"b": "\xd6"}]}'
    path = written(tmp_path / "a.json", b"[", b",".join([good(), BAD_JSON, nested, b'{"\xc4": 1}', good()]), b"]")
    found = [(2, problem(4, "the column 'answer'")), (3, problem(1, "the column 'choices'", "0xD6"))]
    assert seen(path) == [(1, ""), *found, (4, problem(1, "a column's name")), (5, "")]


def test_cells(tmp_path: Path) -> None:
    table = "answer,completion\nÄ,ß\n".encode() + b'x,"a \xc3\xa4\n\xc4"\nA,B\n'
    assert seen(written(tmp_path / "a.csv", table)) == [(1, ""), (2, problem(6, "the column 'completion'")), (3, "")]
    tabs = table.replace(b",", b"\t")
    assert seen(written(tmp_path / "a.tsv", tabs)) == [(1, ""), (2, problem(6, "the column 'completion'")), (3, "")]
    named = written(tmp_path / "b.csv", b"answer,\xc4\nA,B\n")
    assert seen(named) == [(1, problem(1, "a column's name"))]


def strings(values: list[bytes]) -> object:
    """An array of strings that nobody has looked at, as a careless writer leaves it."""
    import pyarrow

    made = pyarrow.array(values, type=pyarrow.binary())
    return pyarrow.Array.from_buffers(pyarrow.string(), len(values), made.buffers())


def columns() -> dict[str, object]:
    return {"answer": strings(["Ä".encode(), b"b\xc4", b"c"]), "completion": strings([b"x", b"y", b"z"])}


def test_cells_of_parquet(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pyarrow.table(columns()), tmp_path / "a.parquet")
    assert seen(tmp_path / "a.parquet") == [(1, ""), (2, problem(2, "the column 'answer'")), (3, "")]


def test_cells_of_a_saved_data_set(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    pyarrow = pytest.importorskip("pyarrow")
    datasets.Dataset(pyarrow.table(columns())).save_to_disk(str(tmp_path / "saved"))
    assert seen(tmp_path / "saved") == [(1, ""), (2, problem(2, "the column 'answer'")), (3, "")]


def test_what_is_no_parquet_cannot_be_read(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(UsageError, match=r"cannot read .*a\.parquet as Parquet"):
        seen(written(tmp_path / "a.parquet", b"PAR1 it says"))
