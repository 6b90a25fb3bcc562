"""The client against the real service, and against servers that fail in every way: rewards, or an exception, nothing between."""

from __future__ import annotations

import asyncio
import pickle
import threading
from pathlib import Path
from typing import Any

import pytest
import servers
from patience import HANG_S
from servers import Seen, Server, Writer, refuses, says, send
from service import OWN, Service, running

import rewardkit
from rewardkit import RewardFunction, Router, ServiceError, TooManyErrors
from rewardkit.columns import samples_of
from rewardkit.serve.client import RemoteReward, RemoteVerifier

ROWS: dict[str, list[Any]] = {
    "prompts": ["Which? (A) cat (B) dog", [{"role": "user", "content": "6 · 7?"}], "6 · 7?", "Describe it.", "?"],
    "completions": ["So B.", [{"role": "assistant", "content": r"\boxed{42}"}], "41 or 42", "A dog.", "7"],
    "answer": ["dog", 42, ["42", "43"], "A brown dog lies in the grass.", None],
}
WANTED = [1.0, 1.0, 0.0, None, None]


def verdict_row(reward: Any = 1.0, **more: Any) -> dict[str, Any]:
    row = {"id": 0, "reward": reward, "status": "scored", "reason": "match", "verifier": "v", "extracted": "7", "seconds": 0.0}
    return {**row, "route": None, **more}


GOOD = {"rewards": [1.0], "rows": [verdict_row()]}


def asked(url: str, **options: Any) -> list[float | None]:
    return RemoteReward(url, **{"deadline_s": HANG_S, **options})(completions=["7"], answer=["7"])


# Against the real service


def test_it_is_called_like_a_local_function_and_says_the_same(service: Service, tmp_path: Path) -> None:
    remote = RemoteReward(service.url, name="far.away", trace=tmp_path / "trace.jsonl")
    local = rewardkit.load("auto")
    extra: dict[str, list[Any]] = {}
    metrics: dict[str, float] = {}
    ids = [[1, 2]] * 5
    state = object()
    rewards = remote(**ROWS, completion_ids=ids, trainer_state=state, log_extra=extra.__setitem__, log_metric=metrics.__setitem__)
    assert rewards == WANTED == local(**ROWS)
    for ours, theirs in zip(local.verdicts, remote.verdicts, strict=True):
        assert (ours.status, ours.reason, ours.verifier) == (theirs.status, theirs.reason, theirs.verifier)
        assert ours.info.get("extracted") == theirs.info.get("extracted")
        assert ours.info.get("route") == theirs.info.get("route")
    assert remote.__name__ == "far_away"
    assert extra["far_away_reason"] == [verdict.reason for verdict in local.verdicts]
    assert metrics["far_away/abstained"] == pytest.approx(0.4)
    assert metrics["far_away/reward/choice"] == 1.0
    assert len((tmp_path / "trace.jsonl").read_text().splitlines()) == 5


def test_it_pickles_also_after_a_call(service: Service) -> None:
    remote = RemoteReward(service.url, name="mine")
    assert remote(**ROWS) == WANTED
    again = pickle.loads(pickle.dumps(remote))
    assert (again.__name__, again(**ROWS)) == ("mine", WANTED)


def test_a_loop_is_not_blocked(service: Service) -> None:
    remote = RemoteReward(service.url)

    async def both() -> tuple[list[float | None], list[Any], int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.001)

        clock = asyncio.ensure_future(tick())
        rewards = await remote.acall(**ROWS)
        samples = samples_of(ROWS["prompts"], ROWS["completions"], {"answer": ROWS["answer"]})
        verdicts = await RemoteVerifier(service.url).averify(samples)
        clock.cancel()
        return rewards, [verdict.score for verdict in verdicts], ticks

    rewards, scores, ticks = asyncio.run(both())
    assert rewards == scores == WANTED
    assert ticks > 1


def test_a_batch_goes_out_in_parts_and_comes_back_in_order(service: Service) -> None:
    remote = RemoteReward(service.url, rows=7, requests=3)
    completions = [f"It is {i}." for i in range(100)]
    rewards = remote(completions=completions, answer=[str(i + i % 2) for i in range(100)])
    assert rewards == [1.0, 0.0] * 50
    assert remote(completions=[]) == []


def test_large_rows_are_split_by_size(service: Service) -> None:
    long = "so we look again. " * 100_000
    rewards = RemoteReward(service.url)(completions=[f"{long} It is {i}." for i in range(12)], answer=["0"] * 12)
    assert rewards == [1.0] + [0.0] * 11


def test_columns_that_json_has_no_word_for_stay_behind(service: Service) -> None:
    import numpy as np

    columns: dict[str, Any] = {
        "image": [object()] * 2,
        "tags": [{"a"}, {"b"}],
        "weight": np.array([1.0, float("nan")]),
        "odd": ["\ud800", "x"],
    }
    prompt = [{"role": "user", "content": [{"type": "image", "image": object()}, {"type": "text", "text": "6 · 7?"}]}]
    assert RemoteReward(service.url)([prompt, prompt], ["42", "41"], answer=["42", np.int64(42)], **columns) == [1.0, 0.0]


def test_it_is_a_verifier_among_others(service: Service) -> None:
    mixed = RewardFunction(Router({"far": RemoteVerifier(service.url), "near": "number.equal"}, by="where"))
    assert mixed(completions=["42", "42"], answer=["42", "41"], where=["far", "near"]) == [1.0, 0.0]
    assert [verdict.info["route"] for verdict in mixed.verdicts] == ["far/number", "near"]


