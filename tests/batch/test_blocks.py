"""Lines in blocks: the same rows as line by line, whatever the lines are and wherever the blocks are cut."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.batch import blocks
from rewardkit.batch.blocks import Block, chunks, read_blocks, rows_of
from rewardkit.batch.lines import read_rows
from rewardkit.data import raw

ODD = [b"", b" \t", b"\r", b"[", b"\xef\xbb\xbf{}", b'{"completion": "B", "answer": "B"}', b'{"id": 7, "completion": "\xff"}']
LINES = st.lists(st.sampled_from(ODD), max_size=20)


@given(lines=LINES, size=st.integers(1, 5), end=st.sampled_from([b"", b"\n"]), first=st.sampled_from([1, 9]))
def test_the_rows_are_those_of_the_lines(lines: list[bytes], size: int, end: bytes, first: int) -> None:
    data = b"\n".join(lines) + end
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(blocks, "CHUNK", size)
        groups = [rows_of(block, {}) for block in read_blocks(io.BytesIO(data), first=first)]
    told = [[(row.line, row.id, row.problem, row.sample.text) for row in group] for group in groups]
    assert all(len(group) == size for group in told[:-1])
    assert all(told)
    whole = [(row.line, row.id, row.problem, row.sample.text) for row in read_rows(io.BytesIO(data), {}, first=first)]
    assert [row for group in told for row in group] == whole
    indices = [row.sample.index for group in groups for row in group]
    assert indices == sorted(set(indices))


def test_blocks_are_bounded_in_bytes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "CHUNK_MB", 1)
    line = b'{"completion": "' + b"B" * 400_000 + b'"}\n'
    found = list(read_blocks(io.BytesIO(line * 7 + b"\n" * 1_500_000)))
    assert [list(block.lines).count(line) for block in found if isinstance(block, Block)] == [3, 3, 1]
    assert [len(group) for group in chunks(read_rows(io.BytesIO(line * 7), {}))] == [3, 3, 1]


def test_a_line_too_long_to_be_held_is_a_row_between_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "MAX_LINE_MB", 1)
    good, long = b'{"completion": "B"}\n', b"L" * 2**20 + b"\n"
    found = list(read_blocks(io.BytesIO(good * 2 + long + good + long + long)))
    assert [len(list(chunk.lines)) if isinstance(chunk, Block) else 0 for chunk in found] == [2, 0, 1, 0, 0]
    rows = [row for chunk in found for row in rows_of(chunk, {})]
    assert [(row.line, row.problem.partition(";")[0]) for row in rows] == [
        (1, ""),
        (2, ""),
        (3, "1 MB long"),
        (4, ""),
        (5, "1 MB long"),
        (6, "1 MB long"),
    ]
    assert [row.id for row in rows] == [1, 2, 3, 4, 5, 6]
