"""Judges that are shown a whole conversation: what stands in it, what keeps it apart from the answer, what never gets there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fake import agree, client, told

from rewardkit.errors import BadParameter
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.guard import MAX_TURNS, MOST_TURNS
from rewardkit.judges.judge import Judge
from rewardkit.judges.kinds.turns import MAX_OF_A_TOOL
from rewardkit.testing import ScriptedClient, check_verifier, sample

CASES = [
    pytest.param(json.loads(line), id=json.loads(line)["why"])
    for line in (Path(__file__).parent / "cases" / "conversations.jsonl").read_text(encoding="utf-8").splitlines()
]
ANSWER = "Canberra, ACT"


def turn(role: str, text: str, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": text, **more}


def looked_up(answer: str, found: str = "Canberra") -> list[dict[str, Any]]:
    return [turn("assistant", "I look."), turn("tool", found), turn("assistant", answer)]


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    judge = Judge(client(agree), conversation=True, preflight=False)
    (verdict,) = judge.verify([sample(prompt=case["prompt"], completion=case["completion"], answer=ANSWER)])
    assert verdict.score == case["score"]
    assert verdict.reason == case.get("reason", "match" if case["score"] else "mismatch")
    seen = [told(request) for request in judge.client.seen]
    if case["shown"] is None:
        assert seen == []
        return
    (text,) = seen
    assert [part for part in case["shown"] if part not in text] == []
    assert [part for part in case["hidden"] if part in text] == []


def test_contract() -> None:
    right = [sample(prompt="Capital?", completion=looked_up("canberra"), answer=ANSWER)]
    wrong = [sample(prompt="Capital?", completion=looked_up("Sydney"), answer=ANSWER)]
    check_verifier(Judge(client(agree), conversation=True), right=right, wrong=wrong)


def test_without_it_the_last_question_and_the_answer_are_all_that_is_seen() -> None:
    judge = Judge(client(agree), preflight=False)
    judge.verify(
        [sample(prompt=[turn("system", "S"), turn("user", "Capital?")], completion=looked_up("canberra"), answer=ANSWER)]
    )
    (request,) = judge.client.seen
    assert "I look." not in told(request)
    assert "turn" not in told(request)


def test_equal_answers_on_different_ways_are_asked_about_each() -> None:
    judge = Judge(client(agree), conversation=True, preflight=False)
    rows = [sample(prompt="Capital?", completion=looked_up("canberra", found), answer=ANSWER) for found in ("a", "b", "a")]
    assert [verdict.info["source"] for verdict in judge.verify(rows)] == ["judged", "judged", "shared"]
    assert judge.client.controls == 1  # the group's


@pytest.mark.parametrize(
    "turns",
    [[turn("assistant", "x" * MAX_TURNS), turn("tool", "y")], [turn("assistant", "x"), turn("tool", "y")] * MOST_TURNS],
    ids=["characters", "turns"],
)
def test_too_much_before_the_answer_is_settled_without_the_model(turns: list[dict[str, Any]]) -> None:
    judge = Judge(ScriptedClient([]), conversation=True, preflight=False, canaries=0)
    (verdict,) = judge.verify([sample(prompt="?", completion=[*turns, turn("assistant", "canberra")], answer=ANSWER)])
    assert (verdict.score, verdict.reason) == (0.0, "too_complex")


def test_of_a_tools_long_text_both_ends_are_shown() -> None:
    judge = Judge(client(agree), conversation=True, preflight=False)
    judge.verify([sample(prompt="?", completion=looked_up("canberra", "<" + "y" * 10 * MAX_OF_A_TOOL + ">"), answer=ANSWER)])
    text = told(judge.client.seen[0])
    assert "<yyy" in text
    assert "yyy>" in text
    assert len(text) < 3 * MAX_OF_A_TOOL


def test_a_reward_model_is_given_the_conversation_itself() -> None:
    def score(request: Request) -> Reply:
        return Reply(score=float(len(request.messages)))

    calls = [{"function": {"name": "f", "arguments": "{}"}}]
    completion = [turn("assistant", "", tool_calls=calls), turn("tool", "7", name="f"), turn("assistant", "It is 7.")]
    row = sample(prompt=[turn("system", "S"), turn("user", "What?")], completion=completion)
    judge = Judge(ScriptedClient(score), "score", conversation=True)
    assert judge.verify([row])[0].score == 5.0
    messages = judge.client.seen[0].messages
    assert [one["role"] for one in messages] == ["system", "user", "assistant", "tool", "assistant"]
    assert messages[2]["tool_calls"] == calls
    assert (messages[3]["name"], messages[3]["content"], messages[4]["content"]) == ("f", "7", "It is 7")
    assert Judge(ScriptedClient(score), "score").verify([row])[0].score == 2.0


@pytest.mark.parametrize("kind", ["list", "xverify", "general-verifier", "compassverifier", "steps"])
def test_kinds_without_a_place_for_it_refuse_it(kind: str) -> None:
    with pytest.raises(BadParameter, match="has no place for a conversation"):
        Judge(ScriptedClient([]), kind, conversation=True)
