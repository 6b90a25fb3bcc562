"""Answers that say the question again: what they are paid by `text.restated`, and by the default recipe after it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.recipes.auto import rules, shape_of
from rewardkit.registry import get
from rewardkit.types import Sample

ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "restated.jsonl").read_text(encoding="utf-8").splitlines()
]
TWO = "yes or no"
FIELDS = {"kind", "language", "prompt", "answer", "completion", "score", "why"}


def sample(row: dict[str, Any], **changed: Any) -> Sample:
    row = {**row, **changed}
    return Sample(0, row["prompt"], row["completion"], {"answer": row["answer"]})


def test_the_rows_are_whole_and_unique_and_most_of_them_must_not_be_paid() -> None:
    assert all(row.keys() == FIELDS and row["why"] for row in ROWS)
    assert len({(row["prompt"], str(row["answer"]), row["completion"]) for row in ROWS}) == len(ROWS)
    paid = Counter(row["language"] for row in ROWS if row["score"] == 1)
    refused = Counter(row["language"] for row in ROWS if row["score"] != 1)
    assert len(paid) >= 12
    assert all(refused[language] >= count for language, count in paid.items())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['kind']}-{row['language']}-{row['completion'][:40]}")
def test_the_verifier_by_itself(row: dict[str, Any]) -> None:
    verdict = get("text.restated", reading="loose").verify([sample(row)])[0]
    assert verdict.score == row["score"], verdict


def test_the_default_recipe_pays_some_and_none_that_must_not_be_paid() -> None:
    rows = [row for row in ROWS if shape_of(sample(row)) == "text"]
    assert len(rows) > len(ROWS) * 0.9
    verdicts = rules().verify([sample(row) for row in rows])
    paid = [row for row, verdict in zip(rows, verdicts, strict=True) if verdict.score == 1]
    assert [row["completion"] for row in paid if row["score"] != 1] == []
    assert len(paid) > 20


def test_a_route_may_call_a_miss_wrong() -> None:
    rows = [row for row in ROWS if row["score"] is None and row["kind"] != TWO]
    verdicts = get("text.restated", reading="loose", on_miss="mismatch").verify([sample(row) for row in rows])
    assert {verdict.score for verdict in verdicts} == {0.0}


PAID = [row for row in ROWS if row["score"] == 1 and row["kind"] != TWO]


@pytest.mark.parametrize("row", PAID, ids=lambda row: row["completion"][:40])
@pytest.mark.parametrize(
    "dress",
    [
        "{} No, that is wrong.",
        "I doubt it: {}",
        "Some say: {}",
        "{} Or maybe not.",
        "Is it so? {} I am not sure.",
        "It is false that {}",
    ],
)
def test_what_is_paid_is_not_paid_when_it_is_taken_back(row: dict[str, Any], dress: str) -> None:
    verdict = get("text.restated", reading="loose").verify([sample(row, completion=dress.format(row["completion"]))])[0]
    assert verdict.score != 1, verdict


@pytest.mark.parametrize("other", ["Zanzibar", "Ruth Amber"])
def test_a_second_name_is_never_paid(other: str) -> None:
    paid = []
    # Beside a date a name is no second answer.
    for row in [row for row in PAID if row["kind"] != "date"]:
        answer = row["answer"]
        if isinstance(answer, str) and row["language"] == "en" and answer in row["completion"]:
            twins = [f"{answer} and {other}", f"{other} and {answer}", f"{answer} or {other}", f"{other}, {answer}"]
            # "in Versailles, France" says where it lies, and is an answer for the first of the two only.
            twins += [f"{answer}, {other}"] if row["kind"] != "lies in" else []
            for twin in twins:
                completion = row["completion"].replace(answer, twin)
                if get("text.restated", reading="loose").verify([sample(row, completion=completion)])[0].score == 1:
                    paid.append(completion)
    assert paid == []


TEMPLATES = (
    "The capital is {}.", "{} is the capital.", "{}", "The capital is {}, {}.", "The capital is {} of {}.", "{} in {}", "{} ({})",
    "The capital in {} is {}.", "The capital is {}, the home of {}.", "The {} painter {}", "It is in {}, {}.",
    "{} and {}", "{} or {}",
    "{}. {}.", "The capital is {}. {} is near.", "{} lost to {}.", "The capital was built by {} for {}.", "1. {}\n2. {}",
)  # fmt: skip
NAMES = ("Lima", "Oslo", "Ana Belmonte", "Cairo", "Ruby Rain")


@given(st.sampled_from(TEMPLATES), st.permutations(NAMES))
def test_one_text_has_one_answer(template: str, names: list[str]) -> None:
    completion = template.format(*names)
    samples = [Sample(0, "What is the capital?", completion, {"answer": name}) for name in NAMES]
    verdicts = get("text.restated", reading="loose").verify(samples)
    assert sum(verdict.score == 1 for verdict in verdicts) <= 1, completion
