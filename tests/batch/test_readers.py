"""How lines become rows: every line that is not blank gives exactly one, whatever it holds."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.batch.lines import read_rows
from rewardkit.batch.ranges import plan, rows_in
from rewardkit.batch.readers import Input
from rewardkit.data import raw

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
ROW = st.dictionaries(st.sampled_from(["id", "completion", "response", "answer", "gold", "prompt", "choices"]), JSON)


@given(st.lists(st.binary(max_size=60).map(lambda line: line.replace(b"\n", b"")), max_size=8))
def test_any_bytes_give_one_row_a_line(lines: list[bytes]) -> None:
    read = list(read_rows(io.BytesIO(b"\n".join(lines)), {}))
    assert [row.line for row in read] == [n for n, line in enumerate(lines, start=1) if line.strip()]
    assert [row.sample.index for row in read] == list(range(len(read)))


@given(st.lists(ROW, max_size=5))
def test_any_json_is_a_sample_with_text_or_a_problem(fields: list[dict[str, object]]) -> None:
    read = list(read_rows(io.BytesIO(b"".join(json.dumps(row).encode() + b"\n" for row in fields)), {}))
    assert sum(row.last for row in read) == len(fields)  # a list of completions is that many rows
    for row in read:
        assert isinstance(row.sample.text, str)
        assert isinstance(row.sample.references, tuple)
        assert not row.problem or f"line {row.line}: " in row.verdict.info["message"]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b""])
@pytest.mark.parametrize("excess", [-1, 0, 1, 3 * raw.SKIP_BYTES])
def test_the_limit_holds_to_the_byte(monkeypatch: pytest.MonkeyPatch, ending: bytes, excess: int) -> None:
    monkeypatch.setattr(raw, "MAX_LINE_MB", 1)
    start, end = b'{"completion": "', b'", "answer": "B"}'
    line = start + b"B" * (2**20 + excess - len(start) - len(end) - len(ending)) + end + ending
    read = list(read_rows(io.BytesIO(line + (line if ending else b"")), {}))
    assert [bool(row.problem) for row in read] == [excess > 0] * (2 if ending else 1)


def test_damaged_letters_match_nobody(tmp_path: Path) -> None:
    data = '{"completion": "<answer>Ö</answer>", "answer": "Ä"}\n'
    assert next(read_rows(io.BytesIO(data.encode()), {})).problem == ""
    row = next(read_rows(io.BytesIO(data.encode("latin-1")), {}))
    assert (row.verdict.reason, row.sample.text, row.sample.references) == ("bad_row", "", ())
    assert "line 1: not UTF-8: byte 25 of the line is 0xD6; wanted UTF-8" in row.verdict.info["message"]


@pytest.mark.parametrize("skip", [0, 1])
def test_damaged_cells_of_parquet_match_nobody(tmp_path: Path, skip: int) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    answers = pyarrow.array([b"A", b"\xc4", b"C"], type=pyarrow.binary())
    answers = pyarrow.Array.from_buffers(pyarrow.string(), 3, answers.buffers())
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"completion": ["A", "Ö", "B"], "answer": answers}), path)
    told = [
        (2, "not UTF-8: byte 1 of the column 'answer' is 0xC4; wanted UTF-8. Convert the file, say with iconv -f LATIN1 -t UTF-8")
    ]
    rows = [(1, ""), *told, (3, "")]
    assert [(row.line, row.problem) for row in Input([str(path)]).rows({})] == rows
    apart = [row for part in plan([str(path)], done=skip) for row in rows_in(part, {})]
    assert [(row.line, row.problem) for row in apart] == rows[skip:]
