"""Rewriting with a filter: what is kept, what was dropped and why, and agreement with people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

import rewardkit
from rewardkit.data.rewriting import Counts, Source, audit, kappa, rewrite
from rewardkit.errors import BadParameter, WrongLength
from rewardkit.testing import ScriptedClient

ROWS: list[dict[str, Any]] = [
    {"prompt": "How much?", "answer": "12", "category": "chart", "source": "b", "says": "7 and 5. The answer is 12."},
    {"prompt": "How much?", "answer": "13", "category": "chart", "source": "b", "says": "The answer is 12."},
    {"prompt": "What is it?", "answer": "a running dog", "category": "caption", "source": "b", "says": "A dog runs."},
    {"prompt": "What is it?", "answer": "a cat", "category": "caption", "source": "b", "says": None},
    {"prompt": "What is it?", "answer": "a bird", "category": "caption", "source": "a", "says": "unseen"},
    {"prompt": "What is it?", "answer": "?", "category": "ocr", "source": "c", "says": "unseen"},
]
SOURCES = {"a": Source.KEEP, "b": Source.REWRITE, "c": Source.DROP}


def written(rows: Sequence[Mapping[str, Any]]) -> list[str | None]:
    assert all(row["source"] == "b" for row in rows)
    return [row["says"] for row in rows]


def test_what_is_kept_and_what_became_of_the_rest() -> None:
    found = rewrite(ROWS, write=written, reward=rewardkit.load("mammoth_vl"), source=lambda row: SOURCES[row["source"]])
    assert [(row["answer"], row.get("rewritten")) for row in found.rows] == [("12", ROWS[0]["says"]), ("a bird", None)]
    assert found.counts == {
        "chart": Counts(kept=1, refused=1),
        "caption": Counts(kept=1, undecided=1, unwritten=1),
        "ocr": Counts(unwanted=1),
    }
    assert [counts.share_refused for counts in found.counts.values()] == [0.5, 0.0, None]


def test_a_judge_decides_what_rules_cannot() -> None:
    judge = ScriptedClient(lambda request: "yes" if "A dog runs" in str(request) else "no")
    reward = rewardkit.load("mammoth_vl", judge=judge, judge_canaries=0)
    found = rewrite(ROWS[1:3], write=written, reward=reward)
    assert [row["answer"] for row in found.rows] == ["a running dog"]
    assert found.counts["chart"].share_refused == 1.0


def test_a_writer_writes_one_text_a_row() -> None:
    with pytest.raises(WrongLength, match="texts"):
        rewrite(ROWS[:2], write=lambda rows: ["x"], reward=rewardkit.load("mammoth_vl"))
    with pytest.raises(BadParameter, match="source gave 'elsewhere'"):
        rewrite(ROWS[:1], write=written, reward=rewardkit.load("mammoth_vl"), source=lambda row: "elsewhere")
    assert rewrite([], write=written, reward=rewardkit.load("mammoth_vl")).rows == []


def test_people_see_some_of_every_category_and_always_the_same() -> None:
    rows = [{"category": name, "number": number} for name in ("a", "b") for number in range(50)] + [{"number": 0}]
    drawn = audit(rows, each=3)
    assert [row.get("category", "") for row in drawn] == ["", "a", "a", "a", "b", "b", "b"]
    assert drawn == audit(rows, each=3) != audit(rows, each=3, seed=1)


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: agreed 0.7, by chance 0.5 · 0.6 + 0.5 · 0.4 = 0.5
        ([1] * 25 + [0] * 25, [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15, 0.4),
        ([1, 0, 1, 0], [1, 0, 1, 0], 1.0),
        ([1, 0], [0, 1], -1.0),
        ([1, 1], [1, 1], None),
        ("abc", "abc", 1.0),
    ],
)
def test_agreement_beyond_chance(first: Sequence[Any], second: Sequence[Any], wanted: float | None) -> None:
    assert kappa(first, second) == (None if wanted is None else pytest.approx(wanted))


def test_agreement_wants_ratings_of_the_same_rows() -> None:
    with pytest.raises(WrongLength):
        kappa([1], [])
    with pytest.raises(BadParameter, match="no ratings"):
        kappa([], [])
