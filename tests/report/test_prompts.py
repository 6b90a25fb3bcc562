"""Prompt by prompt: pass@k by counting, the majority, and groups that teach nothing."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_report import embedded, record, write

from rewardkit.report.prompts import pass_at


@given(st.integers(1, 8).flatmap(lambda n: st.tuples(st.lists(st.booleans(), min_size=n, max_size=n), st.integers(1, n))))
def test_pass_at_k_is_the_share_of_draws_with_a_right_one(case: tuple[list[bool], int]) -> None:
    marks, k = case
    draws = list(combinations(marks, k))
    assert pass_at(k, len(marks), sum(marks)) == pytest.approx(sum(map(any, draws)) / len(draws))


def prompts(tmp_path: Path, given: list[dict[str, Any]]) -> Any:
    return embedded(write(tmp_path, given))["prompts"]


def group(name: str, *rows: tuple[float | None, str], **more: Any) -> list[dict[str, Any]]:
    ids = [name if n == 0 else f"{name}#{n}" for n in range(len(rows))]
    return [
        record(id=each, reward=reward, extracted=answer, status="abstained" if reward is None else "scored", **more)
        for each, (reward, answer) in zip(ids, rows, strict=True)
    ]


def test_groups_are_counted_by_prompt(tmp_path: Path) -> None:
    given = [
        *group("one", (1.0, "42"), (0.0, "41"), (0.0, "40"), (1.0, "42")),
        *group("two", (0.0, "7"), (0.0, "7"), (1.0, "8"), (None, "7")),
        *group("right", (1.0, "a"), (1.0, "a")),
        *group("wrong", (0.0, "a"), (0.0, "b")),
        *group("none", (None, "a"), (None, "b")),
        *group("alone", (1.0, "a")),
    ]
    found = prompts(tmp_path, given)
    assert (found["groups"], found["rows"], found["size"]) == (5, 14, 4)
    assert [(p["k"], p["groups"]) for p in found["pass_at"]] == [(1, 4), (2, 4), (4, 1)]
    assert [p["share"] for p in found["pass_at"]] == pytest.approx(
        [(1 / 2 + 1 / 3 + 1 + 0) / 4, (5 / 6 + 2 / 3 + 1 + 0) / 4, 1.0]
    )
    assert found["majority"] == pytest.approx((1 + 0 + 1 + 0) / 4)
    assert (found["flat"], found["flat_right"], found["flat_wrong"], found["undecided"]) == (2, 1, 1, 1)


def test_equally_frequent_answers_share_the_majority(tmp_path: Path) -> None:
    assert prompts(tmp_path, group("tie", (1.0, "42"), (0.0, "41")))["majority"] == 0.5


def test_a_prompt_tells_the_group_and_each_step_is_one_of_its_own(tmp_path: Path) -> None:
    rows = [record(n, prompt="How many?", step=n // 2, reward=float(n % 2)) for n in range(4)]
    found = prompts(tmp_path, rows)
    assert (found["groups"], found["size"], found["flat"]) == (2, 2, 0)


def test_rows_without_groups_have_no_such_part(tmp_path: Path) -> None:
    assert prompts(tmp_path, [record(n) for n in range(3)]) is None
