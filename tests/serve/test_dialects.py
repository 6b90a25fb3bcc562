"""Protocols of trainers: what they post is answered as they read it, and what they would not post is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from service import Service, running

from rewardkit.serve.dialects import DIALECTS

CASES = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "dialects.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['path']} {case['why']}")
def test_a_body_is_answered_as_the_case_says(service: Service, case: dict[str, Any]) -> None:
    done = service.post(case["body"], case["path"]) if case["body"] != "text" else service.post('"text"', case["path"])
    assert done.status_code == case["status"], done.text
    if case["status"] == 200:
        assert {name: done.json()[name] for name in case["answer"]} == case["answer"]
    else:
        assert case["error"] in done.json()["error"]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.paths[0])
def test_the_example_of_a_protocol_is_answered(service: Service, dialect: Any) -> None:
    for path in dialect.paths:
        done = service.post(dict(dialect.example), path)
        assert (done.status_code, "match" in done.text or done.json() == {} or 1.0 in done.json()["rewards"]) == (200, True)


def test_a_request_of_gym_comes_back_whole(service: Service) -> None:
    body = next(case["body"] for case in CASES if case["path"] == "/verify" and case["status"] == 200)
    assert body.items() <= service.post(body, "/verify").json().items()


def test_the_number_for_rows_without_a_score_is_told_apart() -> None:
    with running("--unscored", "-0.5") as service:
        slime = service.post({"prompt": "?", "response": "7", "label": None}, "/slime").json()
        assert (slime["score"], slime["scored"]) == (-0.5, 0.0)
        pair = {"queries": "?", "documents": "7", "answer": None}
        assert service.post(pair, "/score").json()["data"][0]["score"] == -0.5
        message = {"type": "message", "role": "assistant", "content": "7"}
        gym = {"responses_create_params": {"input": "?"}, "response": {"output": [message]}, "answer": None}
        verified = service.post(gym, "/verify").json()
        assert (verified["reward"], verified["mask_sample"], verified["failure_reason"]) == (-0.5, True, "no_reference")


def test_the_pages_name_every_endpoint_and_ask_nothing_of_the_network(service: Service) -> None:
    paths = {path for dialect in DIALECTS for path in dialect.paths}
    about = service.get("/").json()
    assert {name.removeprefix("POST ") for name in about["endpoints"] if name.startswith("POST")} == paths
    assert about["verifier"] == "auto"
    page = service.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert all(f"POST {path}<" in page.text for path in paths)
    assert not any(word in page.text for word in ("http://", "https://", "src=", "<script", "<link", "@import", "url("))


def test_metrics_have_the_rewards_of_every_route(service: Service) -> None:
    def of(name: str) -> float:
        lines = [line.split() for line in service.get("/metrics").text.splitlines()]
        return next((float(line[1]) for line in lines if line[0] == name), 0.0)

    names = ['rewardkit_reward_count{route="choice"}', 'rewardkit_reward_sum{route="choice"}']
    before = [of(name) for name in names]
    service.post({"rows": [{"completion": "B", "answer": "B"}, {"completion": "C", "answer": "B"}]})
    assert [of(name) - old for name, old in zip(names, before, strict=True)] == [2, 1]
