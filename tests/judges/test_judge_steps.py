"""Judges of steps: what the scores come to, what never reaches the model, and what is passed on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit.errors import BadParameter
from rewardkit.judges.cache import Cache
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.guard import MAX_STEPS, MOST_STEPS
from rewardkit.judges.judge import Judge
from rewardkit.steps import aggregated
from rewardkit.testing import ScriptedClient, check_verifier, sample
from rewardkit.types import Verdict

CASES = [
    pytest.param(json.loads(line), id=json.loads(line)["why"])
    for line in (Path(__file__).parent / "cases" / "steps.jsonl").read_text(encoding="utf-8").splitlines()
]


def judge(says: Any, **options: Any) -> Judge:
    """`says` is what the model says of the steps, or a function of the request; None where it must not be asked."""
    reply = says if callable(says) else [] if says is None else [Reply(scores=tuple(says), prompt_tokens=7)]
    return Judge(ScriptedClient(reply), "steps", **options)


def likely(request: Request) -> Reply:
    """A model that holds steps with "wrong" in them for wrong."""
    return Reply(scores=tuple(0.1 if "wrong" in step else 0.9 for step in request.steps))


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    row = sample(prompt="What is 3 + 4?", completion=case["completion"])
    (verdict,) = judge(case["says"], **case.get("options", {})).verify([row])
    assert (verdict.score, verdict.reason) == (case["score"], case["reason"])
    assert verdict.info.get("steps") == case.get("steps")


def test_contract() -> None:
    right = [sample(completion="3 + 4\n\n= 7"), sample(completion="7")]
    wrong = [sample(completion="wrong\n\n7"), sample(completion="7\n\nwrong"), sample(completion="")]
    check_verifier(judge(likely), right=right, wrong=wrong)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0, 1), st.integers(0, 8))
@settings(max_examples=examples(100))
def test_no_step_more_raises_the_least_or_the_product(values: list[float], more: float, place: int) -> None:
    longer = [*values[:place], more, *values[place:]]
    for aggregation in ("min", "prod"):
        assert aggregated(longer, aggregation) <= aggregated(values, aggregation)
    assert min(values) - 1e-12 <= aggregated(values, "mean") <= max(values) + 1e-12


@pytest.mark.parametrize("text", ["so\n\n" * (MOST_STEPS + 1), "x" * (MAX_STEPS + 1)], ids=["steps", "characters"])
def test_too_much_is_settled_without_the_model(text: str) -> None:
    (verdict,) = judge(None).verify([sample(completion=text)])
    assert (verdict.score, verdict.reason) == (0.0, "too_complex")


def test_the_model_sees_the_steps_as_they_were_written() -> None:
    one = judge(likely, tag="<step>", plain=True)
    one.verify([sample(prompt="Why?", completion="  a  b\n c\n\nd ")])
    (request,) = one.client.seen
    assert (request.steps, request.tag, request.plain) == (("a  b\n c", "d"), "<step>", True)
    assert [message["content"] for message in request.messages] == ["Why?"]


def test_rows_that_end_alike_are_asked_about_by_their_steps() -> None:
    one = judge(likely)
    rows = [sample(completion=text) for text in ("a\n\n7", "wrong\n\n7", "a\n\n7")]
    assert [verdict.score for verdict in one.verify(rows)] == [0.9, 0.1, 0.9]
    assert one.client.calls == [2]


def test_scores_are_kept_in_the_cache(tmp_path: Path) -> None:
    row = sample(completion="a\n\nwrong")
    first = judge(likely, cache=Cache(tmp_path / "replies.db")).verify([row])[0]
    again = judge(None, cache=Cache(tmp_path / "replies.db")).verify([row])[0]
    assert again.info["source"] == "cached"
    assert again.info["steps"] == first.info["steps"] == [0.9, 0.1]


@pytest.mark.parametrize("options", [{"aggregation": "max"}, {"separator": ""}, {"tag": ""}], ids=str)
def test_what_cannot_be_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(BadParameter, match=r"cannot be used"):
        judge(likely, **options)


@pytest.mark.parametrize(
    "steps", [[], 3, "0.5", [0.5, None], [True], [float("nan")], [float("inf")], [[0.5]], {"a": 1.0}], ids=str
)
def test_a_verdict_refuses_what_are_no_scores_of_steps(steps: Any) -> None:
    with pytest.raises(ValueError, match=r"wanted a list of finite numbers, one a step"):
        Verdict.scored(1.0, steps=steps)


def test_a_verdict_with_steps_may_abstain() -> None:
    assert Verdict.abstained("needs_judge", steps=[0.5, 1]).info["steps"] == [0.5, 1]
