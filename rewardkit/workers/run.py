"""One run over borrowed workers: deals out the samples, hears the verdicts, buries the dead."""

from __future__ import annotations

import json
import selectors
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from rewardkit.errors import WorkerStartError
from rewardkit.lifted import FunctionVerifier
from rewardkit.types import Sample, Status, Verdict
from rewardkit.workers.frames import CELL, NOT_STARTED, encode
from rewardkit.workers.worker import GLANCE_S, Worker, told

if TYPE_CHECKING:
    from rewardkit.workers import Workers

CHUNK_S = 0.1  # work handed out at a time: long beside a round trip, short beside a batch
CHUNK_BYTES = 1 << 20
CHUNK_SAMPLES = 2000
STARTS = 3  # times that all workers, one after the other, end before their first sample: then it is the machine's fault

_STATUS = {status.value: status for status in Status}


class Run:
    """One call of `Workers.run`: deals out the samples, hears the verdicts, buries the dead."""

    def __init__(
        self,
        pool: Workers,
        verifier: FunctionVerifier,
        header: bytes,
        samples: Sequence[Sample],
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.pool = pool
        self.verifier = verifier
        self.header = header
        self.samples = samples
        self.cancelled = cancelled
        self.verdicts: list[Verdict | None] = [None] * len(samples)
        self.left = len(samples)
        self.todo = deque(range(len(samples)))
        self.suspects: deque[int] = deque()
        self.accused: set[int] = set()
        self.busy: set[Worker] = set()
        self.pace_s = CHUNK_S / 32
        self.false_starts = 0
        self.selector = selectors.DefaultSelector()

    def drive(self) -> list[Verdict]:
        """All verdicts, in order."""
        while self.left:
            self.deal()
            now = time.monotonic()
            deadline = min((worker.deadline(self.pool.timeout_s) for worker in self.busy), default=now)
            for key, events in self.selector.select(max(0.0, min(deadline - now, GLANCE_S))):
                if events & selectors.EVENT_WRITE:
                    self.tell(key.data)
                if events & selectors.EVENT_READ:
                    self.hear(key.data)
            check_cancelled(self.cancelled)
            self.pool.check_open()
            now = time.monotonic()
            for worker in [w for w in self.busy if w.deadline(self.pool.timeout_s) < now]:
                self.bury(worker, overdue=True)
        return [verdict for verdict in self.verdicts if verdict is not None]

    def end(self) -> None:
        """After the last verdict nothing is busy; on the way out of an error everything that is must go."""
        for worker in list(self.busy):
            self.leave(worker)
            worker.kill()
            self.pool.give_back(None)
        self.selector.close()

    def deal(self) -> None:
        """Borrow what workers there are and give each a chunk; waits only when this run has none."""
        while self.suspects or self.todo:
            alone = bool(self.suspects)
            worker = self.pool.borrow(alone, not self.busy, self.cancelled)
            if worker is None:
                return
            self.busy.add(worker)
            worker.take(*self.pack(alone))
            self.selector.register(worker.channel, selectors.EVENT_READ | selectors.EVENT_WRITE, worker)

    def pack(self, alone: bool) -> tuple[list[int], bytes]:
        """Samples worth about `CHUNK_S`, fewer near the end so that all workers finish together."""
        fair = -(-len(self.todo) // (2 * self.pool.count))
        size = 1 if alone else max(1, min(int(CHUNK_S / self.pace_s), fair, CHUNK_SAMPLES))
        queue = self.suspects if alone else self.todo
        chunk = [queue.popleft() for _ in range(min(size, len(queue)))]
        while True:
            body = encode([self.samples[position] for position in chunk], self.verifier)
            if len(body) <= CHUNK_BYTES or len(chunk) == 1:
                return chunk, self.header + b"\n" + body
            keep = max(1, len(chunk) * CHUNK_BYTES // len(body))
            queue.extendleft(reversed(chunk[keep:]))
            del chunk[keep:]

    def tell(self, worker: Worker) -> None:
        """Send what the socket takes."""
        worker.send()
        if not worker.outgoing:
            self.selector.modify(worker.channel, selectors.EVENT_READ, worker)

    def hear(self, worker: Worker) -> None:
        """Receive what is there; at the end of its chunk the worker goes back to the pool."""
        data = worker.receive()
        if data is None:
            return
        if not data:
            self.bury(worker, overdue=False)
            return
        self.read(worker, data)
        if worker.done == len(worker.chunk):
            spent_s = (time.monotonic() - worker.sent_at) / worker.done
            # A chunk that is too long costs more than one that is too short: slow down at once, speed up by degrees.
            self.pace_s = max(spent_s, self.pace_s / 4, 1e-6)
            worker.served += worker.done
            self.leave(worker)
            self.pool.give_back(worker)

    def read(self, worker: Worker, data: bytes) -> None:
        """Settle what whole frames say."""
        for frame in worker.frames(data):
            message = json.loads(frame)
            if isinstance(message, dict):
                raise told(message, self.verifier.name, self.verifier.spec.function.__module__)
            places = worker.chunk[worker.done : worker.done + len(message)]
            for place, (score, status, reason, info, name, seconds) in zip(places, message, strict=True):
                self.verdicts[place] = Verdict(score, _STATUS[status], reason, info, name, seconds)
            worker.done += len(message)
            self.left -= len(message)
            self.false_starts = 0

    def bury(self, worker: Worker, *, overdue: bool) -> None:
        """End a worker that hangs or has died, keep what it still said, and find the one sample to suspect."""
        now = time.monotonic()
        self.leave(worker)
        try:
            self.read(worker, worker.kill())
        finally:
            self.pool.give_back(None)
        start, place = CELL.unpack_from(worker.cell)
        # Status 1 is also how a worker's own backstop ends it, when this thread could not look in time.
        if place != NOT_STARTED and worker.process.returncode == 1:
            overdue = now - start > self.pool.timeout_s
        rest = worker.chunk[worker.done :]
        if place == NOT_STARTED:
            self.false_starts += 1
            if self.false_starts == STARTS * self.pool.count:
                message = (
                    f"{self.false_starts} workers in a row ended before their first sample, the last one {worker.cause(overdue)}"
                )
                raise WorkerStartError(message)
        # A sample that ended between the look at the clock and the kill is not to blame.
        elif place >= worker.done and (not overdue or now - start > self.pool.timeout_s):
            suspect = worker.chunk[place]
            rest.remove(suspect)
            if suspect not in self.accused:
                self.accused.add(suspect)
                self.suspects.append(suspect)
            else:
                reason = "timeout" if overdue else "too_complex"
                info = {"cause": worker.cause(overdue)}
                self.verdicts[suspect] = Verdict(0.0, Status.SCORED, reason, info, self.verifier.name, now - start)
                self.left -= 1
        for position in reversed(rest):
            (self.suspects if position in self.accused else self.todo).appendleft(position)

    def leave(self, worker: Worker) -> None:
        """Stop watching a worker."""
        self.busy.discard(worker)
        with suppress(KeyError):
            self.selector.unregister(worker.channel)


def check_cancelled(cancelled: Callable[[], bool] | None) -> None:
    """Raise `CancelledError` when the caller no longer wants the result."""
    if cancelled and cancelled():
        from concurrent.futures import CancelledError

        raise CancelledError
