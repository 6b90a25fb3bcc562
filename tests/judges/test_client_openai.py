"""What a judge behind a URL sends and reads, seen from a server's side."""

from __future__ import annotations

import asyncio
import datetime
import json
import math
import pickle
import subprocess
import sys
import threading
from email.utils import formatdate
from typing import Any

import pytest
import servers
from patience import HANG_S
from servers import Seen, Server, Writer, completion, good, refuses, says, send, when

from rewardkit.errors import BadParameter
from rewardkit.judges.client import Reply, Request
from rewardkit.judges.clients import client_of, http
from rewardkit.judges.clients.http import retry_after_s
from rewardkit.judges.clients.openai import OpenAIClient, OpenAIRewardModel


def row(text: str = "is it?", **options: Any) -> Request:
    return Request(({"role": "user", "content": text},), **options)


def complete(of: OpenAIClient | OpenAIRewardModel, *requests: Request) -> list[Reply]:
    return asyncio.run(of.complete(requests))


def client(server: Server, **options: Any) -> OpenAIClient:
    return OpenAIClient(server.url, **({"backoff_s": 0.01, "retries": 1, "timeout_s": HANG_S, "patience_s": 0.2} | options))


def test_what_is_sent() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    content = [{"type": "text", "text": "look"}, image]
    with Server() as server:
        complete(client(server, model="m"), Request(({"role": "user", "content": content},), seed=7, logprobs=5, max_tokens=3))
        complete(client(server, model="m", extra={"max_tokens": None, "top_k": 1}), row())
        first, second = (seen.body for seen in server.chats)
    assert first == {
        "model": "m",
        "messages": [{"role": "user", "content": content}],
        "max_tokens": 3,
        "temperature": 0.0,
        "seed": 7,
        "logprobs": True,
        "top_logprobs": 5,
    }
    assert second == {"model": "m", "messages": [{"role": "user", "content": "is it?"}], "temperature": 0.0, "top_k": 1}


def test_a_lone_surrogate_does_not_cost_the_row() -> None:
    with Server() as server:
        (reply,) = complete(client(server, model="m"), row("a\ud800b"))
    assert reply.text == "echo a?b"


def test_a_row_that_is_no_json_fails_alone() -> None:
    with Server() as server:
        odd, fine = complete(client(server, model="m"), Request(({"role": "user", "content": b"bytes"},)), row())
    assert "TypeError" in (odd.failure or "")
    assert fine.text == "echo is it?"


def test_what_is_read() -> None:
    top = [{"token": "yes", "logprob": -0.5}, {"token": "no", "logprob": -1}, {"token": "no", "logprob": -1, "bytes": [1]}]
    more = {"logprobs": {"content": [{"top_logprobs": [*top, {"token": "x", "logprob": -9999.0}]}]}, "finish_reason": "length"}
    with Server(says(completion("yes", **more))) as server:
        (reply,) = complete(client(server, model="m"), row())
    assert (reply.text, reply.finish, reply.prompt_tokens, reply.completion_tokens) == ("yes", "length", 7, 2)
    assert reply.top_logprobs == {"yes": -0.5, "no": pytest.approx(math.log(2) - 1)}
    assert reply.seconds > 0


@pytest.mark.parametrize(
    "entry", [{"token": "yes", "logprob": 0.5}, {"token": "yes"}, {"logprob": -1}, "yes", {"token": 1, "logprob": -1}]
)
def test_logprobs_that_are_none_are_a_fault(entry: Any) -> None:
    with Server(says(completion("yes", logprobs={"content": [{"top_logprobs": [entry]}]}))) as server:
        (reply,) = complete(client(server, model="m"), row(logprobs=2))
    assert reply.text == ""
    assert "logarithm" in (reply.failure or "")


def test_structured_output_is_asked_for() -> None:
    schema = {"type": "object"}
    with Server() as server:
        complete(client(server, model="m"), row(choices=("yes", "no")), row(schema=schema))
        bodies = sorted((seen.body for seen in server.chats), key=lambda body: "response_format" in body)
    assert bodies[0]["structured_outputs"] == {"choice": ["yes", "no"]}
    assert bodies[1]["response_format"]["json_schema"]["schema"] == schema


