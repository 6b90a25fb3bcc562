"""The thousand rows that each adapter is tried with get the same rewards from the service, in each of its protocols."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from patience import HANG_S
from service import Service
from thousand import Row, rows

import rewardkit
from rewardkit.serve.client import RemoteReward

Ask = Callable[[httpx.Client, list[Row]], list[float | None]]


def posted(http: httpx.Client, path: str, body: Any) -> Any:
    done = http.post(path, json=body)
    assert done.status_code == 200, done.text
    return done.json()


def by_rows(http: httpx.Client, given: list[Row]) -> list[float | None]:
    body = {"rows": [{"prompt": r.prompt, "completion": r.completion, "answer": r.answer} for r in given]}
    return list(posted(http, "/v1/rewards", body)["rewards"])


def by_openrlhf(http: httpx.Client, given: list[Row]) -> list[float | None]:
    texts = {"query": [r.prompt + r.completion for r in given], "prompts": [r.prompt for r in given]}
    return list(posted(http, "/get_reward", {**texts, "labels": [r.answer for r in given]})["rewards"])


def by_slime(http: httpx.Client, given: list[Row]) -> list[float | None]:
    bodies = [{"prompt": r.prompt, "response": r.completion, "label": r.answer} for r in given]
    return [posted(http, "/slime", body)["score"] for body in bodies]


def by_nemo_gym(http: httpx.Client, given: list[Row]) -> list[float | None]:
    found = []
    for row in given:
        message = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": row.completion}]}
        rollout = {"responses_create_params": {"input": row.prompt}, "response": {"output": [message]}}
        answer = posted(http, "/verify", {**rollout, "expected_answer": row.answer})
        found.append(None if answer["mask_sample"] else answer["reward"])
    return found


def by_pairs(http: httpx.Client, given: list[Row]) -> list[float | None]:
    texts = {"queries": [r.prompt for r in given], "documents": [r.completion for r in given]}
    return [one["score"] for one in posted(http, "/score", {**texts, "answer": [r.answer for r in given]})["data"]]


def by_pooling(http: httpx.Client, given: list[Row]) -> list[float | None]:
    body = {"input": [r.completion for r in given], "answer": [r.answer for r in given]}
    return [one["data"][0] for one in posted(http, "/pooling", body)["data"]]


def by_client(http: httpx.Client, given: list[Row]) -> list[float | None]:
    columns = {"prompts": [r.prompt for r in given], "completions": [r.completion for r in given]}
    return RemoteReward(str(http.base_url).rstrip("/"))(**columns, answer=[r.answer for r in given])


@pytest.fixture(scope="module")
def wanted() -> tuple[list[Row], list[float | None]]:
    """The rows, and what the library gives for them."""
    given = rows()
    return given, rewardkit.load("auto")(
        prompts=[r.prompt for r in given],
        completions=[r.completion for r in given],
        answer=[r.answer for r in given],
    )


@pytest.mark.parametrize(
    "ask", [by_rows, by_openrlhf, by_slime, by_nemo_gym, by_pairs, by_pooling, by_client], ids=lambda ask: ask.__name__
)
def test_a_thousand_rows_get_the_same_rewards(service: Service, ask: Ask, wanted: tuple[list[Row], list[float | None]]) -> None:
    given, expected = wanted
    assert None in expected
    with httpx.Client(base_url=service.url, timeout=HANG_S, trust_env=False) as http:
        assert ask(http, given) == expected
