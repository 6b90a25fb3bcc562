"""One sandbox as its owner has it: the process of bubblewrap, the socket to the keeper inside, and the run under way."""

from __future__ import annotations

import json
import os
import secrets
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from rewardkit.errors import SandboxUnavailable
from rewardkit.sandbox.bubble import ENVIRONMENT, command
from rewardkit.sandbox.outcome import Limits, Outcome

__all__ = ["Call", "Lost", "Program", "Runner"]

START_S = 60.0
END_S = 30.0  # for the keeper to end what a run has left
MOST_BYTES = 64 << 20  # of one frame, either way


class Call(NamedTuple):
    """A test: text for standard input; or a function and its arguments as JSON; or an expression, with no arguments."""

    text: str
    entry: str | None = None


@dataclass(frozen=True)
class Program:
    """The code of a run, what each of its tests may use, and what is run before the code for the tests' sake."""

    code: str
    limits: Limits = field(default_factory=Limits)
    setup: str = ""


class Lost(Exception):
    """The sandbox ended or fell silent in the middle of a run; the text says at which point."""


class Runner:
    """A sandbox that waits for runs. Raises `SandboxUnavailable`, with what bubblewrap said, when none can be started."""

    def __init__(self) -> None:
        self.runs = 0
        self.channel, theirs = socket.socketpair()
        told, tells = os.pipe()
        try:
            with theirs:
                self.process = subprocess.Popen(
                    command(tells),
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    pass_fds=(tells,),
                    env=ENVIRONMENT,
                    start_new_session=True,
                )
        except BaseException as cause:
            self.channel.close()
            os.close(told)
            if isinstance(cause, OSError):
                raise SandboxUnavailable(f"bubblewrap could not be started: {cause}") from cause
            raise
        finally:
            os.close(tells)
        self.first: int | None = None
        try:
            self.reusable = self._receive(START_S) == b"ready"
            with open(told, "rb") as info:
                told = -1
                self.first = os.pidfd_open(json.loads(info.read())["child-pid"])
        except (Lost, OSError, ValueError) as cause:
            if told >= 0:
                os.close(told)
            self.process.kill()
            said = self.process.communicate()[1].decode("utf-8", "replace").strip()
            self.close()
            raise SandboxUnavailable(f"bubblewrap started no sandbox: {said[-500:] or cause}") from cause

    def run(self, program: Program, calls: Iterator[Call], hear: Callable[[Outcome], bool]) -> bool:
        """Run a test a call until `hear`, which gets each one's outcome, wants no more; whether the run ended as it must.

        Raises `Lost` when the sandbox does not answer; nothing can then be said of the run, and the sandbox is to be closed.
        """
        self.runs += 1
        limits = program.limits
        job = {
            "code": program.code,
            "setup": program.setup,
            "cpu_s": limits.cpu_s,
            "wall_s": limits.wall_s,
            "memory_mb": limits.memory_mb,
            "output_mb": limits.output_mb,
        }
        self._send(json.dumps(job).encode())
        for call in calls:
            self._send(json.dumps({"call": call.entry}).encode())
            self._send(call.text.encode("utf-8", "replace"))
            said = self._receive(limits.patience_s)
            if said == b"over":
                message = "the run ended before its test"
                raise Lost(message)
            output, value, problem = (self._receive(END_S) for _ in range(3))
            if not hear(Outcome.of(json.loads(said), output, value, problem, limits)):
                break
        nonce = secrets.token_hex(16).encode()
        self._send(b"")
        if self._receive(END_S) != b"over":
            return False
        self._send(nonce)
        return self._receive(END_S) == b"ended " + nonce

    def close(self) -> None:
        """End the sandbox and all that is in it; when this returns they are gone."""
        with suppress(OSError):
            self.channel.shutdown(socket.SHUT_RDWR)
        self.channel.close()
        if self.first is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.first, signal.SIGKILL)
            os.close(self.first)
            self.first = None
        if self.process.stderr is not None:
            self.process.stderr.close()
        self.process.wait()

    def forget(self) -> None:
        """In a forked child: let go of what belongs to the parent."""
        self.channel.close()
        if self.first is not None:
            os.close(self.first)
            self.first = None
        self.process.returncode = 0

    def _send(self, payload: bytes) -> None:
        if len(payload) > MOST_BYTES:
            message = f"{len(payload)} bytes are too many to send into a sandbox"
            raise Lost(message)
        try:
            self.channel.settimeout(END_S)
            self.channel.sendall(len(payload).to_bytes(4, "little") + payload)
        except OSError as cause:
            message = f"the sandbox takes nothing any more: {cause}"
            raise Lost(message) from cause

    def _receive(self, wait_s: float) -> bytes:
        deadline = time.monotonic() + wait_s
        size = int.from_bytes(self._exactly(4, deadline), "little")
        if size > MOST_BYTES:
            message = f"the sandbox announces {size} bytes"
            raise Lost(message)
        return self._exactly(size, deadline)

    def _exactly(self, size: int, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            ready = select.poll()
            ready.register(self.channel, select.POLLIN)
            try:
                part = self.channel.recv(size - len(data)) if ready.poll(max(0.0, 1000 * (deadline - time.monotonic()))) else None
            except OSError:
                part = b""
            if not part:
                message = "the sandbox is silent" if part is None else "the sandbox has ended"
                raise Lost(message)
            data += part
        return bytes(data)
