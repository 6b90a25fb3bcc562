"""Clients that hang, drip, push or lie, and machines that fail: the right status, nothing lost, and the others unharmed."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from patience import wait_until
from service import OWN, Service, head, running, status_of

GB = 10**9
OK = b'{"rows": [{"completion": "ok", "answer": "ok"}]}'


@pytest.fixture(scope="module")
def small() -> Iterator[Service]:
    """A service that is quickly overrun: two requests at a time, two in line."""
    limits = ["running=2", "waiting=2", "timeout_s=1.5", "body_s=1.0", "head_s=1.0", "body_mb=2.0", "rows=50", "connections=40"]
    with running("test.slow", *limits, program=OWN) as one:
        yield one
        assert one.rewards("ok", "no") == [1.0, 0.0]  # whatever was done to it
        wait_until(lambda: one.open_files() < 30)


@pytest.fixture(scope="module")
def patient() -> Iterator[Service]:
    """The same with all the time there is: what ends there was not ended by a clock."""
    limits = ["running=2", "waiting=2", "timeout_s=3600.0", "body_s=3600.0", "head_s=3600.0", "connections=40"]
    with running("test.slow", *limits, program=OWN) as one:
        yield one
        assert one.rewards("ok", "no") == [1.0, 0.0]  # whatever was done to it
        wait_until(lambda: one.open_files() < 30)


# Bodies


def test_a_gigabyte_that_is_announced_is_refused_before_it_is_sent(small: Service) -> None:
    with small.socket() as sock:
        sock.sendall(head(content_length=str(GB)))
        assert status_of(sock) == 413


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_a_gigabyte_that_is_pushed_is_refused_and_not_held(small: Service, chunked: bool) -> None:
    before = small.memory_mb()
    piece = b"x" * 65536
    part = b"10000\r\n" + piece + b"\r\n" if chunked else piece
    headers = {"transfer_encoding": "chunked"} if chunked else {"content_length": str(GB)}
    sent = 0
    with small.socket() as sock:
        sock.sendall(head(**headers))
        with contextlib.suppress(ConnectionError):
            while sent < GB:
                sock.sendall(part)
                sent += len(piece)
        assert status_of(sock) == 413
    assert sent < GB / 4
    assert small.memory_mb() - before < 30


def test_a_length_that_is_no_length_is_refused(small: Service) -> None:
    for length in ("9" * 30, "-1", "ten"):
        with small.socket() as sock:
            sock.sendall(head(content_length=length))
            assert status_of(sock) in (400, 413)


def test_a_client_that_waits_for_a_go_ahead_is_told_before_it_sends(small: Service) -> None:
    with small.socket() as sock:
        sock.sendall(head(content_length=str(GB), expect="100-continue"))
        assert status_of(sock) == 413


def test_more_rows_than_a_request_may_have(small: Service) -> None:
    done = small.post({"rows": [{"completion": "ok", "answer": "ok"}] * 51})
    assert (done.status_code, "51 rows" in done.json()["error"]) == (422, True)
    assert small.post({"columns": {"completion": ["ok"] * 51, "answer": ["ok"] * 51}}).status_code == 422


# Clients that take their time


def test_slow_bodies_hold_up_nobody(patient: Service) -> None:
    with contextlib.ExitStack() as stack:
        drips = [stack.enter_context(patient.socket()) for _ in range(20)]
        for sock in drips:
            sock.sendall(head(content_length=str(len(OK))) + OK[:5])
        assert patient.rewards("ok") == [1.0]
        for sock in drips:
            sock.sendall(OK[5:])
            assert status_of(sock) in (200, 429)


def test_a_slow_body_is_given_up(small: Service) -> None:
    with contextlib.ExitStack() as stack:
        drips = [stack.enter_context(small.socket()) for _ in range(20)]
        for sock in drips:
            sock.sendall(head(content_length=str(len(OK))) + OK[:5])
        for sock in drips:
            with contextlib.suppress(ConnectionError):
                sock.sendall(OK[5:6])
        assert [status_of(sock) for sock in drips] == [408] * 20


def test_a_head_that_never_comes_whole_costs_the_connection(small: Service) -> None:
    with contextlib.ExitStack() as stack:
        silent, dripping = (stack.enter_context(small.socket()) for _ in range(2))
        kept = stack.enter_context(small.socket())
        kept.sendall(head(content_length=str(len(OK))) + OK)
        assert status_of(kept) == 200
        kept.sendall(b"POST /v1")

        def cut() -> bool:
            try:
                dripping.sendall(b"x")
            except ConnectionError:
                return True
            return False

        wait_until(cut, pause_s=0.1)
        assert small.rewards("ok") == [1.0]
        assert [status_of(sock) for sock in (silent, dripping, kept)] == [0, 0, 0]


def test_a_client_that_does_not_take_its_answer_is_cut_off(small: Service) -> None:
    with small.socket() as sock:
        # Answers of some 10 KB pile up, unread, until the kernel takes no more.
        body = b'{"rows": [' + b",".join([b'{"completion": "ok", "answer": "ok"}'] * 50) + b"]}"
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with pytest.raises(ConnectionError):
            sock.sendall((head(content_length=str(len(body))) + body) * 5000)
    assert small.rewards("ok") == [1.0]


def test_a_client_that_leaves_gives_its_place_to_others(patient: Service, tmp_path: Path) -> None:
    body = b'{"rows": [{"completion": "wait %s", "answer": "ok"}]}' % bytes(tmp_path / "go")
    with contextlib.ExitStack() as stack:
        for _ in range(4):
            sock = stack.enter_context(patient.socket())
            sock.sendall(head(content_length=str(len(body))) + body)
        wait_until(lambda: patient.load() == (2, 2))
    wait_until(lambda: patient.load() == (2, 0))  # those in line left it with their clients, and nobody's turn came
    (tmp_path / "go").touch()
    wait_until(lambda: patient.load() == (0, 0))


# More than can be done


def test_what_is_too_much_is_refused_at_once_and_what_was_taken_is_done(patient: Service, tmp_path: Path) -> None:
    go = tmp_path / "go"

    def ask(number: int) -> httpx.Response:
        rows = [{"completion": f"wait {go}", "answer": "ok"}, {"completion": f"no {number}", "answer": "ok"}]
        return patient.post({"rows": rows})

    with ThreadPoolExecutor(12) as clients:
        asked = [clients.submit(ask, number) for number in range(12)]
        wait_until(lambda: sum(one.done() for one in asked) == 8)  # while the first four still wait
        assert patient.load() == (2, 2)
        refused = [one.result() for one in asked if one.done()]
        go.touch()
        taken = [done for one in asked if (done := one.result()) not in refused]
    assert [done.json()["rewards"] for done in taken] == [[1.0, 0.0]] * 4
    assert [done.status_code for done in refused] == [429] * 8
    assert all(int(done.headers["retry-after"]) >= 1 for done in refused)


def test_it_is_not_ready_while_it_is_full(patient: Service, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as clients:
        pending = [clients.submit(patient.rewards, f"wait {tmp_path / 'go'}") for _ in range(4)]
        wait_until(lambda: patient.load() == (2, 2))
        assert (patient.get("/ready").status_code, patient.get("/health").status_code) == (503, 200)
        (tmp_path / "go").touch()
        assert [one.result() for one in pending] == [[1.0]] * 4
    assert patient.get("/ready").status_code == 200


def test_a_request_out_of_time_costs_no_other_its_reward(small: Service, tmp_path: Path) -> None:
    wait_until(lambda: small.load() == (0, 0))
    with ThreadPoolExecutor(1) as clients:
        late = clients.submit(small.post, {"rows": [{"completion": f"wait {tmp_path / 'go'}", "answer": "ok"}]})
        wait_until(lambda: late.done() or small.load() == (1, 0))
        assert [small.rewards("ok", "no") for _ in range(5)] == [[1.0, 0.0]] * 5
        done = late.result()
    assert (done.status_code, "1.5 s" in done.json()["error"]) == (504, True)
    # Its thread still waits and keeps its slot; the other slot serves.
    assert small.load() == (1, 0)
    assert small.rewards("ok", "no") == [1.0, 0.0]
    (tmp_path / "go").touch()
    wait_until(lambda: small.load() == (0, 0))


def test_more_connections_than_there_may_be(patient: Service) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(45):
            stack.enter_context(patient.socket())
        wait_until(lambda: patient.post(OK).status_code == 503)
    wait_until(lambda: patient.post(OK).status_code == 200)


# Bad HTTP


@pytest.mark.parametrize(
    "data", [b"\x16\x03\x01\x02\x00\x01\x00\x01", b"GARBAGE\r\n\r\n", b"GET /nothing HTTP/9.9\r\n\r\n", b"\r\n" * 20_000]
)
def test_what_is_no_http_gets_400_or_nothing(small: Service, data: bytes) -> None:
    with small.socket() as sock:
        with contextlib.suppress(ConnectionError):
            sock.sendall(data)
        assert status_of(sock) in (0, 400, 404)


def test_a_head_of_a_megabyte_is_refused(small: Service) -> None:
    with small.socket() as sock:
        with contextlib.suppress(ConnectionError):
            sock.sendall(b"POST /v1/rewards HTTP/1.1\r\nx: " + b"x" * 2**20)
        assert status_of(sock) in (0, 400, 431)


# Processes that die


def test_a_worker_process_that_is_killed_costs_no_row(tmp_path: Path) -> None:
    limits = ["running=4", "waiting=64", "timeout_s=3600.0"]
    # A row of each client stays until its worker has been killed and it is tried again: twice, and it would be the cause.
    folders = [tmp_path / str(client) for client in range(4)]
    for folder in folders:
        folder.mkdir()
    batches = [[*["sleep 0.01", "no", "ok"] * 15, f"meet {folder}", *["no", "ok", "ok"] * 15] for folder in folders]

    def kill() -> None:
        alive = list(folders)
        while alive:  # in the order in which they come to it
            wait_until(lambda: any(any(folder.iterdir()) for folder in alive))
            met = next(folder for folder in alive if any(folder.iterdir()))
            alive.remove(met)
            os.kill(int(next(met.iterdir()).name), signal.SIGKILL)

    with running("test.slow_apart", *limits, program=OWN) as service, ThreadPoolExecutor(5) as clients:
        killer = clients.submit(kill)
        found = list(clients.map(lambda texts: service.rewards(*texts), batches))
        killer.result()
    assert [len(list(folder.iterdir())) for folder in folders] == [2] * 4
    assert found == [[*[1.0, 0.0, 1.0] * 15, 1.0, *[0.0, 1.0, 1.0] * 15]] * 4


def test_a_service_that_is_killed_is_a_failure_to_its_client_and_never_a_reward() -> None:
    with running("test.slow", program=OWN) as service, ThreadPoolExecutor(1) as clients:
        pending = clients.submit(service.post, {"rows": [{"completion": "sleep 3600", "answer": "ok"}]})
        wait_until(lambda: service.load() == (1, 0))
        service.process.kill()
        with pytest.raises(httpx.TransportError):
            pending.result()
