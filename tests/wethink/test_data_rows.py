"""Rows of WeThink's form: what the released files hold, tidied up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from examples.wethink.data.rows import Row, completion_of, read_rows, tidy_chain, write_rows
from rewardkit.errors import UsageError

CHAINS = [json.loads(line) for line in (Path(__file__).parent / "chains.jsonl").read_text(encoding="utf-8").splitlines()]
VALUE = {
    "problem": "<image>\nHow many? ",
    "answer": 3,
    "category": "FIB",
    "abilities": "reasoning, ocr",
    "refined_cot": "<think>One, two, three.</think>\n<answer>3</answer>",
    "image_path": "a/1.png",
    "reward": "rule",
    "source": "clevr",
}


@pytest.mark.parametrize("case", CHAINS, ids=[case["why"] for case in CHAINS])
def test_chains_are_brought_to_one_form(case: dict[str, str]) -> None:
    assert tidy_chain(case["chain"]) == case["tidy"]
    assert tidy_chain(case["tidy"]) == case["tidy"], "tidying twice changes nothing"


def test_a_row_is_read_tidied_and_written(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(VALUE) + "\n\n")
    (row,) = read_rows(path)
    assert (row.problem, row.answer, row.abilities) == ("How many?", "3", ("reasoning", "ocr"))
    assert row.extra == {"source": "clevr"}
    assert completion_of(row) == "<think>One, two, three.</think>\n<answer>3</answer>"
    assert write_rows([row], path) == 1
    assert list(read_rows(path)) == [row]


def test_a_row_without_a_chain_has_no_completion() -> None:
    assert completion_of(Row.from_json({**VALUE, "refined_cot": None}, where="here")) is None


@pytest.mark.parametrize(
    ("line", "said"),
    [("{", "line 1: no JSON"), ("[1]", "wanted an object, saw list"), ('{"problem": "?"}', "no answer, category")],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(UsageError, match=said):
        list(read_rows(path))
