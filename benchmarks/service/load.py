"""A service in a process of its own, and clients that cost little: raw asyncio streams with connections that are kept."""

from __future__ import annotations

import asyncio
import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Load", "Service", "head", "one_client", "running"]


@dataclass
class Service:
    """A running `rewardkit serve`."""

    process: subprocess.Popen[str]
    host: str
    port: int

    def memory_mb(self) -> float:
        """Resident memory of the service itself, without its workers."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024

    def open_files(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100


@contextlib.contextmanager
def running(*options: str) -> Iterator[Service]:
    """Start a service on a free port, and stop it at the end."""
    command = [sys.executable, "-m", "rewardkit", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        found = next(match for line in process.stderr if (match := re.search(r"on http://([\d.]+):(\d+)", line)))
        yield Service(process, found[1], int(found[2]))
    finally:
        process.terminate()
        process.communicate(timeout=30)


@dataclass
class Load:
    """What the clients saw: seconds of each answer, and how often each status came."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)


def head(body: bytes) -> bytes:
    """The head that goes with a body."""
    return b"POST /v1/rewards HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)


async def one_client(service: Service, make: Callable[[], bytes], until: float, load: Load, pause_s: float = 0.0) -> None:
    """Post what `make` gives, one after the other, until the clock says `until`."""
    reader = writer = None
    while time.perf_counter() < until:
        if pause_s:
            await asyncio.sleep(pause_s)
        if writer is None:
            reader, writer = await asyncio.open_connection(service.host, service.port)
        assert reader is not None
        body = make()
        started = time.perf_counter()
        try:
            writer.write(head(body) + body)
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            await reader.readexactly(int(re.search(r"content-length: (\d+)", lines)[1]))  # type: ignore[index]
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.close()
            writer = None
            load.statuses[0] = load.statuses.get(0, 0) + 1
            continue
        status = int(lines.split()[1])
        load.statuses[status] = load.statuses.get(status, 0) + 1
        load.seconds.append(time.perf_counter() - started)
        if "connection: close" in lines:
            writer.close()
            writer = None
    if writer is not None:
        writer.close()
