"""The published suites, read from small local files with the columns each has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rewardkit.data.read import read
from rewardkit.data.suites import SUITES, suite
from rewardkit.errors import UnknownName, UsageError

# One row a suite in its own columns, and the pairs it should become: answer, completion, label.
SHAPES = {
    "hardverify-math": (
        {"id": 4, "question": "q", "ground_truth": "$2x$", "fn_output": "f(x)=2x", "tn_output": "x",
         "source": "olympiads", "split": "a"},
        [("$2x$", "f(x)=2x", True), ("$2x$", "x", False)],
    ),
    "verifybench": (
        {"question_id": 1, "completion_id": 2, "question": "q", "answer": "5", "completion": "It is 5.", "gold_correct": True,
         "answer_type": "Numeric", "answer_subtype": "Integer", "source": "s"},
        [("5", "It is 5.", True)],
    ),
    "verifybench-hard": (
        {"question_id": 1, "completion_id": 2, "question": "q", "answer": "5", "completion": "It is 6.", "gold_correct": False,
         "answer_type": "Numeric"},
        [("5", "It is 6.", False)],
    ),
    "verifierbench": (
        {"question": "q", "gold_answer": "B", "llm_response": "The answer is A", "gold_judgment": "C", "data_source": "s",
         "domain": "math", "answer_type": "Multiple Choice"},
        [("B", "The answer is A", False)],
    ),
    "var": (
        {"question": "q", "correct_answer": "3", "llm_output": "So 3.", "human_judgment_result": "Correct", "dataset": "GSM8K"},
        [("3", "So 3.", True)],
    ),
    "math-500": (
        {"problem": "q", "solution": r"So $\boxed{3}$.", "answer": "3", "subject": "Algebra", "level": 2,
         "unique_id": "test/algebra/1.json"},
        [("3", r"So $\boxed{3}$.", True)],
    ),
    "gsm8k": (
        {"question": "q", "answer": "2 + 2 = <<2+2=4>>4\n#### 1,004"},
        [("1,004", "2 + 2 = <<2+2=4>>4\n#### 1,004", True)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SUITES)
def test_each_suite_is_read_from_its_own_columns(name, tmp_path):
    row, wanted = SHAPES[name]
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    pairs = [pair.fields for pair in suite(name).pairs(read(str(path)))]
    assert [(pair["answer"], pair["completion"], pair["label"]) for pair in pairs] == wanted
    assert all(pair["prompt"] == "q" and pair["kind"] for pair in pairs)
    assert len({pair["id"] for pair in pairs}) == len(pairs)


def test_the_ids_are_those_of_the_suite(tmp_path):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([SHAPES["hardverify-math"][0]]), encoding="utf-8")
    assert [pair.fields["id"] for pair in suite("hardverify-math").pairs(read(str(path)))] == ["4-fn_output", "4-tn_output"]


def test_a_column_of_outputs_may_be_missing_but_not_all(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(
        '{"question": "q", "ground_truth": "1", "fn_output": "1.0"}\n{"question": "q", "answer": "1"}\n', encoding="utf-8"
    )
    first, second = suite("hardverify-math").pairs(read(str(path)))
    assert first.fields["label"] is True
    assert "hardverify-math wants the columns" in second.problem


@pytest.mark.parametrize(("label", "wanted"), [("A", True), ("B", False), ("C", False), ("?", None), (None, None)])
def test_labels_in_words(label, wanted, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({**SHAPES["verifierbench"][0], "gold_judgment": label}) + "\n", encoding="utf-8")
    assert next(iter(suite("verifierbench").pairs(read(str(path))))).fields["label"] is wanted


def test_an_unknown_suite_names_the_known_ones():
    with pytest.raises(UnknownName, match="did you mean 'verifybench'"):
        suite("verifybenc")


def test_a_suite_from_a_local_copy_of_its_repository(tmp_path: Path):
    datasets = pytest.importorskip("datasets")
    from dataclasses import replace

    rows = [SHAPES["math-500"][0]] * 3
    datasets.Dataset.from_list(rows).to_json(str(tmp_path / "test.jsonl"))
    here = replace(suite("math-500"), hub=str(tmp_path))
    assert [pair.fields["label"] for pair in here.load()] == [True] * 3
    with pytest.raises(UsageError, match="cannot load"):
        list(here.load("no such split"))


def test_the_command_reads_a_file_with_the_columns_of_a_suite(tmp_path, capsys):
    from rewardkit.cli import main

    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(SHAPES["hardverify-math"][0]) + "\n", encoding="utf-8")
    assert (
        main(["bench", str(path), "--columns-of", "hardverify-math", "--against", "none", "--json", "--min-accuracy", "1"]) == 0
    )
    assert json.loads(capsys.readouterr().out)["results"][0]["labelled"] == 2
