"""The real verifiers from 0.4: a reward plugged in by its path scores its traces, and no verdict is its error, not a number."""

from __future__ import annotations

import asyncio
from importlib.metadata import distributions
from typing import Any

import pytest
from at_url import service
from thousand import rows

import rewardkit
from rewardkit import RewardFunction, Rubric, verifier
from rewardkit.adapters import prime_verifiers_v1

# A folder of our tests has the same name, so that looking for a module of that name would find it.
NEW = any(each.name == "verifiers" and not each.version.startswith(("0.1", "0.2", "0.3")) for each in distributions())

pytestmark = pytest.mark.skipif(not NEW, reason="needs verifiers from 0.4: make test-adapters")

OURS = "rewardkit.adapters.prime_verifiers_v1"


def rollout(prompt: Any, completion: str, fn: str = f"{OURS}:auto", **columns: Any) -> tuple[Any, Any]:
    """A task with the reward plugged in, and the trace of a finished rollout."""
    import verifiers.v1 as vf
    from verifiers.v1.graph import MessageNode
    from verifiers.v1.trace import AgentInfo, TraceTask

    data = vf.WireTaskData(prompt=prompt, **columns)
    task = vf.Task(data, vf.TaskConfig(rewards={"auto": {"fn": fn, "weight": 2.0}}))
    node = MessageNode(message=vf.AssistantMessage(content=completion), sampled=True)
    trace = vf.Trace(task=TraceTask(type="Task", data=data), agent=AgentInfo(config=vf.AgentConfig()), nodes=[node])
    return task, trace


def scored(task: Any, trace: Any) -> float | None:
    """The reward that a trace has after scoring; None when scoring is an error of the rollout."""
    import verifiers.v1 as vf

    try:
        asyncio.run(task.score(trace))
    except vf.TaskError as error:
        return None if "NoVerdict" in str(error) and trace.rewards == {"auto": None} else float("nan")
    return float(trace.reward)


def test_a_thousand_rollouts_get_the_same_rewards_and_no_verdict_is_an_error() -> None:
    given = rows()
    expected = rewardkit.load("auto")(completions=[r.completion for r in given], answer=[r.answer for r in given])
    got = [scored(*rollout(r.prompt, r.completion, answer=r.answer)) for r in given]
    assert got == [None if e is None else 2.0 * e for e in expected]
    assert None in got


def test_the_trace_says_why_and_metrics_have_the_outcome() -> None:
    task, trace = rollout(
        [{"role": "user", "content": "Which?"}], "<answer>B</answer>", answer="Stone", choices=["River", "Stone"]
    )
    assert scored(task, trace) == 2.0
    assert trace.info["auto"] == {"status": "scored", "reason": "match", "route": "choice", "extracted": "B"}
    assert trace.metrics == {"auto/scored": 1.0, "auto/abstained": 0.0, "auto/error": 0.0}
    tale = rollout("Tell.", "Another tale.", answer="A long tale that no rule can tell from another.")
    assert scored(*tale) is None
    assert (tale[1].info["auto"]["reason"], tale[1].metrics["auto/abstained"]) == ("needs_judge", 1.0)


def conversed() -> tuple[Any, Any]:
    """A rollout in which a tool is called, and the harness adds a turn that the model did not write."""
    import verifiers.v1 as vf
    from verifiers.v1.graph import MessageNode
    from verifiers.v1.types import ToolCall

    task, trace = rollout("3 + 4?", "", fn=f"{__name__}:watching", calls=[{"name": "add", "arguments": {"a": 3, "b": 4}}])
    call = ToolCall(id="1", name="add", arguments='{"a": 3, "b": 4}')
    turns = [
        (vf.SystemMessage(content="Use tools."), False),
        (vf.UserMessage(content="3 + 4?"), False),
        (vf.AssistantMessage(content=None, tool_calls=[call]), True),
        (vf.ToolMessage(tool_call_id="1", content="7"), False),
        (vf.AssistantMessage(content="What came before: 7."), False),
        (vf.AssistantMessage(content="It is 7."), True),
    ]
    trace.nodes = [
        MessageNode(message=message, sampled=sampled, parent=place - 1 if place else None)
        for place, (message, sampled) in enumerate(turns)
    ]
    return task, trace


seen: list[Any] = []


def watched(sample: Any) -> Any:
    """Whether the calls of the whole conversation are those wanted."""
    seen.append([(turn.role, turn.text, len(turn.calls), turn.own) for turn in sample.messages])
    return rewardkit.get("call.match", turns="all").verify([sample])[0].score


watching = prime_verifiers_v1.reward(RewardFunction(watched))


def test_the_whole_conversation_is_read_with_its_calls() -> None:
    task, trace = conversed()
    assert scored(task, trace) == 2.0
    own = [("assistant", "", 1, True), ("tool", "7", 0, False), ("assistant", "It is 7.", 0, True)]
    assert seen == [[("user", "3 + 4?", 0, False), *own]]


def test_the_reply_of_the_root_is_the_last_turn() -> None:
    task, trace = conversed()
    trace.root_reply = "Seven, then."
    _, completion = prime_verifiers_v1.conversation(task.data, trace)
    assert [turn.get("content", "") for turn in completion] == ["", "7", "It is 7.", "Seven, then."]


@verifier("test.shouts")
def shouts(sample: Any) -> bool:
    """Whether the completion is in capitals."""
    return bool(sample.text.isupper())


parts = prime_verifiers_v1.reward(RewardFunction(Rubric({"number.equal": 1.0, "test.shouts": 0.1}), name="both"))


def test_parts_of_a_rubric_are_metrics_of_their_own() -> None:
    task, trace = rollout("6 · 7?", "IT IS 42.", fn=f"{__name__}:parts", answer="42")
    assert scored(task, trace) == pytest.approx(2.2)
    assert (trace.metrics["both/number.equal"], trace.metrics["both/test.shouts"]) == (1.0, 1.0)


@verifier("test.broken_again")
def broken(sample: Any) -> None:
    """Always raises."""
    raise OSError("the disk is gone")


broken_reward = prime_verifiers_v1.reward(RewardFunction("test.broken_again"))


def test_what_breaks_says_so_in_the_error_of_the_rollout() -> None:
    import verifiers.v1 as vf

    task, trace = rollout("?", "7", fn=f"{__name__}:broken_reward", answer="7")
    with pytest.raises(vf.TaskError, match="the disk is gone"):
        asyncio.run(task.score(trace))
    assert trace.rewards == {"auto": None}


def test_its_tasks_of_nemo_gym_are_verified_by_our_service() -> None:
    from verifiers.v1.tasksets.nemo_gym import taskset as gym

    row = {"responses_create_params": {"input": "6 · 7?"}, "expected_answer": "42"}
    with service() as url:
        task = gym.NeMoGymTask(gym.NeMoGymData(prompt="6 · 7?", row=row), gym.NeMoGymTaskConfig(resources_url=url))
        found = {}
        for completion in ("It is 42.", "It is 41."):
            _, trace = rollout("6 · 7?", completion)
            object.__setattr__(trace, "state", gym.NeMoGymState())
            asyncio.run(task.setup(trace, None))
            found[completion] = asyncio.run(task.nemo_gym(trace))
        assert found == {"It is 42.": 1.0, "It is 41.": 0.0}
        assert (trace.info["nemo_gym"]["reason"], trace.metrics["mask_sample"]) == ("mismatch", 0.0)