def test_a_server_that_refuses_the_field_is_asked_without_it_from_then_on() -> None:
    with Server(when(lambda seen: "structured_outputs" in seen.body, refuses("400 Bad Request"))) as server:
        of = client(server, model="m", concurrency=1)
        replies = complete(of, *(row(f"row {i}", choices=("yes", "no")) for i in range(5)))
        assert [reply.text for reply in replies] == [f"echo row {i}" for i in range(5)]
        assert sum("structured_outputs" in seen.body for seen in server.chats) == 1
        complete(of, row(schema={}))
        assert "response_format" in server.chats[-1].body  # one field refused says nothing of the other


def test_a_row_refused_either_way_is_not_held_against_the_field() -> None:
    with Server(when(lambda seen: seen.text == "bad", refuses("400 Bad Request"))) as server:
        of = client(server, model="m", concurrency=1)
        bad, _ = complete(of, row("bad", choices=("a",)), row("fine", choices=("a",)))
        assert "400" in (bad.failure or "")
        assert "structured_outputs" in server.chats[-1].body


def test_the_model_is_asked_once() -> None:
    with Server() as server:
        of = client(server)
        assert of.name == f"?@127.0.0.1:{server.port}"
        complete(of, *(row(f"row {i}") for i in range(20)))
        complete(of, row())
        assert of.name == f"judge@127.0.0.1:{server.port}"
        assert len(server.seen) - len(server.chats) == 1
        ready = client(server)
        asyncio.run(ready.ready())
        assert ready.name == of.name


@pytest.mark.parametrize(("models", "words"), [(("a", "b"), "lists a, b"), ((), "no models")])
def test_a_model_must_be_named_when_there_are_several(models: tuple[str, ...], words: str) -> None:
    with Server(models=models) as server:
        (reply,) = complete(client(server), row())
    assert words in (reply.failure or "")
    assert "model=" in (reply.failure or "")


def test_servers_of_different_models_are_not_mixed() -> None:
    with Server(models=("a",)) as one, Server(models=("b",)) as two:
        of = OpenAIClient([one.url, two.url], backoff_s=0.01)
        replies = complete(of, *(row(f"row {i}") for i in range(30)))
        assert all(reply.failure is None for reply in replies)
        assert not one.chats or not two.chats


def test_the_key_is_sent_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(refuses("401 Unauthorized")) as server:
        of = client(server, model="m", api_key="sk-1")
        (reply,) = complete(of, row())
        monkeypatch.setenv("REWARDKIT_JUDGE_API_KEY", "sk-2")
        complete(client(server, model="m"), row())
        assert [seen.headers["authorization"] for seen in server.chats] == ["Bearer sk-1", "Bearer sk-2"]
        assert "sk-1" not in repr(of) + of.name + (reply.failure or "")


def test_concurrency_is_shared_by_calls_that_overlap() -> None:
    async def slow(seen: Seen, writer: Writer) -> None:
        await asyncio.sleep(0.01)
        await good(seen, writer)

    async def main(of: OpenAIClient) -> None:
        await asyncio.gather(*(of.complete([row(f"row {i}") for i in range(20)]) for _ in range(5)))

    with Server(slow) as server:
        asyncio.run(main(client(server, model="m", concurrency=3)))
        assert len(server.chats) == 100
        assert server.most_at_once <= 3


def test_requests_are_balanced() -> None:
    async def last(seen: Seen, writer: Writer) -> None:
        while len(two.chats) < 40:
            await asyncio.sleep(0.005)
        await good(seen, writer)

    # One that has not answered yet is asked no more, and the other gets what there is.
    with Server(last) as one, Server() as two:
        complete(OpenAIClient([one.url, two.url], "m", concurrency=4), *(row(f"row {i}") for i in range(60)))
        assert len(one.chats) + len(two.chats) == 60
        assert one.chats


