"""References in the shapes in which data sets ship them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rewardkit import get
from rewardkit.question.references import references_of, unwrapped
from rewardkit.testing import sample

ROWS = [
    json.loads(line) for line in Path(__file__).with_name("cases").joinpath("references.jsonl").read_text("utf-8").splitlines()
]
PUNCTUATION = ("...", "。", "—", "--", "“”", "?!", "_", " . ")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["reference"][:40])
def test_a_reference_is_taken_out_of_what_stands_around_it(row: dict[str, str]) -> None:
    assert unwrapped(row["reference"]) == row["becomes"]
    assert references_of(sample(answer=[row["reference"], "7"])) == (row["becomes"], "7")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["reference"][:40])
def test_what_was_taken_out_is_left_alone(row: dict[str, str]) -> None:
    assert unwrapped(row["becomes"]) == row["becomes"]


@pytest.mark.parametrize("verifier", ["number.equal", "math.equal", "text.exact", "choice.option", "struct.equal"])
@pytest.mark.parametrize("reference", PUNCTUATION)
def test_punctuation_alone_is_no_reference(verifier: str, reference: str) -> None:
    verdict = get(verifier).verify([sample(answer=reference, completion=reference)])[0]
    assert (verdict.score, verdict.reason) == (None, "gold_unparseable")


@pytest.mark.parametrize("reference", ["-", "+", "<", ") ] }", "%", "∅", "→"])
def test_a_sign_or_bracket_may_be_what_was_asked_for(reference: str) -> None:
    assert get("text.exact").verify([sample(answer=reference, completion=reference)])[0].score == 1
    assert get("text.exact").verify([sample(answer=reference, completion="( <- >")])[0].score == 0
