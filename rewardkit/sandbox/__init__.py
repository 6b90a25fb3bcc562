"""Sandboxes for code that nobody has read: bubblewrap around an interpreter, kept warm, one run at a time in each.

A run is one program and some tests of it. It has namespaces of its own inside of the sandbox (user, processes, IPC), which end
with it; there is no network, nothing to write to, and of the machine only the interpreter and its library are there, to read.
What a test puts out comes back as bytes. What it should have put out is never sent, so that code cannot find it.

Where no sandbox can be had `SandboxUnavailable` is raised. There is no other way to run code here.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections.abc import Callable, Iterator

from rewardkit.errors import SandboxUnavailable
from rewardkit.sandbox.outcome import End, Limits, Outcome
from rewardkit.sandbox.runner import Call, Lost, Program, Runner

__all__ = ["Call", "End", "Limits", "Lost", "Outcome", "Program", "Runner", "Sandboxes", "configure", "shared"]

MOST_SANDBOXES = 8
RECYCLE_AFTER = 1000  # runs


class Sandboxes:
    """A bounded pool of sandboxes, started on first use and shared by all threads.

    `count` defaults to the machine's CPUs, at most 8; a thread that finds all of them busy waits. A sandbox is replaced after
    1000 runs. Use it as a context manager, or `close` it; at exit it closes itself.
    """

    def __init__(self, count: int | None = None) -> None:
        self.count = min(os.cpu_count() or 1, MOST_SANDBOXES) if count is None else count
        self._forget()
        _pools.add(self)

    def _forget(self) -> None:
        for runner in getattr(self, "_everyone", ()):
            runner.forget()
        self._places = threading.BoundedSemaphore(self.count)
        self._lock = threading.Lock()
        self._idle: list[Runner] = []
        self._everyone: weakref.WeakSet[Runner] = weakref.WeakSet()

    def __enter__(self) -> Sandboxes:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """Process ids of the sandboxes that are alive now, as bubblewrap has them."""
        return [runner.process.pid for runner in list(self._everyone) if runner.process.poll() is None]

    def run(self, program: Program, calls: Callable[[], Iterator[Call]], hear: Callable[[], Callable[[Outcome], bool]]) -> bool:
        """Run a program's tests until the hearer of their outcomes wants no more; blocks the calling thread.

        False says that the run did not end as it must, again in a fresh sandbox: nothing that was heard is to be paid.
        `calls` and `hear` are asked anew for each try. Raises `SandboxUnavailable`.
        """
        with self._places:
            for fresh in (False, True):
                runner = self._take(fresh)
                try:
                    ended = runner.run(program, calls(), hear())
                except Lost:
                    ended = False
                except BaseException:
                    runner.close()
                    raise
                if ended:
                    self._give_back(runner)
                    return True
                runner.close()
            self._prove()
            return False

    def _prove(self) -> None:
        """Raise `SandboxUnavailable` where a run of nothing is lost as well: then no code is to blame for it."""
        runner = Runner()
        try:
            works = runner.run(Program(""), iter([Call("")]), lambda outcome: True)
        except Lost:
            works = False
        finally:
            runner.close()
        if not works:
            message = "a run of no code at all was lost, like two runs before it"
            raise SandboxUnavailable(message)

    def _take(self, fresh: bool) -> Runner:
        with self._lock:
            runner = self._idle.pop() if self._idle and not fresh else None
        if runner is not None and runner.process.poll() is None:
            return runner
        if runner is not None:
            runner.close()
        runner = Runner()
        with self._lock:
            self._everyone.add(runner)
        return runner

    def _give_back(self, runner: Runner) -> None:
        if not runner.reusable or runner.runs >= RECYCLE_AFTER:
            runner.close()
            return
        with self._lock:
            self._idle.append(runner)

    def close(self) -> None:
        """End every sandbox that is not in use. It may be used again afterwards."""
        with self._lock:
            idle, self._idle = self._idle, []
        for runner in idle:
            runner.close()


_pools: weakref.WeakSet[Sandboxes] = weakref.WeakSet()
_shared: Sandboxes | None = None
_count: int | None = None
_lock = threading.Lock()


def shared() -> Sandboxes:
    """The pool of this process, made on first use."""
    global _shared
    with _lock:
        if _shared is None:
            _shared = Sandboxes(_count)
        return _shared


def configure(count: int | None = None) -> None:
    """Replace the shared pool by one of so many sandboxes; None for as many as there are CPUs, at most 8."""
    global _shared, _count
    with _lock:
        old, _shared, _count = _shared, None, count
    if old is not None:
        old.close()


def _close_all() -> None:
    for pool in list(_pools):
        pool.close()


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()
    for pool in list(_pools):
        pool._forget()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
