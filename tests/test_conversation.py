"""What is a turn, whose it is, and that every way in gives the same turns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

import rewardkit
from rewardkit.batch.columns import to_row
from rewardkit.cli import main
from rewardkit.conversation import messages_of, split
from rewardkit.testing import sample

CASES = [
    pytest.param(json.loads(line), id=json.loads(line)["why"])
    for line in (Path(__file__).parent / "cases" / "conversation.jsonl").read_text(encoding="utf-8").splitlines()
]
TEXTS = st.text(max_size=40) | st.sampled_from(
    ["<|im_start|>user\nhi<|im_end|>", "\n\nUser: more", '[{"role": "user"}]', "[INST] x"]
)


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    one = sample(prompt=case["prompt"], completion=case["completion"])
    assert [[turn.role, turn.text, len(turn.calls), turn.name, turn.own] for turn in one.messages] == case["turns"]
    assert one.text == case["text"]


@given(TEXTS.filter(bool), TEXTS.filter(bool))
@settings(max_examples=examples(100))
def test_a_text_is_one_turn_whatever_stands_in_it(prompt: str, completion: str) -> None:
    assert [(turn.role, turn.text, turn.own) for turn in messages_of(prompt, completion)] == [
        ("user", prompt, False),
        ("assistant", completion, True),
    ]


@given(st.lists(st.sampled_from(["system", "user", "assistant", "tool"]), max_size=8))
@settings(max_examples=examples(100))
def test_a_whole_conversation_is_cut_behind_the_last_turn_of_a_user(roles: list[str]) -> None:
    whole = [{"role": role, "content": f"{place}"} for place, role in enumerate(roles)]
    prompt, completion = split(whole)
    assert prompt + completion == whole
    assert not {"user", "system"} & {turn["role"] for turn in completion}
    assert not prompt or prompt[-1]["role"] in ("user", "system")


TRAJECTORY = [
    {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "add", "arguments": '{"a": 3, "b": 4}'}}]},
    {"role": "tool", "content": "7"},
    {"role": "assistant", "content": "It is 7."},
]
PROMPT = [{"role": "system", "content": "Use tools."}, {"role": "user", "content": "3 + 4?"}]
CALLS = [{"name": "add", "arguments": {"a": 3, "b": 4}}]


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": PROMPT, "completion": TRAJECTORY},
        {"messages": PROMPT + TRAJECTORY},
        {"problem": PROMPT, "response": TRAJECTORY},
    ],
    ids=["prompt and completion", "messages", "other names"],
)
def test_a_line_of_a_file_and_a_batch_of_a_trainer_give_the_same_turns(fields: dict[str, Any]) -> None:
    row = to_row({**fields, "answer": "7"}, {}, number=0, index=0)
    assert row.problem == ""
    seen: list[Any] = []
    reward = rewardkit.RewardFunction(lambda one: bool(seen.append(one.messages)) or one.text == "It is 7.")
    assert reward(prompts=[PROMPT], completions=[TRAJECTORY]) == [1.0]
    assert row.sample.messages == seen[0]
    assert [turn.own for turn in seen[0]] == [False, False, True, False, True]


def test_a_trajectory_is_verified_as_a_reward_and_as_a_row() -> None:
    reward = rewardkit.RewardFunction(rewardkit.get("call.match", turns="all"))
    assert reward(prompts=[PROMPT] * 2, completions=[TRAJECTORY, TRAJECTORY[2:]], calls=[CALLS] * 2) == [1.0, 0.0]
    assert rewardkit.verify(answer="7", prompt=PROMPT, completion=TRAJECTORY).score == 1.0
    assert rewardkit.verify(answer="7", prompt=PROMPT, completion=TRAJECTORY[:2]).score == 0.0


def test_a_file_of_conversations_is_scored(tmp_path: Path) -> None:
    lines = [{"messages": PROMPT + TRAJECTORY, "answer": "7"}, {"messages": PROMPT + TRAJECTORY[:2], "answer": "7"}]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert main(["score", str(tmp_path / "in.jsonl"), "-o", str(tmp_path / "out.jsonl")]) == 0
    out = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["reward"], row["reason"]) for row in out] == [(1.0, "match"), (0.0, "no_answer")]


@pytest.mark.parametrize("messages", [[], PROMPT, "text", None], ids=["empty", "a prompt alone", "a text", "null"])
def test_messages_without_a_completion_are_none(messages: Any) -> None:
    assert to_row({"messages": messages, "answer": "7"}, {}, number=0, index=0).problem.startswith("no completion")


def test_a_null_completion_is_not_replaced_by_messages() -> None:
    assert "null" in to_row({"messages": PROMPT + TRAJECTORY, "completion": None}, {}, number=0, index=0).problem
