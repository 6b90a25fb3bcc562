"""One worker as its parent has it: the process, the socket to it, and the clock of the sample that it is on."""

from __future__ import annotations

import mmap
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from rewardkit import errors
from rewardkit.errors import RewardKitError, WorkerStartError
from rewardkit.workers.frames import CELL, FRAME, NOT_STARTED, OUT_OF_MEMORY

__all__ = ["GLANCE_S", "Worker", "told"]

START_S = 120.0  # for an interpreter and a verifier's imports on a busy machine with a slow disk
GLANCE_S = 0.1  # longest wait before a look at what tells nobody: cancellation, closing, a worker freed elsewhere


class Worker:
    """One child process, the socket to it, and the chunk it is on."""

    def __init__(self, timeout_s: float, memory_mb: int) -> None:
        self.served = 0
        # The child imports what this process would, wherever that put it on the path.
        boot = f"import sys; sys.path[:] = {[entry for entry in sys.path if isinstance(entry, str)]!r}\n"
        # Names stand above workers, so the child is handed what gets a verifier by its name.
        boot += "from rewardkit.registry import get\nfrom rewardkit.workers.child import main\n"
        # One thread each: workers are the parallelism, and thread pools of libraries eat the memory limit.
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        try:
            self.channel, theirs = socket.socketpair()
            self.channel.setblocking(False)
            with theirs, _shared_memory() as cell:
                self.cell = mmap.mmap(cell.fileno(), CELL.size)
                boot += f"main(get, {theirs.fileno()}, {cell.fileno()}, {timeout_s!r}, {memory_mb!r})"
                self.process = subprocess.Popen(
                    [sys.executable, "-c", boot, "rewardkit-worker"],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(), cell.fileno()),
                    env={**os.environ, **threads},
                    start_new_session=True,  # Ctrl-C is for the parent, which ends its workers itself
                )
        except (OSError, TypeError, ValueError) as cause:
            if hasattr(self, "channel"):
                self.channel.close()
            message = f"cannot start a worker process with {sys.executable!r}: {cause}"
            raise WorkerStartError(message) from cause
        self.take([], b"")

    def take(self, chunk: list[int], payload: bytes) -> None:
        """Get a chunk to send; its clock has not started."""
        self.chunk = chunk
        self.done = 0
        self.incoming = bytearray()
        self.outgoing = memoryview(FRAME.pack(len(payload)) + payload)
        self.wind_up()

    def wind_up(self) -> None:
        """Have its clock start with the next sample; only for a worker with nothing to do."""
        self.sent_at = time.monotonic()
        CELL.pack_into(self.cell, 0, 0.0, NOT_STARTED)

    def deadline(self, timeout_s: float) -> float:
        """When, on the monotonic clock, the sample it is on has had its time."""
        start, place = CELL.unpack_from(self.cell)
        # While the worker writes, there are zeros for a moment.
        return self.sent_at + START_S if place == NOT_STARTED or not start else float(start) + timeout_s

    def send(self) -> None:
        """Send of what is outgoing as much as the socket takes."""
        try:
            self.outgoing = self.outgoing[self.channel.send(self.outgoing) :]
        except BlockingIOError:
            return
        except OSError:
            self.outgoing = self.outgoing[:0]  # it died: reading will say so

    def receive(self) -> bytes | None:
        """What is there; None when nothing is, empty when nothing will be any more."""
        try:
            return self.channel.recv(1 << 20)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def frames(self, data: bytes) -> Iterator[bytes]:
        """What frames hold that are whole with this data."""
        buffer = self.incoming
        buffer += data
        while len(buffer) >= FRAME.size and len(buffer) >= (end := FRAME.size + FRAME.unpack_from(buffer)[0]):
            frame = bytes(buffer[FRAME.size : end])
            del buffer[:end]
            yield frame

    def kill(self) -> bytes:
        """End the process and whatever it started, and wait for it; returns what it still had to say."""
        with suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        said = bytearray()
        with self.channel, suppress(OSError):
            while data := self.channel.recv(1 << 20):
                said += data
        return bytes(said)

    def cause(self, overdue: bool) -> str:
        """How it ended, in words."""
        status = self.process.returncode
        if overdue:
            return "ran past the time limit"
        if status == OUT_OF_MEMORY:
            return "met the memory limit"
        return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"exited with status {status}"


def told(message: dict[str, str], name: str, module: str) -> RewardKitError:
    """What a worker cannot decide because the call or the machine is wrong, as an exception here."""
    if "raised" in message:
        kind: type[RewardKitError] = getattr(errors, message["raised"])
        return kind.__new__(kind, message["text"])  # some take other arguments; the text says it all
    text = f"a worker cannot load {name!r}: {message['cannot']}. Importing the module {module!r} in a fresh interpreter must "
    return WorkerStartError(f"{text}register it.")


def _shared_memory() -> IO[bytes]:
    """An unnamed file to map; it vanishes with the last process that holds it."""
    if sys.platform == "linux":
        file = os.fdopen(os.memfd_create("rewardkit"), "r+b", buffering=0)
    else:
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - the caller closes it
    file.truncate(CELL.size)
    return file
