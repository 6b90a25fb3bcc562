"""A reward service in a process of its own, as a user starts it, and raw sockets to it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from patience import HANG_S, wait_until

PROGRAM = [sys.executable, "-m", "rewardkit", "serve", "--port", "0"]
OWN = [sys.executable, str(Path(__file__).parent / "own_service.py")]


@dataclass
class Service:
    """A running service: where it is, what it has said, and how it ends."""

    process: subprocess.Popen[str]
    url: str
    said: list[str] = field(default_factory=list)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.url.removeprefix("http://").rsplit(":", 1)
        return host, int(port)

    def post(self, body: Any, path: str = "/v1/rewards", timeout: float = HANG_S, **more: Any) -> httpx.Response:
        if isinstance(body, (bytes, str)):
            more = {**more, "content": body, "headers": {"content-type": "application/json", **more.get("headers", {})}}
        else:
            more = {**more, "json": body}
        return httpx.post(self.url + path, timeout=timeout, trust_env=False, verify=False, **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return httpx.get(self.url + path, timeout=HANG_S, trust_env=False, verify=False, **more)

    def rewards(self, *completions: str, answer: str = "ok", timeout: float = HANG_S) -> list[float | None]:
        done = self.post({"rows": [{"completion": text, "answer": answer} for text in completions]}, timeout=timeout)
        assert done.status_code == 200, done.text
        return list(done.json()["rewards"])

    @contextlib.contextmanager
    def socket(self, timeout: float = HANG_S) -> Iterator[socket.socket]:
        with socket.create_connection(self.address, timeout=timeout) as sock:
            yield sock

    def load(self) -> tuple[int, int]:
        """Requests that run, and requests that wait for their turn."""
        text = self.get("/metrics").text
        found = {line.split()[0]: float(line.split()[1]) for line in text.splitlines() if not line.startswith("#")}
        return int(found["rewardkit_requests_running"]), int(found["rewardkit_requests_waiting"])

    def refuses(self) -> bool:
        """Whether nobody listens any more."""
        try:
            self.get("/health")
        except httpx.ConnectError:
            return True
        return False

    def memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024

    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def workers(self) -> list[int]:
        """Ids of its worker processes."""
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and b"rewardkit-worker" in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
        return found

    def stop(self, how: signal.Signals = signal.SIGTERM, timeout: float = HANG_S) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(timeout)
        finally:
            if self.process.poll() is None:
                self.process.kill()
            self._reader.join(HANG_S)

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._read, daemon=True)

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            self.said.extend(lines)


@contextlib.contextmanager
def running(*options: str, program: list[str] | None = None, env: dict[str, str] | None = None) -> Iterator[Service]:
    """Start a service and wait until it is ready; at the end it is stopped."""
    process = subprocess.Popen(
        [*(program or PROGRAM), *options],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **(env or {})},
    )
    assert process.stderr is not None
    first = []
    try:
        for line in process.stderr:
            first.append(line)
            if found := re.search(r"serving .* on (http://\S+)", line):
                break
        else:
            raise AssertionError(f"the service did not start: {''.join(first)}")
        service = Service(process, found[1], first)
        service._reader.start()
        wait_until(lambda: service.get("/ready").status_code == 200)
        yield service
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(HANG_S)


def head(path: str = "/v1/rewards", **headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "host: here", "content-type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def status_of(sock: socket.socket) -> int:
    """The status of the answer on a raw socket; 0 when the connection ends without one."""
    data = b""
    with contextlib.suppress(ConnectionError):
        while b"\r\n" not in data:
            piece = sock.recv(4096)
            if not piece:
                break
            data += piece
    return int(data.split()[1]) if data.startswith(b"HTTP/") else 0
