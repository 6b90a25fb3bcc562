"""One table of sentences through every reader: what a sentence does not state is never paid, whatever dress it wears."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rewardkit.judges.guard import Guard
from rewardkit.recipes.auto import rules
from rewardkit.types import Sample, Verdict

ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "stance.jsonl").read_text(encoding="utf-8").splitlines()
]
# "of" is "or" in Dutch and belongs to a name in English.
KNOWN = {"hedge-nl-001"}
OPTIONS = "Which one?\nA. red\nB. blue\nC. green\nD. black"


class Reader(NamedTuple):
    """What stands for the two values of a sentence, what is accepted, and of which kind of reader it is."""

    kind: str
    value: str
    other: str
    reference: str
    prompt: str | None = None
    dress: str = "{}"
    paid: float = 0.0  # share of the true sentences that are paid at least


READERS = {
    "number": Reader("number", "42", "41", "42", paid=0.95),
    "number in a box": Reader("number", r"\boxed{42}", r"\boxed{41}", "42", paid=0.95),
    "number in a tag": Reader("number", "42", "41", "42", dress="<answer>{}</answer>", paid=0.93),
    "number in JSON": Reader("number", "42", "41", "42", dress="json", paid=0.93),
    "mathematics": Reader("maths", r"\sqrt{2}", r"\sqrt{3}", r"\sqrt{2}", paid=0.6),
    "mathematics between dollars": Reader("maths", r"$\sqrt{2}$", r"$\sqrt{3}$", r"\sqrt{2}", paid=0.9),
    "mathematics in a box": Reader("maths", r"\boxed{\sqrt{2}}", r"\boxed{\sqrt{3}}", r"\sqrt{2}", paid=0.95),
    "choice": Reader("choice", "C", "B", "C", OPTIONS, paid=0.8),
    "choice in a box": Reader("choice", r"\boxed{C}", r"\boxed{B}", "C", OPTIONS, paid=0.95),
    "an option's words": Reader("choice", "green", "blue", "C", OPTIONS, paid=0.75),
    "text": Reader("text", "Paris", "London", "Paris", paid=0.6),
    "text in a box": Reader("text", r"\boxed{Paris}", r"\boxed{London}", "Paris", paid=0.95),
    "yes or no": Reader("yesno", "yes", "no", "yes", "Is it so?", paid=0.9),
}


def sentences(reader: Reader) -> list[tuple[dict[str, Any], Sample]]:
    found = []
    for row in ROWS:
        if reader.kind not in row.get("reads", ["number", "maths", "choice", "text"]):
            continue
        text = row["text"].replace("{X}", reader.value).replace("{Y}", reader.other)
        text = json.dumps({"answer": text}, ensure_ascii=False) if reader.dress == "json" else reader.dress.replace("{}", text)
        found.append((row, Sample(len(found), reader.prompt, text, {"answer": reader.reference})))
    return found


@cache
def verdicts_of(name: str) -> list[Verdict]:
    """Of every sentence of a reader, those that state their value and those that do not."""
    return rules().verify([sample for _, sample in sentences(READERS[name])])


def is_paid(verdict: Verdict) -> bool:
    return verdict.score is not None and verdict.score > 0


def paid(rows: Sequence[tuple[dict[str, Any], Sample]], verdicts: Sequence[Verdict], *, states: bool) -> list[str]:
    pairs = zip(rows, verdicts, strict=True)
    return [
        f"{row['id']}: {sample.completion}" for (row, sample), verdict in pairs if row["states"] is states and is_paid(verdict)
    ]


@pytest.mark.parametrize("name", READERS)
def test_nothing_is_paid_that_a_sentence_does_not_state(name: str) -> None:
    assert paid(sentences(READERS[name]), verdicts_of(name), states=False) == []


@pytest.mark.parametrize("name", READERS)
def test_most_of_what_is_stated_is_paid(name: str) -> None:
    reader = READERS[name]
    rows = sentences(reader)
    stated = [row for row, _ in rows if row["states"]]
    share = len(paid(rows, verdicts_of(name), states=True)) / len(stated)
    assert share >= reader.paid, f"{share:.3f} of {len(stated)}"


def test_the_guard_pays_nothing_that_is_not_stated_and_settles_what_is_denied() -> None:
    """What is asked, supposed or reported goes on to a judge: refusing it here cost one right answer in a hundred."""
    guard, denied, through = Guard(), 0, []
    for row, sample in sentences(READERS["text"]):
        seen = guard.look(sample)
        if row["states"]:
            continue
        assert seen.verdict is None or not is_paid(seen.verdict), row["id"]
        if row["meaning"] in ("denies", "corrects"):
            denied += 1
            through += [row["id"]] if seen.verdict is None and "Paris" in (seen.answer or "") else []
    assert len(through) <= 0.1 * denied, through


def test_the_guard_lets_through_what_is_stated() -> None:
    guard = Guard()
    stated = [sample for row, sample in sentences(READERS["text"]) if row["states"]]
    lost = [
        sample.completion for sample in stated if (verdict := guard.look(sample).verdict) is not None and not is_paid(verdict)
    ]
    assert len(lost) <= 0.03 * len(stated), lost
