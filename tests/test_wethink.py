"""The hybrid reward: weights, routes, the judge's part, and what happens when something is missing."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rewardkit
from rewardkit.errors import BadParameter, UnknownName
from rewardkit.judges.client import Reply
from rewardkit.testing import ScriptedClient

sys.path.append(str(Path(__file__).parent / "judges"))  # fake.py: clients that know controls for what they are

from fake import FitClient

THOUGHT = "<think>I look at it.</think>"
CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "wethink.jsonl").read_text().splitlines()]


def half(request: Any) -> str:
    return "0.5"


def down(request: Any) -> Reply:
    return Reply("", failure="connection refused")


def reward(completion: str, answer: Any, way: str = "rule", **options: Any) -> rewardkit.Verdict:
    function = rewardkit.load("wethink", **options)
    (score,) = function(prompts=["What is it?"], completions=[completion], answer=[answer], reward=[way])
    (verdict,) = function.verdicts
    assert verdict.score == score
    return verdict


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    judge = None if case.get("judge") is None else FitClient(half if case["judge"] == "half" else down, name="scripted")
    verdict = reward(case["completion"], case["answer"], case.get("way", "rule"), judge=judge, **case.get("options", {}))
    assert verdict.score == (None if case["score"] is None else pytest.approx(case["score"]))
    assert verdict.reason == case["reason"]


def test_an_unknown_value_stops_with_the_values_seen() -> None:
    function = rewardkit.load("wethink")
    with pytest.raises(UnknownName, match=r"'llm' \(2 rows\).*'exact' \(1 rows\)"):
        function(prompts=["?"] * 3, completions=["1"] * 3, answer=["1"] * 3, reward=["llm", "exact", "llm"])


def test_the_values_of_ones_own_data_are_mapped() -> None:
    function = rewardkit.load("wethink", routes={"MC": "rule", "DES": "model"}, by="category")
    rows = {"answer": ["B", "A dog."], "category": ["MC", "DES"]}
    good = [f"{THOUGHT}<answer>B</answer>", f"{THOUGHT}<answer>A cat.</answer>"]
    assert function(prompts=["?", "?"], completions=good, **rows) == [1.0, None]
    assert [verdict.reason for verdict in function.verdicts] == ["match", "needs_judge"]
    assert [verdict.info["route"] for verdict in function.verdicts] == ["MC/choice", "DES"]


def test_the_judge_sees_only_rows_it_is_for() -> None:
    client = FitClient(half, name="scripted")
    function = rewardkit.load("wethink", judge=client)
    answers = ["B", "42", "A brown dog.", "A brown dog."]
    said = ["A", "42", "A dog.", "A dog."]
    ways = ["rule", "rule", "model", "model"]
    texts = [f"{THOUGHT}<answer>{text}</answer>" for text in said]
    assert function(prompts=["?"] * 4, completions=texts, answer=answers, reward=ways) == pytest.approx([0.3, 1, 0.65, 0.65])
    assert len(client.seen) == 1
    assert [verdict.info.get("source") for verdict in function.verdicts[2:]] == ["judged", "shared"]


def test_statistics_are_logged_for_each_route() -> None:
    logged: dict[str, float] = {}
    function = rewardkit.load("wethink", judge=FitClient(half, name="scripted"))
    texts = [f"{THOUGHT}<answer>{text}</answer>" for text in ("B", "A dog.")]
    log: Callable[[str, float], None] = logged.__setitem__
    function(prompts=["?"] * 2, completions=texts, answer=["B", "A brown dog."], reward=["rule", "model"], log_metric=log)
    assert logged["wethink/reward/rule/choice"] == 1
    assert logged["wethink/reward/model"] == pytest.approx(0.65)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"routes": {"MC": "judge"}}, "'rule' or 'model'"),
        ({"format_weight": -1}, "numbers from 0"),
        ({"accuracy_weight": float("nan")}, "numbers from 0"),
        ({"judge_on": "sometimes"}, "'never'"),
        ({"compat": "verl"}, "'easyr1'"),
        ({"gated": True, "format_weight": 0.7}, "heavier"),
        ({"judge": ScriptedClient(half), "tiers": (1.0,)}, "two or more"),
        ({"alpha": 0.7}, "option of the recipe"),
    ],
)
def test_what_cannot_be_used_is_said_at_once(options: dict[str, Any], said: str) -> None:
    with pytest.raises(BadParameter, match=said):
        rewardkit.load("wethink", **options)


def test_it_pickles() -> None:
    function = rewardkit.load("wethink", judge="http://127.0.0.1:9/v1", judge_cache=None, disagreements=None)
    again = pickle.loads(pickle.dumps(function))
    assert again.__name__ == "wethink"
    assert repr(again.verifier) == repr(function.verifier)
