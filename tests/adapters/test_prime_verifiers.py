"""The real verifiers: a rubric of ours in its environments gives what TRL gets, and says where nothing was decided."""

from __future__ import annotations

import asyncio
from importlib import import_module
from importlib.metadata import distributions
from typing import Any

import pytest
from thousand import rows

import rewardkit
from rewardkit import RewardFunction, TooManyErrors, verifier
from rewardkit.adapters import prime_verifiers

# A folder of our tests has the same name, so that looking for a module of that name would find it.
HERE = any(each.name == "verifiers" for each in distributions())

pytestmark = pytest.mark.skipif(not HERE, reason="needs verifiers: make test-adapters")


def state_of(prompt: str, completion: str, answer: Any, **info: Any) -> Any:
    """A finished rollout as its environments leave it."""
    import verifiers as vf

    user, said = [{"role": "user", "content": prompt}], [{"role": "assistant", "content": completion}]
    source = {"prompt": user, "answer": answer, "info": info, "example_id": 0, "task": "default"}
    turn = {"prompt": user, "completion": said, "reward": None, "advantage": None}
    return vf.State(input=source, completion=said, trajectory=[turn])


def test_a_group_gets_the_same_rewards() -> None:
    given = rows()
    states = [state_of(r.prompt, r.completion, r.answer) for r in given]
    asyncio.run(prime_verifiers.rubric("auto", unscored=0.25).score_group(states))
    expected = rewardkit.load("auto")(completions=[r.completion for r in given], answer=[r.answer for r in given])
    assert [s["reward"] for s in states] == [0.25 if e is None else e for e in expected]
    assert [s["metrics"]["scored"] for s in states] == [float(e is not None) for e in expected]
    assert {frozenset(s["metrics"]) for s in states} == {frozenset({"auto", "scored", "abstained", "error"})}
    scored = [e for e in expected if e is not None]
    mean = sum(scored) / len(scored)
    assert [s["advantage"] for s in states] == pytest.approx([0.0 if e is None else e - mean for e in expected])
    assert all(s["trajectory"][0]["advantage"] == s["advantage"] for s in states)


def test_one_rollout_is_scored_alone() -> None:
    state = state_of("Which?", "<answer>B</answer>", "Stone", choices=["River", "Stone"])
    asyncio.run(prime_verifiers.rubric("auto").score_rollout(state))
    assert state["reward"] == 1.0


def test_its_environments_take_the_rubric_and_score_through_it() -> None:
    import verifiers as vf
    from datasets import Dataset

    rubric = prime_verifiers.rubric("auto")
    environment = vf.SingleTurnEnv(dataset=Dataset.from_list([{"question": "2+2?", "answer": "4"}]), rubric=rubric)
    states = [state_of("2+2?", text, "4") for text in ("4", "5", "The answer is 4.")]
    asyncio.run(environment.rubric.score_group(states))
    assert [state["reward"] for state in states] == [1.0, 0.0, 1.0]


def test_the_whole_conversation_is_read_with_its_calls_in_messages_of_its_own_types() -> None:
    types = import_module("verifiers.types")
    call = types.ToolCall(id="1", name="add", arguments='{"a": 3, "b": 4}')
    calling = types.AssistantMessage(content=None, tool_calls=[call])
    answered, said = types.ToolMessage(tool_call_id="1", content="7"), types.AssistantMessage(content="It is 7.")
    seen: list[Any] = []
    matches = rewardkit.get("call.match", turns="all")

    def watched(sample: Any) -> Any:
        seen.append([(turn.role, turn.text, len(turn.calls), turn.own) for turn in sample.messages])
        assert (sample.question, sample.text) == ("3 + 4?", "It is 7.")
        return matches.verify([sample])[0].score

    state = state_of("3 + 4?", "", None, calls=[{"name": "add", "arguments": {"a": 3, "b": 4}}])
    state["prompt"] = [types.SystemMessage(content="Use tools."), types.UserMessage(content="3 + 4?")]
    state["completion"] = [calling, answered, said]
    asyncio.run(prime_verifiers.rubric(RewardFunction(watched)).score_rollout(state))
    assert state["reward"] == 1.0
    own = [("assistant", "", 1, True), ("tool", "7", 0, False), ("assistant", "It is 7.", 0, True)]
    assert seen == [[("system", "Use tools.", 0, False), ("user", "3 + 4?", 0, False), *own]]


@verifier("test.broken_disk")
def broken(sample: Any) -> None:
    """Always raises."""
    raise OSError("the disk is gone")


def test_a_broken_verifier_stops_the_run_where_its_own_rubric_gives_zeros() -> None:
    import verifiers as vf

    async def raising(completion: Any) -> float:
        raise OSError("the disk is gone")

    states = [state_of("2+2?", "4", "4") for _ in range(10)]
    asyncio.run(vf.Rubric(funcs=[raising]).score_group(states))
    assert {state["reward"] for state in states} == {0.0}
    with pytest.raises(TooManyErrors, match="the disk is gone"):
        asyncio.run(prime_verifiers.rubric(RewardFunction("test.broken_disk")).score_group(states))
