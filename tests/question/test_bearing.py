"""Sentences around an unmarked answer: every row of the small words, and two tables of sentences in fifteen languages.

`cases/told.jsonl` has numbers, `cases/stated.jsonl` options, sets, points and amounts; in half of the rows or more the right
answer stands in the text, and the text does not state it.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rewardkit import Sample
from rewardkit.prose.tables import read_table
from rewardkit.question import read_question
from rewardkit.question.conclusion import concluded
from rewardkit.recipes.auto import rules

CASES = Path(__file__).parent / "cases"
ROWS: dict[str, list[dict[str, Any]]] = {
    name: [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text("utf-8").splitlines()] for name in ("told", "stated")
}
MOST = {"told": (0.07, 0.08), "stated": (0.04, 0.35)}  # paid of those that state nothing, refused of those that do
WORDS = [row for row in read_table("bearing.toml", "rewardkit.question")["words"] if "question" in row]


@pytest.mark.parametrize("name", ROWS)
def test_a_sentence_is_paid_or_not_as_its_row_says(name: str) -> None:
    rows = ROWS[name]
    samples = [Sample(place, row["prompt"], row["completion"], {"answer": row["answer"]}) for place, row in enumerate(rows)]
    found = {1.0: "paid", 0.0: "refused", None: "open"}
    verdicts = [found[verdict.score] for verdict in rules().verify(samples)]
    wrong = [(row, verdict) for row, verdict in zip(rows, verdicts, strict=True) if verdict != row["verdict"]]
    assert not wrong, wrong[:5]


@pytest.mark.parametrize("name", ROWS)
def test_few_that_state_nothing_are_paid_and_few_that_do_are_refused(name: str) -> None:
    told = Counter((row["states"], row["verdict"]) for row in ROWS[name])
    paid, refused = MOST[name]
    assert told[False, "paid"] <= paid * sum(count for (states, _), count in told.items() if not states)
    assert told[True, "refused"] <= refused * sum(count for (states, _), count in told.items() if states)
    assert len({row["lang"] for row in ROWS[name]}) == 15


@pytest.mark.parametrize("row", WORDS, ids=lambda row: f"{row['role']}-{row['language']}")
def test_small_words_say_nothing_of_what_a_number_belongs_to(row: dict[str, str]) -> None:
    question = read_question(row["question"])
    assert concluded(question, row["example"].replace("{N}", "7")).states
    assert not concluded(question, row["counter"].replace("{N}", "7")).states


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("So Tom has 42. Check: 42 + 8 = 50.", "So Tom has 42."),
        ("Tom has 42. Probe: 42 + 8 = 50.", "Tom has 42."),
    ],
)
def test_a_check_is_no_conclusion(text: str, kept: str) -> None:
    assert concluded(read_question("How many does Tom have?"), text).text.strip() == kept


def test_a_remark_leaves_the_conclusion_before_it() -> None:
    conclusion = concluded(read_question("How many apples does Tom have?"), "So Tom has 50 apples. His sister got 42.")
    assert not conclusion.states
    assert conclusion.earlier == "So Tom has 50 apples."


PAGE = Path(__file__).parents[2] / "docs" / "guide" / "question.md"
STAND = (
    "Tom and his neighbour run lemonade stands. On Saturday Tom sells 4 cups every quarter of an hour for 3 hours. "
    "How many cups does Tom sell?"
)


def test_the_page_says_what_happens() -> None:
    text = PAGE.read_text("utf-8")
    table = text.partition("What a sentence says of its number")[2]
    lines = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| ") and "completion" not in line]
    assert len(lines) == 10
    for completion, said in lines:
        (verdict,) = rules().verify([Sample(0, STAND, completion.strip(), {"answer": "48"})])
        assert (verdict.score == 1) == (said.strip() == "paid"), completion
        assert verdict.score == 1 or verdict.reason == "needs_judge"
    told = Counter((row["states"], row["verdict"]) for row in ROWS["told"])
    assert f"Of {sum(n for (states, _), n in told.items() if not states)} sentences" in text
    assert f"{told[False, 'paid']} are paid" in text
    assert f"{told[True, 'paid']} are\npaid, {told[True, 'open']} left to a judge and {told[True, 'refused']} refused" in text
    stated = Counter((row["states"], row["verdict"]) for row in ROWS["stated"])
    hostile, right = (sum(n for (states, _), n in stated.items() if states is one) for one in (False, True))
    assert f"Of {hostile} about options, sets and amounts {stated[False, 'paid']} are paid" in text
    assert f"of {right} that do state it {stated[True, 'paid']}, and {stated[True, 'open']} are left to a judge" in text
