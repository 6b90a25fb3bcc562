"""Every way in which a server fails, against a real one: no invented text, no lost row, bounded time, the rest answered."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import time
from typing import Any, NamedTuple

import pytest
import servers
from patience import NEVER_S, wait_until
from servers import Behaviour, Seen, Server, Writer, completion, good, says, send, when

from rewardkit.judges.client import Reply, Request
from rewardkit.judges.clients import endpoints
from rewardkit.judges.clients.openai import OpenAIClient

ROWS = 24
POISON = "row 3"
SETUP = ("REWARDKIT_JUDGE_API_KEY", "because 404", "302")  # what a server says of one row and means of all
TIMEOUT_S = NEVER_S  # what ends at all did not wait for a clock
SHORT_S = 1.0  # for the faults that only a clock can end


class Case(NamedTuple):
    """A fault, words that must stand in the failure, and whether another attempt can help."""

    fault: Behaviour
    words: str
    transient: bool = True
    timeout_s: float = TIMEOUT_S


NO_TEXT = completion("yes") | {"choices": [{"index": 0, "message": {"role": "assistant", "content": None}}]}
FAULTS = {
    "reset": Case(servers.reset, "broke off"),
    "hang up": Case(servers.hang_up, "broke off"),
    "hang": Case(servers.hang, "did not finish within 1 s", timeout_s=SHORT_S),
    "slow drip": Case(servers.drip, "did not finish within 1 s", timeout_s=SHORT_S),
    "429 without a word": Case(servers.too_many_no_word, "429 Too Many Requests"),
    "500": Case(servers.broken_inside, "500 Internal Server Error"),
    "408": Case(servers.refuses("408 Request Timeout"), "408"),
    "truncated JSON": Case(servers.cut_json, "no JSON"),
    "truncated body": Case(servers.cut_body, "broke off"),
    "empty body": Case(servers.nothing, "(empty)"),
    "a page": Case(servers.html, "<html>"),
    "deep JSON": Case(servers.deep_json, "no JSON"),
    "no HTTP": Case(servers.not_http, "broke off"),
    "huge body": Case(servers.huge, "more than 0.1 MB"),
    "a list": Case(says([completion("yes")]), "no list of choices"),
    "wrong schema": Case(says({"answer": "yes"}), "no list of choices"),
    "choices no list": Case(says({"choices": "yes"}), "no list of choices"),
    "choice no object": Case(says({"choices": ["yes"]}), "has no text"),
    "message is text": Case(says({"choices": [{"message": "yes"}]}), "has no text"),
    "null content": Case(says(NO_TEXT), "has no text"),
    "empty choices": Case(says(completion("yes") | {"choices": []}), "0 choices"),
    "two choices": Case(says(completion("yes") | {"choices": completion("yes")["choices"] * 2}), "2 choices"),
    "NaN": Case(says(b'{"choices": [{"message": {"content": "yes"}, "logprobs": NaN}]}'), "no JSON"),
    "400": Case(servers.refuses("400 Bad Request"), "because 400", transient=False),
    "401": Case(servers.refuses("401 Unauthorized"), "REWARDKIT_JUDGE_API_KEY", transient=False),
    "404": Case(servers.refuses("404 Not Found"), "because 404", transient=False),
    "redirect": Case(servers.refuses("302 Found"), "302", transient=False),
    "413": Case(servers.refuses("413 Content Too Large"), "413", transient=False),
}
BY_NAME = pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS.keys())


def client(*urls: str, **options: Any) -> OpenAIClient:
    quick = {"timeout_s": TIMEOUT_S, "backoff_s": 0.01, "patience_s": 0.15, "retries": 2, "max_body_mb": 0.1, "concurrency": 8}
    return OpenAIClient(urls, "judge", **(quick | options))


def ask(of: OpenAIClient, rows: int = ROWS) -> list[Reply]:
    replies = asyncio.run(of.complete([Request(({"role": "user", "content": f"row {i}"},)) for i in range(rows)]))
    assert len(replies) == rows
    for place, reply in enumerate(replies):  # whatever happens, a row has its own answer or a failure and no text
        assert (reply.text, reply.failure) == (f"echo row {place}", None) or (reply.text == "" and reply.failure)
    return replies


def answered(replies: list[Reply]) -> list[int]:
    return [place for place, reply in enumerate(replies) if not reply.failure]


@BY_NAME
def test_one_row_fails_and_the_rest_are_answered(case: Case) -> None:
    with Server(when(lambda seen: seen.text == POISON, case.fault)) as server:
        replies = ask(client(server.url, timeout_s=case.timeout_s, patience_s=TIMEOUT_S))
        lost = [place for place in range(ROWS) if place not in answered(replies)]
        setup = case.words in SETUP
        assert lost[:1] == [3]
        assert lost == [3] or setup
        assert case.words in (replies[3].failure or "")
        assert ("(attempt 3)" in (replies[3].failure or "")) == case.transient
        assert sum(seen.text == POISON for seen in server.seen) == (3 if case.transient else 1)
        assert len(server.chats) == len(replies) - 1 + (3 if case.transient else 1) or setup or case.timeout_s == SHORT_S


@BY_NAME
def test_a_fault_that_passes_costs_an_attempt(case: Case) -> None:
    with Server(when(lambda seen: seen.attempt == 1 and seen.text == POISON, case.fault)) as server:
        replies = ask(client(server.url, timeout_s=case.timeout_s, patience_s=TIMEOUT_S))
        assert len(answered(replies)) == ROWS or not case.transient
        assert sum(seen.text == POISON for seen in server.seen) == (2 if case.transient else 1)


@BY_NAME
def test_a_fault_for_everyone_fails_every_row_soon(case: Case) -> None:
    with Server(case.fault) as server:
        replies = ask(client(server.url, timeout_s=case.timeout_s))
        assert answered(replies) == []
        assert len(server.chats) <= ROWS * (3 if case.transient else 1)
        # Whether a broken reply or the end of its connection is seen first is up to the network, for each row.
        assert all(reply.failure for reply in replies)
        assert any(case.words in (reply.failure or "") for reply in replies)


@BY_NAME
def test_a_second_server_takes_over(case: Case) -> None:
    if case.words in ("because 400", "413"):
        with Server(case.fault) as bad, Server() as fine:
            replies = ask(client(bad.url, fine.url))
            assert all("because 4" in (reply.failure or "because 4") for reply in replies)  # the row's fault: no second opinion
            return
    with Server(case.fault) as bad, Server() as fine:
        replies = ask(client(bad.url, fine.url, retries=4, timeout_s=case.timeout_s), rows=60)
        assert len(answered(replies)) == 60
        assert len(bad.chats) < 20


def test_refused() -> None:
    replies = ask(client(f"http://127.0.0.1:{servers.closed_port()}"))
    assert all("cannot be reached" in (reply.failure or "") for reply in replies)
    with Server() as fine:
        replies = ask(client(f"http://127.0.0.1:{servers.closed_port()}", fine.url))
        assert len(answered(replies)) == ROWS


def test_no_such_host() -> None:
    replies = ask(client("http://no-such-host.invalid:8000"), rows=4)
    assert all("cannot be reached" in (reply.failure or "") for reply in replies)


class Ahead:
    """A clock that a test puts forward."""

    by = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.by


def test_retry_after_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, in_vain = Ahead(), list[float]()
    outage = endpoints.Endpoints.outage

    def looked_in_vain(of: endpoints.Endpoints) -> endpoints.Outage:
        in_vain.append(clock.by)
        return outage(of)

    monkeypatch.setattr(endpoints, "time", clock)
    monkeypatch.setattr(endpoints.Endpoints, "outage", looked_in_vain)

    def an_hour_passes() -> None:
        for by in (0.0, 3590.0):
            clock.by = by
            wait_until(lambda by=by: in_vain.count(by) > 10)  # type: ignore[misc]
            asked.append(sum(seen.text == POISON for seen in server.seen))
        clock.by = 3601.0

    asked: list[int] = []
    with Server(when(lambda seen: seen.attempt == 1 and seen.text == POISON, servers.too_many_for_long)) as server:
        driver = threading.Thread(target=an_hour_passes)
        driver.start()
        replies = ask(client(server.url, deadline_s=NEVER_S))
        driver.join()
        assert len(answered(replies)) == ROWS
        asked.append(sum(seen.text == POISON for seen in server.seen))
        assert asked == [1, 1, 2]


def test_being_asked_to_wait_uses_up_no_attempt() -> None:
    async def busy(seen: Seen, writer: Writer) -> None:
        await send(writer, {"error": "slow down"}, "429 Too Many Requests", retry_after="0.05")

    with Server(when(lambda seen: seen.attempt <= 6 and seen.text == POISON, busy)) as server:
        assert len(answered(ask(client(server.url, retries=1)))) == ROWS
        assert sum(seen.text == POISON for seen in server.seen) == 7


def test_retry_after_beyond_the_deadline_is_not_waited_for() -> None:
    with Server(servers.too_many_for_long) as server:
        replies = ask(client(server.url, deadline_s=30))
        assert all("asks to wait 3600 s" in (reply.failure or "") for reply in replies)
        assert len(server.chats) <= 8  # those that were under way; the others heed what those were told


@pytest.mark.parametrize("rows", [ROWS, 400])
def test_the_deadline_ends_everything(rows: int) -> None:
    with Server(servers.hang) as server:
        replies = ask(client(server.url, deadline_s=SHORT_S, timeout_s=TIMEOUT_S), rows)
        assert all("deadline of 1 s" in (reply.failure or "") for reply in replies)
        assert len(server.chats) <= 8  # none, where this process stood still for all of the second
        assert "never sent" in (replies[-1].failure or "")


def test_what_came_before_the_deadline_is_kept() -> None:
    with Server(when(lambda seen: int(seen.text.removeprefix("row ")) >= 10, servers.hang)) as server:
        replies = ask(client(server.url, deadline_s=2 * SHORT_S, concurrency=2), rows=100)
        assert answered(replies) == list(range(10))
        assert len(server.chats) == 12  # two hung, and the others were not begun


def test_a_server_killed_mid_batch_and_back() -> None:
    async def slow(seen: Seen, writer: Writer) -> None:
        await asyncio.sleep(0.01)
        await good(seen, writer)

    with Server(slow) as server:
        back = threading.Event()

        def kill_and_revive() -> None:
            wait_until(lambda: len(server.chats) >= 40)
            server.stop()
            time.sleep(0.6)
            back.set()
            server.start()

        killer = threading.Thread(target=kill_and_revive)
        killer.start()
        replies = ask(client(server.url, patience_s=TIMEOUT_S, retries=4), rows=300)
        assert back.is_set()  # without it 300 rows could not be answered, and it was waited for
        killer.join()
        assert len(answered(replies)) == 300


def test_a_server_that_stays_dead_is_given_up_and_noticed_again() -> None:
    with Server() as server:
        of = client(server.url)
        server.stop()
        replies = ask(of, rows=2000)
        assert answered(replies) == []
        server.start()
        wait_until(lambda: answered(ask(of)))  # and until somebody notices
        assert len(answered(ask(of))) == ROWS


def test_both_servers_die_in_turn() -> None:
    with Server() as one, Server() as two:
        of = client(one.url, two.url, patience_s=TIMEOUT_S, retries=4)
        assert len(answered(ask(of))) == ROWS
        one.stop()
        assert len(answered(ask(of))) == ROWS
        one.start()
        two.stop()
        assert len(answered(ask(of))) == ROWS
        two.start()


def test_a_server_that_comes_back_gets_work_again_beside_one_that_never_left() -> None:
    async def slow(seen: Seen, writer: Writer) -> None:
        await asyncio.sleep(0.02)
        await good(seen, writer)

    held = 0

    async def waits_for_the_other(seen: Seen, writer: Writer) -> None:
        nonlocal held
        # One of the four is let through, or nobody would be left to knock at the other's door.
        if len(steady.chats) > 40 and held < 3:
            held += 1
            while not other.chats:
                await asyncio.sleep(0.005)
        await slow(seen, writer)

    with Server(waits_for_the_other) as steady, Server(slow) as other:
        other.stop()

        def revive() -> None:
            wait_until(lambda: len(steady.chats) > 20)
            other.start()

        reviver = threading.Thread(target=revive)
        reviver.start()
        replies = ask(client(steady.url, other.url, concurrency=4), rows=400)
        reviver.join()
        assert len(answered(replies)) == 400
        assert len(other.chats) > 40


def test_a_port_that_accepts_and_never_reads() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(64)
        replies = ask(client(f"http://127.0.0.1:{mute.getsockname()[1]}", timeout_s=SHORT_S))
    assert all("did not finish" in (reply.failure or "") for reply in replies)


def test_a_compressed_body_is_not_unfolded() -> None:
    packed = gzip.compress(b" " * 50_000_000)

    async def bomb(seen: Seen, writer: Writer) -> None:
        await send(writer, packed, content_encoding="gzip")

    with Server(bomb) as server:
        assert all("no JSON" in (reply.failure or "") for reply in ask(client(server.url), rows=4))


def test_cancelling_a_call_closes_its_connections() -> None:
    async def main(of: OpenAIClient) -> None:
        call = asyncio.create_task(of.complete([Request(({"role": "user", "content": f"row {i}"},)) for i in range(40)]))
        while len(server.chats) < 8:
            await asyncio.sleep(0.01)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with Server(servers.hang) as server:
        of = client(server.url, timeout_s=TIMEOUT_S)
        asyncio.run(main(of))
        server.behave = good
        assert len(answered(ask(of))) == ROWS
