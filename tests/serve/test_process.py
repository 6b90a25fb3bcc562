"""`rewardkit serve` as a program: its token, its port, how it stops, and what it says when it cannot start."""

from __future__ import annotations

import base64
import contextlib
import functools
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from cli_program import call_here
from patience import HANG_S, wait_until
from service import OWN, PROGRAM, running

TOKEN = "dGhpcyBpcyBhIHNlY3JldA"
ROW = {"rows": [{"completion": "B", "answer": "B"}]}


Start = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Start:
    """A start that is meant to fail, in this process."""

    def serves(*_: object) -> bool:
        raise AssertionError("it serves")

    monkeypatch.setattr("rewardkit.serve.run.run", serves)
    return functools.partial(call_here, *PROGRAM[3:])


def test_a_token_is_asked_for_everywhere_but_at_the_door_and_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n")
    with running("--token-file", str(path)) as service:
        bearer = {"authorization": f"Bearer {TOKEN}"}
        assert service.post(ROW, headers=bearer).json()["rewards"] == [1.0]
        assert httpx.post(f"http://any:{TOKEN}@{service.url[7:]}/v1/rewards", json=ROW, trust_env=False).status_code == 200
        wrong = [
            {},
            {"authorization": "Bearer wrong"},
            {"authorization": f"Bearer {TOKEN}x"},
            {"authorization": "Bearer"},
            {"authorization": f"Token {TOKEN}"},
            {"authorization": "Basic " + base64.b64encode(f"{TOKEN}:".encode()).decode()},
            {"authorization": "Basic not/base64!"},
            {"authorization": b"Bearer \xff\xfe"},
        ]
        for headers in wrong:
            done = service.post(ROW, headers=headers)
            assert (done.status_code, "Bearer" in done.headers["www-authenticate"]) == (401, True), headers
        for path_ in ("/metrics", "/openapi.json", "/docs", "/nothing"):
            assert service.get(path_).status_code == 401
            assert service.get(path_, headers=bearer).status_code == (404 if path_ == "/nothing" else 200)
        assert (service.get("/health").status_code, service.get("/ready").status_code) == (200, 200)
        with service.socket() as sock:  # a stranger's gigabyte is not read either
            sock.sendall(b"POST /v1/rewards HTTP/1.1\r\nhost: h\r\ncontent-length: 10\r\n\r\n")
            assert sock.recv(100).split()[1] == b"401"
        assert service.stop() == 0
    assert TOKEN not in "".join(service.said)


def test_a_token_may_come_from_the_environment() -> None:
    with running(env={"REWARDKIT_SERVE_TOKEN": TOKEN}) as service:
        assert service.post(ROW).status_code == 401
        assert service.post(ROW, headers={"authorization": f"bearer {TOKEN}"}).status_code == 200


@pytest.mark.parametrize("text", ["", "\n", "two words", "ключ"])
def test_a_token_that_is_none_stops_the_start(start: Start, tmp_path: Path, text: str) -> None:
    path = tmp_path / "token"
    path.write_text(text, encoding="utf-8")
    done = start("--token-file", str(path))
    assert (done.returncode, "holds no token" in done.stderr) == (2, True)
    assert "cannot read the token file" in start("--token-file", str(tmp_path / "none")).stderr


def test_a_port_that_is_taken_is_told(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = start("--port", port)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use. Choose another with --port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--port", "99999"], "not a port from 0 to 65535"),
        (["--host", "no.such.host.invalid"], "cannot listen on"),
        (["--recipe", "nothing"], "no recipe is named 'nothing'"),
        (["--max-body-mb", "0"], "body_mb=0.0 cannot be used"),
        (["--timeout-s", "-1"], "timeout_s=-1.0 cannot be used"),
        (["--timeout-s", "nan"], "timeout_s=nan cannot be used"),
        (["--judge-cache", "x"], "goes with --judge"),
        (["--queue", "0"], "not a whole number from 1"),
    ],
)
def test_a_start_that_cannot_be_is_told_in_one_line(start: Start, options: list[str], message: str) -> None:
    done = start(*options)
    assert (done.returncode, message in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("package", ["fastapi", "uvicorn", "prometheus_client"])
def test_without_the_extra_it_says_what_to_install(package: str) -> None:
    code = f"import sys\nsys.modules[{package!r}] = None\nfrom rewardkit.cli import main\nsys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code, "serve"], capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 2
    assert "pip install 'fastapi>=" in done.stderr.strip().splitlines()[-1]
    assert package in done.stderr


def test_without_httpx_the_client_says_what_to_install() -> None:
    code = "import sys\nsys.modules['httpx'] = None\nimport rewardkit.serve.client"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=HANG_S)
    said = done.stderr.strip().splitlines()[-1]
    assert "a client of a reward service needs the package 'httpx', which is not installed. Run: pip install 'fastapi>=" in said


def test_outside_this_machine_without_a_token_is_worth_a_note() -> None:
    with running("--host", "0.0.0.0") as service:
        assert any("set a token with --token-file" in line for line in service.said)


@pytest.mark.parametrize(("how", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_finishes_what_it_took_and_takes_no_more(tmp_path: Path, how: signal.Signals, status: int) -> None:
    go = tmp_path / "go"
    with running("test.slow", "running=1", "timeout_s=3600.0", program=OWN) as service:
        with ThreadPoolExecutor(3) as clients:
            taken = [clients.submit(service.rewards, f"wait {go}", "no") for _ in range(3)]
            wait_until(lambda: service.load() == (1, 2))
            service.process.send_signal(how)
            wait_until(service.refuses)
            assert not any(one.done() for one in taken)
            go.touch()
            assert [one.result() for one in taken] == [[1.0, 0.0]] * 3
        assert service.process.wait(HANG_S) == status
    assert "Traceback" not in "".join(service.said)


def test_a_second_ctrl_c_stops_at_once() -> None:
    # A service that does not stop is killed before its client is waited for.
    with ThreadPoolExecutor(1) as clients, running("test.slow", "timeout_s=3600.0", program=OWN) as service:
        late = clients.submit(service.post, {"rows": [{"completion": "sleep 3600", "answer": "ok"}]})
        wait_until(lambda: service.load() == (1, 0))
        service.process.send_signal(signal.SIGINT)
        wait_until(service.refuses)
        service.process.send_signal(signal.SIGINT)
        service.process.wait(HANG_S)
        with contextlib.suppress(httpx.TransportError):
            assert late.result().status_code == 500


def test_workers_score_and_go_with_the_service() -> None:
    with running("--workers", "2") as service:
        rows = [{"completion": f"It is {i}.", "answer": str(i)} for i in range(500)]
        assert service.post({"rows": rows}).json()["rewards"] == [1.0] * 500
        workers = service.workers()
        assert len(workers) == 2
        assert service.stop() == 0
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
