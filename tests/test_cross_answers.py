"""A verdict that pays is checked against answers that must not be paid: those of other rows, digits, letters, empty marks.

Every pair that is paid stands in `cases/cross_answers.jsonl` with the reason why it is right, and every line there is paid.
"""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from rewardkit.recipes.auto import rules
from rewardkit.types import Sample

CASES = Path(__file__).parent / "cases"
ROOT = Path(__file__).parents[1]
SMALL = [
    *map(str, range(13)), "-1", "0.5", "100", "1/2", *"ABCDEabcde", "x", "n", "yes", "no", "true", "false", "Yes.", "No.",
    "none", "N/A", "the answer", "unknown", "?", ".", "-",
    "()", "[]", "{}", "$$", r"\boxed{}", "<answer></answer>", "\u662f", "\u4e0d\u662f",
]  # fmt: skip
STRIDE = 7  # of the other rows' answers every seventh is tried, another seventh for each row


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def references() -> list[tuple[str, str | None]]:
    """Every reference there is, with its question."""
    sources = [
        *((row["answer"], "Describe the picture.") for row in rows(CASES / "captions.jsonl")),
        *((row["answer"], row.get("prompt")) for row in rows(CASES / "readers.jsonl")),
        *(
            (row["answer"], row.get("prompt"))
            for row in rows(ROOT / "demo" / "sample.jsonl")
            if isinstance(row.get("answer"), str)
        ),
        *((row["answer"], None) for row in rows(ROOT / "benchmarks" / "suites" / "notation.jsonl")),
    ]
    return list(dict.fromkeys((answer, prompt) for answer, prompt in sources if isinstance(answer, str)))


def accepted() -> dict[tuple[str, str], str]:
    return {(row["answer"], row["completion"]): row["why"] for row in rows(CASES / "cross_answers.jsonl")}


def crossed() -> list[Sample]:
    found = references()
    answers = list(dict.fromkeys(answer for answer, _ in found))
    pairs = (
        (reference, prompt, answer)
        for place, (reference, prompt) in enumerate(found)
        for answer in chain(SMALL, answers[place % STRIDE :: STRIDE])
        if answer.strip() != reference.strip()
    )
    return [Sample(i, prompt, answer, {"answer": reference}) for i, (reference, prompt, answer) in enumerate(pairs)]


@pytest.fixture(scope="module")
def paid() -> set[tuple[str, str]]:
    samples = crossed()
    assert len(samples) > 40_000
    verdicts = rules().verify(samples)
    return {
        (str(sample.columns["answer"]), str(sample.completion))
        for sample, verdict in zip(samples, verdicts, strict=True)
        if verdict.score
    }


@pytest.mark.slow
def test_what_is_paid_is_listed_and_right(paid: set[tuple[str, str]]) -> None:
    assert sorted(paid - set(accepted())) == []


@pytest.mark.slow
def test_nothing_is_listed_that_is_not_paid(paid: set[tuple[str, str]]) -> None:
    assert sorted(set(accepted()) - paid) == []


def test_every_line_says_why() -> None:
    assert all(why.strip() for why in accepted().values())
