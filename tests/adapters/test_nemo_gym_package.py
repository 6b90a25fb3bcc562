"""The real NeMo-Gym (Python 3.12): its web server, with its own models of requests and responses, verifies by our reward."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Any

import pytest
from thousand import rows

import rewardkit

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 12) or find_spec("nemo_gym") is None, reason="needs nemo-gym: make test-adapters-nemo-gym"
)

PROMPT = [{"role": "user", "content": "3 + 4?"}]
CALL = {"type": "function_call", "call_id": "1", "name": "add", "arguments": '{"a": 3, "b": 4}'}
ANSWER = {"type": "function_call_output", "call_id": "1", "output": "7"}


def said(text: str) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"id": "m", "type": "message", "role": "assistant", "status": "completed", "content": content}


def client(reward: Any) -> Any:
    """A client of the web server that Gym itself sets up."""
    from fastapi.testclient import TestClient
    from nemo_gym.base_resources_server import BaseResourcesServerConfig
    from nemo_gym.server_utils import ServerClient

    from rewardkit.adapters.nemo_gym import resources_server

    config = BaseResourcesServerConfig(host="127.0.0.1", port=8000, entrypoint="app.py", name="rewardkit", domain="math")
    server = resources_server(reward)(config=config, server_client=ServerClient.model_construct())
    return TestClient(server.setup_webserver())


def verified(asked: Any, output: list[dict[str, Any]], **columns: Any) -> dict[str, Any]:
    response = {
        **{"id": "r", "object": "response", "created_at": 0.0, "model": "m", "output": output},
        **{"parallel_tool_calls": True, "tool_choice": "auto", "tools": []},
    }
    sent = {"responses_create_params": {"input": PROMPT}, "response": response, **columns}
    answer = asked.post("/verify", json=sent)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_thousand_rollouts_get_the_same_rewards_and_the_mask() -> None:
    given = rows()
    expected = rewardkit.load("auto")(completions=[r.completion for r in given], answer=[r.answer for r in given])
    asked = client("auto")
    assert asked.post("/seed_session", json={}).status_code == 200
    got = [verified(asked, [said(r.completion)], expected_answer=r.answer) for r in given]
    assert [one["reward"] for one in got] == [0.0 if e is None else e for e in expected]
    assert [one["mask_sample"] for one in got] == [e is None for e in expected]


def test_calls_of_a_rollout_are_matched_and_the_request_comes_back() -> None:
    asked = client(rewardkit.RewardFunction(rewardkit.get("call.match", turns="all")))
    calls = {"calls": [{"name": "add", "arguments": {"a": 3, "b": 4}}]}
    right = verified(asked, [CALL, ANSWER, said("It is 7.")], verifier_metadata=calls)
    assert (right["reward"], right["reason"], right["verifier_metadata"]) == (1.0, "match", calls)
    assert verified(asked, [said("It is 7.")], verifier_metadata=calls)["reward"] == 0.0
