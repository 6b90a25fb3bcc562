"""Descriptive references with numbers in them: no digit is paid for one, and an honest paraphrase goes to a judge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rewardkit.recipes.auto import rules
from rewardkit.registry import get
from rewardkit.types import Sample

ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "captions.jsonl").read_text(encoding="utf-8").splitlines()
]
PROMPTS = (None, "Describe the picture.", "What is happening here?")
DRESSES = ("{}", r"\boxed{{{}}}", "The answer is {}.", "<answer>{}</answer>")


def samples(texts: list[tuple[dict[str, Any], str]], prompt: str | None) -> list[Sample]:
    return [Sample(i, prompt, text, {"answer": row["answer"]}) for i, (row, text) in enumerate(texts)]


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("dress", DRESSES)
def test_no_digit_is_paid_for_a_description(prompt: str | None, dress: str) -> None:
    texts = [(row, dress.format(digits)) for row in ROWS for digits in row["digits"]]
    verdicts = rules().verify(samples(texts, prompt))
    paid = [f"{row['answer']} <- {text}" for (row, text), verdict in zip(texts, verdicts, strict=True) if verdict.score]
    assert paid == []


@pytest.mark.parametrize("name", ["number.equal", "math.equal", "math.symbolic"])
def test_a_verifier_of_numbers_by_itself_says_that_a_description_is_not_its_kind(name: str) -> None:
    texts = [(row, digits) for row in ROWS for digits in row["digits"]]
    verdicts = get(name).verify(samples(texts, "Describe the picture."))
    paid = [f"{row['answer']} <- {text}" for (row, text), verdict in zip(texts, verdicts, strict=True) if verdict.score]
    assert paid == []


@pytest.mark.parametrize("prompt", PROMPTS)
def test_another_description_with_the_same_number_is_not_paid(prompt: str | None) -> None:
    texts = [(row, row["other"]) for row in ROWS]
    verdicts = rules().verify(samples(texts, prompt))
    assert [row["id"] for (row, _), verdict in zip(texts, verdicts, strict=True) if verdict.score] == []


@pytest.mark.parametrize("prompt", PROMPTS[1:])
def test_a_paraphrase_goes_to_a_judge(prompt: str | None) -> None:
    texts = [(row, row["paraphrase"]) for row in ROWS]
    verdicts = rules().verify(samples(texts, prompt))
    assert [row["answer"] for (row, _), verdict in zip(texts, verdicts, strict=True) if verdict.score is not None] == []


def test_the_description_itself_is_right() -> None:
    verdicts = rules().verify(samples([(row, row["answer"]) for row in ROWS], "Describe the picture."))
    assert [verdict.score for verdict in verdicts] == [1.0] * len(ROWS)


@pytest.mark.parametrize(
    ("answer", "completion", "prompt", "score"),
    [
        ("12 apples", "12", "How many apples are left?", 1.0),
        ("12 apples", "12 apples", "How many apples are left?", 1.0),
        ("12 apples", "12 pears", "How many apples are left?", 0.0),
        ("twelve apples", "12", "How many apples are left?", 1.0),
        ("12 apples", "12", "What is on the table?", None),
        ("5 km", "5000 m", "How far is it?", 1.0),
        ("5 km", "5", "How far is it?", 1.0),
        ("3 red balls", "3", "How many red balls are drawn?", 1.0),
        ("3 cats in a car", "3", "How many cats are in the car?", None),
        ("2 hours 30 minutes", "150 minutes", "How long does it take?", 1.0),
    ],
)
def test_what_the_question_names_is_counted(answer: str, completion: str, prompt: str, score: float | None) -> None:
    assert rules().verify([Sample(0, prompt, completion, {"answer": answer})])[0].score == score
