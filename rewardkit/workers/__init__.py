"""Supervised processes: a hard time and memory limit for each sample, from any thread, without signals.

A calling thread borrows workers from a bounded pool, sends each a chunk of samples and drives them itself.
A worker is a fresh interpreter (`workers.child`), never a fork and never a second run of the user's script, so
it works beside CUDA, inside daemonic processes and in scripts without a main guard. When a worker hangs or
dies, the one sample it was on is tried again alone in a fresh worker; the rest of its chunk is simply dealt
out again. Dead again, the sample scores 0 with `timeout` or `too_complex`. What is not a sample's doing
(no worker starts, a verifier cannot be imported there) raises `WorkerStartError` and is never a reward.

Loading a verifier is on nobody's clock: a worker imports its module and then calls the module's `warm_up()` if it has
one, else checks an easy sample, so that late imports of heavy packages are done before the first sample.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from rewardkit.errors import BadParameter, MissingColumn, WorkerStartError
from rewardkit.lifted import FunctionVerifier
from rewardkit.types import Sample, Verdict
from rewardkit.workers.frames import header
from rewardkit.workers.run import Run, check_cancelled
from rewardkit.workers.worker import GLANCE_S, Worker

__all__ = ["Workers", "configure", "sendable", "shared"]


class Workers:
    """A bounded pool of worker processes, started on first use and shared by all threads.

    `count` defaults to the machine's CPUs, at most 8. A sample gets `timeout_s` seconds of wall clock (5),
    counted by the worker from its start, and `memory_mb` MiB (1024; on Linux only) above what the worker holds
    once the verifier is loaded. A worker is replaced after `recycle_after` samples (50,000). Raises `BadParameter`
    for limits that are not positive. Use it as a context manager, or `close` it; at exit it closes itself.
    """

    def __init__(
        self, count: int | None = None, *, timeout_s: float = 5.0, memory_mb: int = 1024, recycle_after: int = 50_000
    ) -> None:
        self.count = min(os.cpu_count() or 1, 8) if count is None else count
        self.timeout_s = timeout_s
        self.memory_mb = memory_mb
        self.recycle_after = recycle_after
        for name in ("count", "timeout_s", "memory_mb", "recycle_after"):
            if not getattr(self, name) > 0:
                message = f"Workers: {name}={getattr(self, name)!r} cannot be used; it must be greater than 0"
                raise BadParameter(message)
        self._closed = False
        self._forget()
        _pools.add(self)

    def _forget(self) -> None:
        """Start with nothing; in a forked child the parent's workers are not ours to use or to end."""
        for worker in getattr(self, "_everyone", ()):
            worker.channel.close()
            worker.process.returncode = 0
        self._changed = threading.Condition()
        self._idle: list[Worker] = []
        self._lent = 0
        self._queue: deque[object] = deque()
        self._everyone: weakref.WeakSet[Worker] = weakref.WeakSet()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        """True once `close` was called."""
        return self._closed

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that are alive now."""
        with self._changed:
            return [worker.process.pid for worker in self._everyone if worker.process.poll() is None]

    def run(
        self, verifier: FunctionVerifier, samples: Sequence[Sample], *, cancelled: Callable[[], bool] | None = None
    ) -> list[Verdict]:
        """One verdict a sample, in the same order; blocks the calling thread, whichever it is.

        The worker sees the prompt, the completion and those columns that JSON can hold: arrays up to 64 KiB
        become lists, images in a prompt become null, and an isolated verifier sees no `completion_ids`. `cancelled`
        is asked about every 0.1 s and, once true, ends the run with `CancelledError`. Raises `MissingColumn`;
        `BadParameter` for a verifier or a required column that cannot be sent; `WorkerStartError` when no worker
        can be started or the pool is closed.
        """
        if not samples:
            return []
        named = header(verifier)
        for sample in samples:
            for column in verifier.requires:
                if column not in sample.columns:
                    raise MissingColumn(column, verifier.name, sample.columns)
        run = Run(self, verifier, named, samples, cancelled)
        try:
            return run.drive()
        finally:
            run.end()

    def close(self) -> None:
        """End every worker; runs under way in other threads raise `WorkerStartError`. Closing twice does nothing."""
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
            self._changed.notify_all()
            for worker in idle:
                worker.kill()
            # Each run ends the workers it has borrowed; the limit is for a run that this very thread interrupted.
            self._changed.wait_for(lambda: not self._lent, timeout=20 * GLANCE_S)

    def borrow(self, fresh: bool, wait: bool, cancelled: Callable[[], bool] | None) -> Worker | None:
        """A worker for one chunk, first come first served; None when there is none and `wait` is false."""
        with self._changed:
            ticket = object()
            self._queue.append(ticket)
            try:
                while self._queue[0] is not ticket or self._lent >= self.count:
                    if not wait:
                        return None
                    self._changed.wait(GLANCE_S)
                    check_cancelled(cancelled)
                    self.check_open()
                self.check_open()
                self._lent += 1
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()
            worker = self._idle.pop() if self._idle else None
        try:
            if worker and (worker.process.poll() is not None or (fresh and worker.served)):
                worker.kill()
                worker = None
            if worker is None:
                worker = Worker(self.timeout_s, self.memory_mb)
                with self._changed:
                    self._everyone.add(worker)
        except BaseException:
            self.give_back(None)
            raise
        return worker

    def give_back(self, worker: Worker | None) -> None:
        """Return what was borrowed; None when it is dead."""
        with self._changed:
            self._lent -= 1
            if worker and (self._closed or worker.served >= self.recycle_after):
                worker.kill()
            elif worker:
                self._idle.append(worker)
            self._changed.notify_all()

    def check_open(self) -> None:
        """Raise `WorkerStartError` once the pool is closed."""
        if self._closed:
            message = "these workers were closed; make new ones"
            raise WorkerStartError(message)


def sendable(verifier: object) -> bool:
    """Whether workers can run it: a registered function that a fresh interpreter can import."""
    try:
        header(verifier)  # type: ignore[arg-type]
    except BadParameter:
        return False
    return True


_pools: weakref.WeakSet[Workers] = weakref.WeakSet()
_shared: Workers | None = None
_limits: dict[str, Any] = {}
_lock = threading.Lock()


def shared() -> Workers:
    """The pool of this process, made on first use; isolated verifiers run in it."""
    global _shared
    with _lock:
        if _shared is None or _shared.closed:
            _shared = Workers(**_limits)
        return _shared


def configure(count: int | None = None, *, timeout_s: float = 5.0, memory_mb: int = 1024, recycle_after: int = 50_000) -> Workers:
    """Replace the shared pool by one with these limits; they have the meaning and defaults of `Workers`."""
    global _shared, _limits
    limits = {"count": count, "timeout_s": timeout_s, "memory_mb": memory_mb, "recycle_after": recycle_after}
    fresh = Workers(**limits)  # type: ignore[arg-type]
    with _lock:
        old, _shared, _limits = _shared, fresh, limits
    if old is not None:
        old.close()
    return fresh


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
