"""Amounts as their questions ask for them: made rows in the manner of annual reports and of physics, with hostile twins."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rewardkit import Sample, get
from rewardkit.recipes.auto import rules

HERE = Path(__file__).parent
ROWS: list[dict[str, Any]] = [json.loads(line) for line in (HERE / "cases" / "amounts.jsonl").read_text("utf-8").splitlines()]
STANCES: list[dict[str, Any]] = [
    json.loads(line) for line in (HERE.parent / "cases" / "stance.jsonl").read_text("utf-8").splitlines()
]
MONEY = "What was the capital expenditure of Halden Foods (in USD millions)?"
LENGTH = "How far is the harbour from the mill, in metres?"


def paid(rows: list[tuple[str | None, str, str]], verifier: Any = None) -> list[bool]:
    """Whether each completion of a prompt, reference and completion is paid."""
    samples = [Sample(place, prompt, text, {"answer": answer}) for place, (prompt, answer, text) in enumerate(rows)]
    return [verdict.score == 1 for verdict in (verifier or rules()).verify(samples)]


def test_every_row_is_paid_or_not_as_it_says() -> None:
    found = paid([(row["prompt"], row["answer"], row["completion"]) for row in ROWS])
    wrong = [row for row, is_paid in zip(ROWS, found, strict=True) if is_paid != row["pay"]]
    assert wrong == []


def test_rows_are_whole_unique_and_mostly_unpaid() -> None:
    assert all(row.keys() == {"prompt", "answer", "completion", "pay", "kind", "why"} for row in ROWS)
    assert all(row["why"] and row["prompt"] for row in ROWS)
    keys = Counter((row["prompt"], row["answer"], row["completion"]) for row in ROWS)
    assert [key for key, count in keys.items() if count > 1] == []
    counts = Counter(row["pay"] for row in ROWS)
    assert counts[False] >= counts[True] >= 80


@pytest.mark.parametrize("name", ["number.equal", "math.equal"])
@pytest.mark.parametrize(
    ("prompt", "reference", "written"),
    [
        (MONEY, "842", "$842 million"),
        (MONEY, "842", "$0.842 billion"),
        (LENGTH, "2000", "2 km"),
        (LENGTH, "2000", r"$2\ \text{km}$"),
    ],
)
def test_what_no_sentence_states_is_not_paid_in_another_scale_either(
    name: str, prompt: str, reference: str, written: str
) -> None:
    """A sentence that does not pay the reference itself does not pay the same amount in another unit."""
    texts = [(row, row["text"].replace("{Y}", "37")) for row in STANCES]
    other = paid([(prompt, reference, text.replace("{X}", written)) for _, text in texts], get(name))
    doubted = [(row["id"], text) for (row, text), now in zip(texts, other, strict=True) if now and not row["states"]]
    plain = paid([(prompt, reference, text.replace("{X}", reference)) for _, text in doubted], get(name))
    assert [which for (which, _), was in zip(doubted, plain, strict=True) if not was] == []
    stated = [now for (row, _), now in zip(texts, other, strict=True) if row["states"]]
    assert sum(stated) > len(stated) / 2


@pytest.mark.parametrize(
    ("completion", "policy", "pays"),
    [
        ("0.658", "asked", True),
        ("0.658", "significant", False),
        ("0.658", "exact", False),
        ("0.668", "asked", False),
    ],
)
def test_the_digits_of_the_question_count_under_the_policy_asked(completion: str, policy: str, pays: bool) -> None:
    verifier = get("number.equal", rounding=policy)
    assert paid([("What is the ratio? Round to two decimal places.", "0.66", completion)], verifier) == [pays]
    assert paid([("What is the ratio?", "0.66", completion)], verifier) == [False]


@pytest.mark.parametrize(
    ("prompt", "reference", "wrong"),
    [
        ("Round 6287215 to the nearest ten thousand.", "6290000", "6287000"),
        ("Round 0.31415 to one decimal place.", "0.3", "0.31"),
        ("Write 538 to 2 significant figures.", "540", "538"),
        ("Give 12.49 to the nearest integer.", "12", "12.4"),
    ],
)
def test_where_rounding_is_the_task_only_the_rounded_number_is_right(prompt: str, reference: str, wrong: str) -> None:
    assert paid([(prompt, reference, text) for text in (reference, wrong)]) == [True, False]


def test_the_reason_says_that_the_question_asked_for_it() -> None:
    sample = Sample(0, "What is the ratio? Round to two decimal places.", "0.658", {"answer": "0.66"})
    verdict = get("number.equal").verify([sample])[0]
    assert (verdict.reason, verdict.info["asked"], verdict.info["step"]) == ("match_asked", "to 1/100", "asked")


@pytest.mark.parametrize(
    ("preset", "near", "far"),
    [("none", "100", "100.5"), ("finance", "100.9", "101.1"), ("physics", "98.1", "97.9"), ("rough", "95.1", "94.9")],
)
def test_a_tolerance_by_name(preset: str, near: str, far: str) -> None:
    verifier = get("number.equal", tolerance=preset)
    rows = [(prompt, "100", text) for prompt in (None, "How many (in thousands)?") for text in (near, far)]
    assert paid(rows, verifier) == [True, False, True, False]


def test_a_tolerance_holds_in_the_asked_scale() -> None:
    rows = [(MONEY, "842", "It was $0.85 billion."), (MONEY, "842", "It was $0.85 million.")]
    assert paid(rows, get("number.equal", tolerance="finance")) == [True, False]
    assert paid(rows) == [False, False]


def test_an_answer_by_another_name_is_paid_although_the_unit_of_one_reference_is_another() -> None:
    prompt = "How far is it in metres?"
    samples = [Sample(0, prompt, text, {"answer": ["2 km", "2000"]}) for text in ("2 km", "2000 m", "2 m")]
    assert [verdict.score for verdict in rules().verify(samples)] == [1.0, 1.0, 0.0]


def test_a_year_is_an_answer_where_one_is_asked_for() -> None:
    assert paid([("In which year was profit $5 million?", "2018", "Profit was $5 million in 2018.")]) == [True]
    assert paid([("What was profit in 2018 in millions?", "5", "Profit was 5 million in 2018.")]) == [True]
    assert paid([("What was profit in 2018 in millions?", "2018", "Profit was 5 million in 2018.")]) == [False]