def test_any_event_loop_one_after_another_and_at_once() -> None:
    with Server() as server:
        of = client(server, model="m")
        for _ in range(3):
            assert complete(of, row())[0].text == "echo is it?"
        found: list[Reply] = []
        threads = [threading.Thread(target=lambda: found.extend(complete(of, *[row()] * 10))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [reply.text for reply in found] == ["echo is it?"] * 40
        assert of._sessions == {}


def test_pickling_keeps_the_settings_and_no_connection() -> None:
    with Server() as server:
        of = client(server, api_key="k", extra={"top_k": 1}, timeout_s=7.0)
        complete(of, row())
        copy = pickle.loads(pickle.dumps(of))
        assert complete(copy, row())[0].text == "echo is it?"
        assert (copy.api_key, copy.extra, copy.timeout_s) == ("k", {"top_k": 1}, 7.0)


def test_an_empty_batch_asks_nobody() -> None:
    assert complete(OpenAIClient(f"http://127.0.0.1:{servers.closed_port()}")) == []


@pytest.mark.parametrize("probs", [[0.5], [-3]])
def test_a_reward_model(probs: list[float]) -> None:
    body = {
        "object": "list",
        "data": [{"index": 0, "label": None, "probs": probs, "num_classes": 1}],
        "usage": {"prompt_tokens": 5},
    }
    with Server(says(body)) as server:
        (reply,) = complete(OpenAIRewardModel(server.url, "m"), row())
        assert server.chats[0].path == "/classify"
        assert server.chats[0].body["use_activation"] is False
    assert (reply.score, reply.text, reply.failure, reply.prompt_tokens) == (probs[0], "", None, 5)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": []},
        {"data": [{"probs": [1, 2]}]},
        {"data": [{"probs": ["1"]}]},
        {"data": [{"probs": [True]}]},
        {"data": ["x"]},
    ],
)
def test_a_reward_that_is_none(body: Any) -> None:
    with Server(says(body)) as server:
        (reply,) = complete(OpenAIRewardModel(server.url, "m", retries=0), row())
    assert reply.score is None
    assert reply.failure


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://h:8000", "http://h:8000/v1"),
        ("http://h:8000/", "http://h:8000/v1"),
        ("https://h/v1/", "https://h/v1"),
        ("http://h/api/openai", "http://h/api/openai"),
    ],
)
def test_addresses(url: str, wanted: str) -> None:
    assert [one.url for one in OpenAIClient(url)._endpoints.all] == [wanted]


@pytest.mark.parametrize("spec", ["", "http", "ftp://h", "vllm:", "hf:", "localhost:8000", "http://", "gpt-4"])
def test_a_judge_that_cannot_be(spec: str) -> None:
    with pytest.raises(BadParameter, match=r"judge|server"):
        client_of(spec)


def test_a_judge_by_its_address() -> None:
    found = client_of("http://a:1, http://b:2", model="m", concurrency=2)
    assert found.name == "m@a:1,b:2"
    assert client_of("vllm:some/model").name == "vllm:some/model"
    assert client_of("hf:some/model").name == "hf:some/model"
    with pytest.raises(BadParameter, match="colour"):
        client_of("http://a", colour="red")
    with pytest.raises(BadParameter, match="concurrency"):
        client_of("http://a", concurrency=0)


class Now(datetime.datetime):
    seconds = 1_700_000_000

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Now:
        return cls.fromtimestamp(cls.seconds, tz)


def test_retry_after_as_a_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.datetime, "datetime", Now)
    assert retry_after_s(formatdate(Now.seconds + 60, usegmt=True)) == 60
    assert [retry_after_s(value) for value in (None, "", "soon", "-3", "nan", "inf", "2.5")] == [0, 0, 0, 0, 0, 0, 2.5]
    assert retry_after_s(formatdate(Now.seconds - 60)) == 0


def test_memory_does_not_grow_with_the_batch() -> None:
    async def main(of: OpenAIClient) -> int:
        call = asyncio.create_task(of.complete([row(f"row {i}") for i in range(20_000)]))
        while len(server.chats) < 16:
            await asyncio.sleep(0.01)
        most = len(asyncio.all_tasks())
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        return most

    with Server(servers.hang) as server:
        assert asyncio.run(main(client(server, model="m", concurrency=16))) < 40


