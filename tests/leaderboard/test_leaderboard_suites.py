"""Suites are read from small files of each published shape, sampled by a seed and made ready."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.leaderboard.published import SHAPES, read_shape
from benchmarks.leaderboard.suites import KNOWN, is_bare, known, read_suite
from rewardkit.data.suites import SUITES
from rewardkit.errors import UsageError

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "shapes.jsonl").read_text("utf-8").splitlines()]


def written(folder: Path, case: dict[str, Any]) -> Path:
    path = folder / ("file.jsonl" if case["shape"] == "financebench" else "file.json")
    lines = case["file"] if path.suffix == ".jsonl" else [case["file"]]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['shape']}: {case['why']}")
def test_a_published_file_is_read_as_it_is(case: dict[str, Any], tmp_path: Path) -> None:
    read = read_shape(case["shape"], written(tmp_path, case))
    assert [[one.sample.prompt, one.sample.columns["answer"], one.sample.text, one.label] for one in read] == case["pairs"]


def test_rows_without_a_label_are_not_measured(tmp_path: Path) -> None:
    case = next(case for case in CASES if case["shape"] == "lawbench")
    suite = read_suite(f"lawbench={written(tmp_path, case)}", 0, 0)
    assert (suite.name, suite.whole) == ("lawbench", 2)
    assert [pair.label for pair in suite.rows] == [True, False]


def test_every_shape_has_a_case() -> None:
    assert {case["shape"] for case in CASES} == set(SHAPES)
    assert not SHAPES.keys() & SUITES.keys()


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_a_file_of_another_shape_says_what_is_wanted(shape: str, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text('{"rows": [[1, 2]]}', encoding="utf-8")
    with pytest.raises(UsageError, match=f"is not in the shape of {shape}: .*wanted: "):
        read_suite(f"{shape}={path}", 0, 0)


def test_a_flat_published_suite_is_read_by_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "copy.jsonl"
    row = {"question": "q", "answer": "5", "completion": "It is 5.", "gold_correct": True, "answer_type": "Numeric"}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    suite = read_suite(f"verifybench={path}", 0, 0)
    assert (suite.name, suite.rows[0].label, suite.rows[0].sample.text) == ("verifybench", True, "It is 5.")


def test_an_unknown_shape_and_a_suite_without_labels_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"answer": "1", "completion": "1", "label": null}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="no suite has the shape 'verifybunch'; known are blink, "):
        read_suite(f"verifybunch={path}", 0, 0)
    with pytest.raises(UsageError, match="1 rows and none with a label"):
        read_suite(str(path), 0, 0)


def test_a_sample_is_the_same_each_time_and_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "numbers.jsonl"
    rows = ({"answer": str(number), "completion": str(number), "label": True} for number in range(100))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    drawn = [[int(pair.sample.text) for pair in read_suite(str(path), 10, seed).rows] for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] == sorted(drawn[0])
    assert drawn[0] != drawn[2]
    assert len(set(drawn[0])) == 10
    assert [pair.sample.index for pair in read_suite(str(path), 10, 0).rows] == list(range(10))


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        *(("42", True), ("the Nile", True), ("The answer is 42.", False)),
        *((r"\boxed{42}", False), ("First 40.\nThen 42.", False), ("7" * 401, False)),
    ],
    ids=["number", "words", "sentence", "box", "lines", "long"],
)
def test_a_bare_answer_is_told_from_an_output(text: str, bare: bool) -> None:
    assert is_bare(text) is bare


def test_the_options_of_a_choice_are_told_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "choices.jsonl"
    row = {"prompt": "Which flies?\n(A) a crow\n(B) a cat", "answer": "A", "completion": "A", "label": True, "split": "test"}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    (pair,) = read_suite(str(path), 0, 0).rows
    assert pair.sample.columns == {"answer": "A", "bare": True, "options": {"A": "a crow", "B": "a cat"}}


def test_what_is_known_of_a_suite_says_whether_our_rules_saw_it() -> None:
    assert known("notation").sight == "written with"
    assert known("never heard of").sight == "not seen"
    assert all(one.what and one.labels for one in KNOWN.values())