def test_mostly_errors_is_a_broken_service(service: Service) -> None:
    with pytest.raises(TooManyErrors, match="the answer is an object"):
        RemoteReward(service.url)(completions=["B"] * 20, answer=[{"value": 1}] * 20)


def test_a_token_is_given_or_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(env={"REWARDKIT_SERVE_TOKEN": "secret"}) as guarded:
        with pytest.raises(ServiceError, match=r"401 wrong or missing token.*REWARDKIT_SERVE_TOKEN"):
            asked(guarded.url)
        assert asked(guarded.url, token="secret") == [1.0]
        monkeypatch.setenv("REWARDKIT_SERVE_TOKEN", "secret")
        assert asked(guarded.url) == [1.0]


def test_an_overrun_service_is_asked_again_until_it_has_time() -> None:
    with running("test.slow", "running=1", "waiting=1", program=OWN) as small:
        remote = RemoteReward(small.url, rows=1, requests=8)
        assert remote(completions=["sleep 0.2", "no"] * 4, answer=["ok"] * 8) == [1.0, 0.0] * 4


# Against servers that fail


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_it_comes_back_when_it_is_told_to(monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    pauses = []
    sleep = asyncio.sleep

    async def no_sleep(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", no_sleep)

    async def busy_once(seen: Seen, writer: Writer) -> None:
        if seen.attempt == 1:
            await send(writer, {"error": "busy"}, status, retry_after="60")
        else:
            await send(writer, GOOD)

    with Server(busy_once) as server:
        assert asked(server.url) == [1.0]
        assert len(server.seen) == 2
        assert [pause for pause in pauses if pause] == [60.0]


def test_it_does_not_wait_longer_than_it_has() -> None:
    told = pytest.raises(ServiceError, match="no rewards within 3000 s and 1 tries: 429")
    with Server(servers.too_many_for_long) as server, told:
        asked(server.url, deadline_s=3000.0)


@pytest.mark.parametrize(
    "behave",
    [servers.reset, servers.hang_up, servers.hang, servers.drip, servers.not_http, servers.cut_body, servers.unavailable],
    ids=lambda behave: behave.__name__,
)
def test_what_may_pass_is_tried_until_the_deadline_and_then_raised(behave: Any) -> None:
    with Server(behave) as server, pytest.raises(ServiceError, match=r"no rewards within 0.6 s"):
        asked(server.url, deadline_s=0.6)


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ServiceError, match=r"no rewards within 0.5 s and . tries: ConnectError"):
        asked(f"http://127.0.0.1:{servers.closed_port()}", deadline_s=0.5)


def test_a_service_that_restarts_costs_no_reward() -> None:
    server = Server(says(GOOD))
    server.start()
    server.stop()
    threading.Timer(0.5, server.start).start()
    assert asked(server.url) == [1.0]
    server.stop()


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (refuses("400 Bad Request", {"error": "not JSON"}), "refused: 400 not JSON"),
        (refuses("404 Not Found", b"nothing here"), "refused: 404 nothing here"),
        (refuses("500 Internal Server Error", {"error": "ValueError"}), "refused: 500"),
        (refuses("504 Gateway Timeout", {"error": "too long"}), "refused: 504 too long"),
        (says(b"<html>"), "no list of rewards"),
        (says(b""), "no list of rewards"),
        (servers.deep_json, "no list of rewards"),
        (says({"rewards": [1.0]}), "no list of rewards"),
        (says({"rows": [1.0]}), "no list of rewards"),
        (says({"rows": []}), "0 rows for 1"),
        (says({"rows": [verdict_row(), verdict_row()]}), "2 rows for 1"),
        (says({"rows": [verdict_row("1")]}), "is no number"),
        (says({"rows": [verdict_row(True)]}), "is no number"),
        (says({"rows": [verdict_row(None)]}), "does not go with status"),
        (says({"rows": [verdict_row(1.0, status="error")]}), "does not go with status"),
        (says({"rows": [verdict_row(1.0, status="fine")]}), "fine"),
        (
            says(b'{"rows": [{"id": 0, "reward": NaN, "status": "scored", "reason": "", "verifier": "", "seconds": 0}]}'),
            "no number",
        ),
    ],
)
def test_an_answer_that_is_none_is_raised_at_once(behave: Any, words: str) -> None:
    with Server(behave) as server:
        with pytest.raises(ServiceError, match=words):
            asked(server.url)
        assert len(server.seen) == 1


def test_an_answer_without_end_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    from rewardkit.serve import client

    monkeypatch.setattr(client, "ANSWER_BYTES", 1_000_000)
    with Server(servers.huge) as server, pytest.raises(ServiceError, match="more than 1 MB"):
        asked(server.url)


def test_one_part_that_fails_fails_the_batch() -> None:
    async def second_fails(seen: Seen, writer: Writer) -> None:
        if seen.body["rows"][0]["completion"] == "3":
            await send(writer, {"error": "boom"}, "500 Internal Server Error")
        else:
            await send(writer, GOOD)

    with Server(second_fails) as server, pytest.raises(ServiceError, match="boom"):
        RemoteReward(server.url, rows=1)(completions=["1", "2", "3", "4"], answer=["1"] * 4)


@pytest.mark.parametrize("options", [{"rows": 0}, {"requests": 0}, {"deadline_s": 0.0}, {"deadline_s": float("nan")}])
def test_parameters_are_checked(options: dict[str, Any]) -> None:
    with pytest.raises(rewardkit.BadParameter, match="must be at least 1"):
        RemoteReward("http://here:1", **options)


@pytest.mark.parametrize("url", ["here:8000", "ftp://here", "http://", ""])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(rewardkit.BadParameter, match="no address of a service"):
        RemoteReward(url)
