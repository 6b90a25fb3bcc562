"""NeMo-Gym's interface, by the models that it documents: requests become responses with a reward, or with its mask."""

from __future__ import annotations

import asyncio
import sys
import types
from typing import Any

import pytest
from thousand import rows

import rewardkit
from rewardkit import MissingExtra
from rewardkit.conversation import messages_of

pydantic = pytest.importorskip("pydantic")


@pytest.fixture(params=[True, False], ids=["with its mask", "as in 0.4"])
def gym(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The models of nemo_gym/base_resources_server.py; its older ones have no fields for the mask."""

    class BaseVerifyRequest(pydantic.BaseModel):
        responses_create_params: dict[str, Any]
        response: dict[str, Any]

    class BaseVerifyResponse(BaseVerifyRequest):
        reward: float

    class Masked(BaseVerifyResponse):
        mask_sample: bool = False
        failure_reason: str | None = None

    class SimpleResourcesServer(pydantic.BaseModel):
        pass

    module = types.ModuleType("nemo_gym.base_resources_server")
    module.__dict__.update(
        BaseVerifyRequest=BaseVerifyRequest,
        BaseVerifyResponse=Masked if request.param else BaseVerifyResponse,
        SimpleResourcesServer=SimpleResourcesServer,
    )
    monkeypatch.setitem(sys.modules, "nemo_gym", types.ModuleType("nemo_gym"))
    monkeypatch.setitem(sys.modules, "nemo_gym.base_resources_server", module)
    return module


def verified(server: Any, completion: str, **columns: Any) -> Any:
    message = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": completion}]}
    body = {
        "responses_create_params": {"input": [{"role": "user", "content": "?"}]},
        "response": {"output": [message]},
        **columns,
    }
    request = type(server).verify.__annotations__["body"].model_validate(body)
    return asyncio.run(server.verify(request)).model_dump()


def test_a_thousand_rollouts_get_the_same_rewards_and_the_mask(gym: Any) -> None:
    from rewardkit.adapters.nemo_gym import resources_server

    given = rows()
    expected = rewardkit.load("auto")(completions=[r.completion for r in given], answer=[r.answer for r in given])
    server = resources_server("auto")()
    got = [verified(server, r.completion, expected_answer=r.answer) for r in given]
    assert [one["reward"] for one in got] == [0.0 if e is None else e for e in expected]
    assert [one["mask_sample"] for one in got] == [e is None for e in expected]
    assert all((one["failure_reason"] is None) == (e is not None) for one, e in zip(got, expected, strict=True))


def test_the_request_comes_back_and_columns_reach_the_verifier(gym: Any) -> None:
    from rewardkit.adapters.nemo_gym import resources_server

    got = verified(resources_server("auto")(), "B", answer="Stone", verifier_metadata={"choices": ["River", "Stone"]})
    assert (got["reward"], got["answer"], got["reason"]) == (1.0, "Stone", "match")


CALL = {"type": "function_call", "call_id": "1", "name": "add", "arguments": '{"a": 3, "b": 4}'}
ANSWER = {"type": "function_call_output", "call_id": "1", "output": "7"}
SAID = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "It is 7."}]}


@pytest.mark.parametrize(
    ("items", "turns"),
    [
        ([CALL, ANSWER, SAID], [("assistant", "", 1), ("tool", "7", 0), ("assistant", "It is 7.", 0)]),
        ([SAID, CALL, CALL], [("assistant", "It is 7.", 2)]),
        ([{"type": "reasoning", "summary": []}, SAID], [("assistant", "It is 7.", 0)]),
        ([ANSWER], [("assistant", "", 0)]),
    ],
    ids=["a call, its answer and a reply", "a turn that speaks and calls", "reasoning is none", "nothing of the policy's"],
)
def test_a_rollout_is_a_conversation_with_its_calls(items: list[Any], turns: list[Any]) -> None:
    from rewardkit.adapters.responses import row_of

    row = row_of({"responses_create_params": {"input": "3 + 4?"}, "response": {"output": items}})
    own = messages_of(row["prompt"], row["completion"] or [{"role": "assistant", "content": ""}])[1:]
    assert [(turn.role, turn.text, len(turn.calls)) for turn in own] == turns


def test_calls_of_a_rollout_are_matched(gym: Any) -> None:
    from rewardkit.adapters.nemo_gym import resources_server

    server = resources_server(rewardkit.RewardFunction(rewardkit.get("call.match", turns="all")))()
    body = {
        "responses_create_params": {"input": "3 + 4?"},
        "response": {"output": [CALL, ANSWER, SAID]},
        "verifier_metadata": {"calls": [{"name": "add", "arguments": {"a": 3, "b": 4}}]},
    }
    request = type(server).verify.__annotations__["body"].model_validate(body)
    assert asyncio.run(server.verify(request)).model_dump()["reward"] == 1.0


def test_without_the_package_it_says_what_to_install() -> None:
    from rewardkit.adapters.nemo_gym import resources_server

    with pytest.raises(MissingExtra, match="nemo-gym"):
        resources_server("auto")