def test_without_httpx_the_message_says_what_to_install() -> None:
    program = """
import sys
sys.modules["httpx"] = None
from rewardkit.judges.clients import client_of
try:
    client_of("http://h")
except ImportError as cause:
    print(cause)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "pip install 'httpx>=" in said


def test_the_key_is_in_no_body() -> None:
    async def tell(seen: Seen, writer: Writer) -> None:
        await send(writer, completion(json.dumps(seen.body)))

    with Server(tell) as server:
        (reply,) = complete(client(server, model="m", api_key="sk-1"), row())
    assert "sk-1" not in reply.text


def test_a_key_or_login_that_comes_back_is_not_in_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tell(seen: Seen, writer: Writer) -> None:
        await send(writer, {"error": f"wrong key: {seen.headers.get('authorization')}"}, "401 Unauthorized")

    with Server(tell) as server:
        (reply,) = complete(client(server, model="m", api_key="sk-verysecret"), row())
        monkeypatch.setenv("REWARDKIT_JUDGE_API_KEY", "sk-alsosecret")
        (other,) = complete(client(server, model="m"), row())
    assert "wrong key: Bearer …" in (reply.failure or "")
    assert "secret" not in f"{reply} {other}"
    of = OpenAIClient(f"http://me:verysecret@127.0.0.1:{servers.closed_port()}", "m", retries=0, patience_s=0)
    (reply,) = complete(of, row())
    assert "cannot be reached" in (reply.failure or "")
    assert "secret" not in f"{reply} {of}"


def test_a_key_from_a_file_ends_in_a_line_break_and_works() -> None:
    with Server() as server:
        (reply,) = complete(client(server, model="m", api_key="sk-1\n"), row())
        assert reply.failure is None
        assert server.chats[0].headers["authorization"] == "Bearer sk-1"


def test_a_key_that_no_header_can_hold_is_told_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadParameter, match="API key") as told:
        OpenAIClient("http://h", api_key="sk-secret\nsé")
    assert "secret" not in str(told.value)
    monkeypatch.setenv("REWARDKIT_JUDGE_API_KEY", "sk-secreté")
    with pytest.raises(BadParameter, match="REWARDKIT_JUDGE_API_KEY") as told:
        complete(OpenAIClient("http://h", "m"), row())
    assert "secret" not in str(told.value)


def test_a_spec_may_name_the_model() -> None:
    with Server(models=("a", "org/b:7b")) as server:
        of = client_of(f"{server.url}/v1#org/b:7b")
        (reply,) = asyncio.run(of.complete([row()]))
        assert reply.text == "echo is it?"
        assert server.chats[0].body["model"] == "org/b:7b"
        assert of.name == f"org/b:7b@127.0.0.1:{server.port}"
    both = client_of("http://a/v1,http://b/v1#m")
    assert both.name == client_of("http://a/v1,http://b/v1#m", model=None).name == "m@a,b"
    for spec in ("http://a#m,http://b#n", "http://a#"):
        with pytest.raises(BadParameter, match="model"):
            client_of(spec)
    with pytest.raises(BadParameter, match="model"):
        client_of("http://a#m", model="n")


def test_several_models_are_listed_with_how_to_choose() -> None:
    with Server(models=("a", "b")) as server:
        (reply,) = complete(client(server), row())
    assert "#MODEL" in (reply.failure or "")


def test_judges_at_one_address_share_its_limit() -> None:
    async def slow(seen: Seen, writer: Writer) -> None:
        await asyncio.sleep(0.02)
        await good(seen, writer)

    async def main(one: Any, other: Any) -> None:
        await asyncio.gather(*(of.complete([row(f"{i}") for i in range(12)]) for of in (one, other)))

    with Server(slow) as server:
        one, other = (client_of(server.url, model="m", concurrency=3) for _ in range(2))
        asyncio.run(main(one, other))
        assert len(server.chats) == 24
        assert server.most_at_once <= 3
        assert one is other
        assert client_of(server.url, model="m", concurrency=4) is not one


def test_a_plain_prompt_goes_out_without_a_chat() -> None:
    async def writes(seen: Seen, writer: Writer) -> None:
        body = {"choices": [{"text": " Same.\nFinal Decision: Yes", "finish_reason": "stop"}], "usage": {"prompt_tokens": 9}}
        await servers.send(writer, body)

    request = Request(({"role": "user", "content": "User: same? Assistant:"},), max_tokens=64, choices=("a", "b"), plain=True)
    with Server(writes) as server:
        (reply,) = asyncio.run(OpenAIClient(server.url).complete([request]))
    (seen,) = server.chats
    assert seen.path == "/v1/completions"
    assert (seen.body["prompt"], seen.body["max_tokens"], "messages" in seen.body) == ("User: same? Assistant:", 64, False)
    assert (reply.text, reply.finish, reply.prompt_tokens) == (" Same.\nFinal Decision: Yes", "stop", 9)


def test_a_plain_prompt_holds_no_images() -> None:
    shown = ({"role": "user", "content": [{"type": "text", "text": "?"}]},)
    with Server() as server:
        (reply,) = asyncio.run(OpenAIClient(server.url).complete([Request(shown, plain=True)]))
    assert "cannot hold images" in str(reply.failure)
