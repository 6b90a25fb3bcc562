"""A real vLLM engine in this process and a real vLLM server, asked the same; transformers says what is right."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Sequence
from typing import Any

import pytest

from rewardkit.judges.client import Client, Reply, Request
from rewardkit.judges.clients import client_of
from rewardkit.judges.clients.openai import OpenAIClient
from rewardkit.judges.clients.transformers import TransformersClient
from rewardkit.judges.clients.vllm import VLLMClient

QUESTIONS = [f"Is {n} + {n} equal to {2 * n + n % 2}? " + "Think. " * (n % 5) for n in range(24)]
VERDICT = {
    "type": "object",
    "properties": {"equal": {"type": "boolean"}},
    "required": ["equal"],
    "additionalProperties": False,
}


def asked(question: str, **options: Any) -> Request:
    return Request(({"role": "system", "content": "You compare."}, {"role": "user", "content": question}), **options)


def complete(of: Client, requests: Sequence[Request]) -> list[Reply]:
    return asyncio.run(of.complete(requests))


@pytest.fixture(params=["in process", "server"])
def client(request: pytest.FixtureRequest) -> Client:
    found: Client = request.getfixturevalue("engine" if request.param == "in process" else "server")
    return found


def test_a_batch_says_what_transformers_says(client: Client, writer: str) -> None:
    requests = [asked(question, max_tokens=8, logprobs=5) for question in QUESTIONS]
    replies, wanted = complete(client, requests), complete(TransformersClient(writer), requests)
    assert [reply.failure for reply in replies + wanted] == [None] * 48
    assert [reply.prompt_tokens for reply in replies] == [reply.prompt_tokens for reply in wanted]
    assert [reply.completion_tokens for reply in replies] == [reply.completion_tokens for reply in wanted]
    for reply, right in zip(replies, wanted, strict=True):
        assert max(reply.top_logprobs.values()) <= 0
        plain = {token for token in right.top_logprobs if token.isascii() and token}  # half a character is written differently
        assert all(math.isclose(reply.top_logprobs[token], right.top_logprobs[token], abs_tol=1e-3) for token in plain)
    texts = [(r.text, w.text) for r, w in zip(replies, wanted, strict=True) if "�" not in r.text + w.text]
    assert all(said == right for said, right in texts)


def test_choices(client: Client) -> None:
    replies = complete(client, [asked(question, choices=("yes", "no")) for question in QUESTIONS])
    assert {reply.text for reply in replies} <= {"yes", "no"}
    assert [reply.finish for reply in replies] == ["stop"] * len(QUESTIONS)


def test_json(client: Client) -> None:
    replies = complete(client, [asked(question, schema=VERDICT, max_tokens=64) for question in QUESTIONS])
    assert all(set(json.loads(reply.text)) == {"equal"} for reply in replies)


def test_the_logprob_of_the_verdict(client: Client, writer: str) -> None:
    requests = [asked(question, choices=("yes", "no"), logprobs=5) for question in QUESTIONS]
    replies, wanted = complete(client, requests), complete(TransformersClient(writer), requests)
    for reply, right in zip(replies, wanted, strict=True):
        assert set(reply.top_logprobs) == {"y", "n"}
        assert math.isclose(sum(map(math.exp, reply.top_logprobs.values())), 1, abs_tol=1e-3)
        assert math.isclose(reply.top_logprobs["y"], right.top_logprobs["y"], abs_tol=1e-3)
        assert reply.text[0] == max(reply.top_logprobs, key=reply.top_logprobs.__getitem__)


def test_a_prompt_that_is_too_long_fails_alone(client: Client) -> None:
    requests = [asked("Is it? " * 200 if place == 5 else QUESTIONS[place], choices=("yes", "no")) for place in range(12)]
    replies = complete(client, requests)
    assert [place for place, reply in enumerate(replies) if reply.failure] == [5]
    assert "context length" in (replies[5].failure or "")
    assert replies[5].text == ""


def test_a_schema_that_cannot_be_used_fails_alone_or_is_left_out(client: Client) -> None:
    requests = [asked(QUESTIONS[0], schema={"type": "nonsense"}), asked(QUESTIONS[1], choices=("yes", "no"))]
    first, second = complete(client, requests)
    assert first.failure is None or "nonsense" in first.failure
    assert second.text in ("yes", "no")


def test_a_seed_fixes_a_sample(client: Client) -> None:
    requests = [asked(QUESTIONS[0], temperature=1.0, seed=seed, max_tokens=8) for seed in (1, 2, 1, 3)]
    texts = [reply.text for reply in complete(client, requests)]
    assert texts[0] == texts[2]
    assert len(set(texts)) > 1


def test_judges_share_one_engine(engine: VLLMClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert complete(engine, [asked(QUESTIONS[0])])[0].failure is None
    monkeypatch.setattr(VLLMClient, "_load", lambda self: pytest.fail("another engine was started"))
    another = client_of(f"vllm:{engine.model}", **engine.options)
    assert complete(another, [asked(QUESTIONS[0])])[0].failure is None
    assert another.name == f"vllm:{engine.model}"

    async def together() -> list[list[Reply]]:
        return await asyncio.gather(*(one.complete([asked(q) for q in QUESTIONS[:4]]) for one in (engine, another)))

    first, second = asyncio.run(together())
    assert [reply.text for reply in first] == [reply.text for reply in second]


def test_the_server_says_which_model_it_has(server: OpenAIClient) -> None:
    asyncio.run(server.ready())
    assert server.name.startswith("judge@127.0.0.1:")
    wrong = OpenAIClient(server._endpoints.all[0].url, "another")
    (reply,) = complete(wrong, [asked(QUESTIONS[0])])
    assert "404" in (reply.failure or "")
    assert "another" in (reply.failure or "")


def test_a_model_that_does_not_exist_fails_every_row(writer: str, tmp_path: Any) -> None:
    replies = complete(VLLMClient(str(tmp_path / "nothing")), [asked(QUESTIONS[0]), asked(QUESTIONS[1])])
    assert all("did not start" in (reply.failure or "") for reply in replies)
