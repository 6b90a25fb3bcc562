"""References as data sets keep them, turned into answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import rewardkit
from rewardkit.recipes.parts.references import TRANSFORMS, transform_of

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "references.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_each_transform_finds_its_answer_or_none(case: dict[str, object]) -> None:
    assert transform_of(str(case["transform"]))(case["reference"]) == case["answer"]


def test_every_transform_has_cases() -> None:
    assert {case["transform"] for case in CASES} == set(TRANSFORMS)


def test_a_function_of_the_user_works_and_may_give_several_answers() -> None:
    reward = rewardkit.load("choice.option", references=lambda text: text.split("|"))
    assert reward(completions=["A", "B", "C"], answer=["A|B"] * 3) == [1.0, 1.0, 0.0]


def test_several_accepted_answers_are_each_turned() -> None:
    reward = rewardkit.load(references="boxed")
    assert reward(completions=["2"], answer=[[r"so \boxed{1}", r"or \boxed{2}"]]) == [1.0]


def test_a_reference_that_does_not_fit_is_a_bad_row_and_none_stays_none() -> None:
    reward = rewardkit.load(references="gsm8k")
    verdicts = reward.decide(completions=["1", "1", "1"], answer=["a\n#### 1", "just 1", None])
    assert [verdict.reason for verdict in verdicts] == ["match", "bad_row", "no_reference"]
    assert "references='gsm8k' finds no answer in 'just 1'" in verdicts[1].info["message"]


def test_what_is_no_transform_is_refused() -> None:
    with pytest.raises(rewardkit.UnknownName, match="did you mean 'boxed'"):
        rewardkit.load(references="box")
    with pytest.raises(rewardkit.BadParameter, match="a function of one reference"):
        rewardkit.load(references=3)
