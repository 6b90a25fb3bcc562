"""The parts of a reward, and what records tell of their judges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_report import embedded, record, rows, write

from rewardkit.compose import Rubric
from rewardkit.trace import record as traced
from rewardkit.types import Sample


def data(tmp_path: Path, *infos: Any, **more: Any) -> dict[str, Any]:
    return embedded(write(tmp_path, [record(i, info=info, **more) for i, info in enumerate(infos)]))


def test_parts_are_counted_and_one_without_a_score_is_no_0(tmp_path: Path) -> None:
    parts = {
        "a": {"score": 1.0, "reason": "match", "weight": 0.75},
        "b": {"score": None, "reason": "needs_judge", "weight": 0.25},
    }
    given = [
        {"parts": parts},
        {"parts": {"a": {"score": 0, "reason": "mismatch", "weight": 0.75}}},
        {"parts": {"a": 3}},
        {"parts": 1},
    ]
    assert data(tmp_path, *given)["parts"] == [
        {"name": "a", "rows": 2, "scored": 2, "mean": 0.5, "full": 1, "none": 1, "weight": 0.75},
        {"name": "b", "rows": 1, "scored": 0, "mean": None, "full": 0, "none": 0, "weight": 0.25},
    ]
    first = rows(write(tmp_path, [record(info=given[0])]))[0]
    assert first["parts"] == "a: 1 (match), weight 0.75\nb: no score (needs_judge), weight 0.25"
    assert rows(write(tmp_path, [record(info=given[3])]))[0]["parts"] is None


def test_a_rubric_s_own_trace_has_its_parts(tmp_path: Path) -> None:
    rubric = Rubric({"number.equal": 0.9, "format.boxed": 0.1})
    sample = Sample(0, "How many?", "42", {"answer": "42"})
    [verdict] = rubric.verify([sample])
    parts = embedded(write(tmp_path, [traced(sample, verdict, full=True)]))["parts"]
    assert [part["name"] for part in parts] == list(rubric.labels)
    assert parts[0] | {"rows": 1, "mean": 1.0, "weight": 0.9} == parts[0]


def test_records_without_a_judge_have_no_such_part(tmp_path: Path) -> None:
    assert data(tmp_path, {"x": 1}, {"votes": [1.0]}, {"panel": 3, "stages": "no", "votes": {}})["judges"] is None


def test_where_verdicts_come_from_is_counted(tmp_path: Path) -> None:
    judges = data(
        tmp_path, {"source": "judged"}, {"source": "judged"}, {"source": "rule"}, {"source": "elsewhere"}, {"source": []}
    )["judges"]
    assert judges["sources"] == {"rule": 1, "judged": 2}


@pytest.mark.parametrize(
    ("info", "reward", "pair"),
    [
        ({"panel": {"a": {"score": 0.9}, "b": {"score": 0.5}}}, 1.0, ("panel", "a", "b", 1, 1, 0, 0)),
        ({"panel": {"a": {"score": 0.9}, "b": {"score": 0.4}}}, 1.0, ("panel", "a", "b", 1, 0, 1, 0)),
        ({"stages": [{"verifier": "rule", "score": 0.0}]}, 1.0, ("rule, judge", "rule", "number.equal", 1, 0, 0, 1)),
        (
            {"escalated": [{"verifier": "x", "score": 1}, {"verifier": "y", "score": 0.6}]},
            1.0,
            ("judge, dearer judge", "y", "number.equal", 1, 1, 0, 0),
        ),
    ],
)
def test_two_that_saw_a_row_agree_or_one_accepts_alone(tmp_path: Path, info: Any, reward: float, pair: tuple[Any, ...]) -> None:
    [found] = data(tmp_path, info, reward=reward)["judges"]["pairs"]
    assert tuple(found.values()) == pair


def test_no_score_is_neither_agreement_nor_disagreement(tmp_path: Path) -> None:
    assert data(tmp_path, {"panel": {"a": {"score": 0.9}, "b": {"score": None}}})["judges"] is None
    assert data(tmp_path, {"stages": [{"verifier": "rule", "score": 1.0}]}, reward=None, status="error")["judges"] is None


def test_votes_of_one_mind_are_counted(tmp_path: Path) -> None:
    judges = data(tmp_path, {"votes": [1.0, 1.0, 0.0]}, {"votes": [0.0, 0.0]}, {"votes": [1.0, None, 1.0]})["judges"]
    assert judges["votes"] == {"rows": 3, "one_mind": 2, "share": pytest.approx((2 / 3 + 1 + 1) / 3)}
