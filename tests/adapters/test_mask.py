"""What trainers without None get: a value and a mask, under the same keys."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.adapters import mask
from rewardkit.types import Verdict

VERDICTS = [Verdict.scored(1.0), Verdict.scored(0.0), Verdict.abstained("no_reference"), Verdict.error("judge_unavailable")]


@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda verdict: verdict.reason)
def test_exactly_one_of_the_numbers_is_one(verdict: Verdict) -> None:
    numbers = mask.numbers(verdict)
    assert list(numbers) == ["scored", "abstained", "error"]
    assert sorted(numbers.values()) == [0.0, 0.0, 1.0]
    assert numbers[verdict.status.value] == 1.0


def test_a_value_is_chosen_only_where_there_is_none() -> None:
    assert [mask.value(verdict, -2.0) for verdict in VERDICTS] == [1.0, 0.0, -2.0, -2.0]


def test_a_recipe_is_made_once_a_process_for_the_same_options() -> None:
    with ThreadPoolExecutor(8) as threads:
        same = set(threads.map(lambda _: id(mask.loaded("auto", error_window=77)), range(64)))
    assert len(same) == 1
    assert mask.loaded("auto", error_window=78) is not mask.loaded("auto", error_window=77)


@given(st.text())
def test_a_label_that_is_no_object_with_an_answer_is_the_answer(label: str) -> None:
    assert mask.label_columns(label) == {"answer": label}


@pytest.mark.parametrize("label", ['{"a": 1}', "{1, 2, 3}", '{"answer"', '["answer"]', None, 3, ["a", "b"]])
def test_sets_lists_and_broken_objects_are_answers(label: object) -> None:
    assert mask.label_columns(label) == {"answer": label}


def test_an_object_with_an_answer_is_a_row() -> None:
    assert mask.label_columns(' {"answer": "3", "reward": "math"}') == {"answer": "3", "reward": "math"}
    assert mask.label_columns({"answer": None, "reward": "math"}) == {"answer": None, "reward": "math"}


def test_rows_become_columns_of_one_length() -> None:
    assert mask.columns_of([{"a": 1}, {"b": 2}]) == {"a": [1, None], "b": [None, 2]}
    assert mask.columns_of([]) == {}
