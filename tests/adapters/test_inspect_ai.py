"""The real inspect_ai: evaluations with a scripted model, scored by us, and how it counts rows without a verdict."""

from __future__ import annotations

import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from thousand import rows

import rewardkit
from rewardkit.adapters import inspect_ai

pytestmark = pytest.mark.skipif(find_spec("inspect_ai") is None, reason="needs inspect-ai: make test-adapters")


def evaluated(samples: list[Any], completions: list[str], folder: Path) -> Any:
    """The log of an evaluation in which these completions are given."""
    from inspect_ai.model import ModelOutput

    def given(state: Any) -> None:
        state.output = ModelOutput.from_content("scripted", completions[state.sample_id - 1])

    return run(samples, given, "auto", folder)


def run(samples: list[Any], given: Any, reward: Any, folder: Path) -> Any:
    """The log of an evaluation in which `given` changes the state of each sample."""
    from inspect_ai import Task, eval
    from inspect_ai.solver import solver

    @solver
    def scripted() -> Any:
        async def solve(state: Any, generate: Any) -> Any:
            given(state)
            return state

        return solve

    task = Task(dataset=samples, solver=scripted(), scorer=inspect_ai.scorer(reward))
    (log,) = eval(task, model="mockllm/model", log_dir=str(folder), display="none", max_samples=1)
    assert log.status == "success", log.error
    return log


def test_an_evaluation_gets_the_same_rewards(tmp_path: Path) -> None:
    from inspect_ai.dataset import Sample

    given = [row for row in rows(200) if row.answer is not None]
    samples = [Sample(input=r.prompt, target=r.answer) for r in given]
    log = evaluated(samples, [r.completion for r in given], tmp_path)
    by_id = {sample.id: sample.scores["rewardkit_auto"] for sample in log.samples}
    expected = rewardkit.load("auto")(completions=[r.completion for r in given], answer=[r.answer for r in given])
    assert [None if math.isnan(by_id[i].value) else by_id[i].value for i in sorted(by_id)] == expected
    scored = [score for score in expected if score is not None]
    assert log.results.scores[0].metrics["mean"].value == pytest.approx(sum(scored) / len(scored))
    assert {each.explanation for each in by_id.values()} >= {"match", "mismatch", "no_answer"}


def test_choices_targets_and_rows_without_a_verdict(tmp_path: Path) -> None:
    from inspect_ai.dataset import Sample

    tale = "A long tale that no rule can tell from another."
    samples = [
        Sample(input="Which?", target="B", choices=["River", "Stone"]),
        Sample(input="How much?", target=["0.5", "50 %"]),
        Sample(input="Tell a tale.", target=tale),
    ]
    log = evaluated(samples, ["<answer>Stone</answer>", r"\boxed{1/2}", "Another tale."], tmp_path)
    scores = [sample.scores["rewardkit_auto"] for sample in log.samples]
    assert [scores[0].value, scores[1].value] == [1.0, 1.0]
    assert math.isnan(scores[2].value)
    assert scores[2].reason == "needs_judge"
    assert log.results.scores[0].metrics["mean"].value == 1.0
    assert log.results.scores[0].unscored_samples == 1


@pytest.mark.parametrize("error", [None, "Error parsing the arguments: {'a': 3"], ids=["readable", "unreadable"])
def test_the_whole_conversation_is_read_with_its_calls(tmp_path: Path, error: str | None) -> None:
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ChatMessageAssistant, ChatMessageTool, ChatMessageUser, ModelOutput
    from inspect_ai.tool import ToolCall

    call = ToolCall(id="1", function="add", arguments={"a": 3, "b": 4}, parse_error=error)

    def given(state: Any) -> None:
        state.output = ModelOutput.from_content("scripted", "It is 7.")
        calling = ChatMessageAssistant(content="", tool_calls=[call], source="generate")
        answered = ChatMessageTool(content="7", function="add", tool_call_id="1")
        state.messages += [calling, answered, state.output.message]

    asked = [ChatMessageUser(content="1 + 1?"), ChatMessageAssistant(content="2"), ChatMessageUser(content="3 + 4?")]
    seen: list[Any] = []
    matches = rewardkit.get("call.match", turns="all")

    def watched(sample: Any) -> Any:
        seen.append([(turn.role, turn.text, len(turn.calls), turn.name, turn.own) for turn in sample.messages])
        assert sample.question == "3 + 4?"
        return matches.verify([sample])[0].score

    calls = [{"name": "add", "arguments": {"a": 3, "b": 4}}]
    log = run([Sample(input=asked, metadata={"calls": calls})], given, rewardkit.RewardFunction(watched), tmp_path)
    assert next(iter(log.samples[0].scores.values())).value == (1.0 if error is None else 0.0)
    assert seen == [
        [
            ("user", "1 + 1?", 0, "", False),
            ("assistant", "2", 0, "", False),
            ("user", "3 + 4?", 0, "", False),
            ("assistant", "", 1, "", True),
            ("tool", "7", 0, "add", False),
            ("assistant", "It is 7.", 0, "", True),
        ]
    ]


def test_an_output_that_no_turn_has_is_the_last_turn() -> None:
    from inspect_ai.model import ChatMessageAssistant, ChatMessageUser, ModelName, ModelOutput
    from inspect_ai.solver import TaskState

    turns = [ChatMessageUser(content="6 · 7?"), ChatMessageAssistant(content="41?", source="generate")]
    output = ModelOutput.from_content("scripted", "It is 42.")
    state = TaskState(ModelName("mockllm/model"), 1, 1, "6 · 7?", turns, output=output)
    assert inspect_ai.prompt_of(state) == "6 · 7?"
    assert [turn["content"] for turn in inspect_ai.completion_of(state)] == ["41?", "It is 42."]
