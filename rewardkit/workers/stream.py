"""Blocks to workers and what they make of them back, in order, while more are read.

Here a worker only makes haste. What it was on when it died or fell silent comes back without a reply, for the caller to do
again where each sample is watched for itself (`workers.run`): no score is ever given for what happens here.
"""

from __future__ import annotations

import json
import selectors
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from rewardkit.errors import RewardKitError
from rewardkit.workers import Workers
from rewardkit.workers.frames import FRAME
from rewardkit.workers.worker import GLANCE_S, Worker, told

__all__ = ["stream"]

PATIENCE_S = 2.0  # for one sample; one that takes longer is no score yet, it only goes where it is watched
AT_ONCE = 2  # blocks a worker has: the one that it is on, and the next, so that it never waits for us
AHEAD, AHEAD_MB = 4, 64  # blocks a worker that are read and not written yet, and what all of them may hold

T = TypeVar("T")


def stream(
    pool: Workers, header: bytes, items: Iterator[T], body: Callable[[T], bytes | None]
) -> Generator[tuple[T, bytes | None], None, None]:
    """Each item with what a worker replied to its body, in order; None for an item that has no body or got no reply.

    `header` names what the workers load. Memory is bounded by a few blocks a worker. Closing the iterator ends its workers.
    Raises what a worker raised on purpose when its item's turn comes, and `WorkerStartError` when none can load the header.
    """
    run = _Stream(pool, header, items, body)
    try:
        yield from run.drive()
    finally:
        run.end()


@dataclass(eq=False)
class _Block(Generic[T]):
    """An item on its way; `frame` is kept for as long as it may have to be sent once more."""

    item: T
    frame: bytes
    reply: bytes | RewardKitError | None = None
    done: bool = False


class _Stream(Generic[T]):
    def __init__(self, pool: Workers, header: bytes, items: Iterator[T], body: Callable[[T], bytes | None]) -> None:
        self.pool, self.header, self.items, self.body = pool, header, items, body
        self.module = json.loads(header)["module"]
        self.more = True
        self.bytes = 0
        self.blocks: deque[_Block[T]] = deque()  # in order, from the next to be handed on to the last that was read
        self.todo: deque[_Block[T]] = deque()
        self.given: dict[Worker, deque[_Block[T]]] = {}
        self.selector = selectors.DefaultSelector()

    def drive(self) -> Iterator[tuple[T, bytes | None]]:
        while True:
            # One at a time, and with a look at the workers: the next may be long in coming.
            read = self.read()
            self.deal()
            if not self.blocks:
                return
            if not self.blocks[0].done:
                self.listen(0.0 if read else GLANCE_S)
            while self.blocks and self.blocks[0].done:
                block = self.blocks.popleft()
                self.bytes -= len(block.frame)
                if isinstance(block.reply, RewardKitError):
                    raise block.reply
                yield block.item, block.reply

    def end(self) -> None:
        """Workers with nothing to do go back to the pool, all others must go."""
        for worker, given in list(self.given.items()):
            self.leave(worker)
            if given:
                worker.kill()
            self.pool.give_back(None if given else worker)
        self.selector.close()

    def read(self) -> bool:
        """Read a block, unless there are enough at hand that no worker waits for one, or no more."""
        if not self.more or len(self.blocks) >= AHEAD * self.pool.count or self.bytes >= AHEAD_MB * 2**20:
            return False
        try:
            item = next(self.items)
        except StopIteration:
            self.more = False
            return False
        body = self.body(item)
        payload = b"" if body is None else self.header + b"\n" + body
        block = _Block(item, FRAME.pack(len(payload)) + payload, done=body is None)
        self.bytes += len(block.frame)
        self.blocks.append(block)
        if body is not None:
            self.todo.append(block)
        return True

    def deal(self) -> None:
        """Give every worker a block, and then each of them the next."""
        while self.todo:
            free = [worker for worker, given in self.given.items() if len(given) < AT_ONCE and self.fresh(worker)]
            worker = min(free, key=lambda one: len(self.given[one]), default=None)
            if (worker is None or self.given[worker]) and len(self.given) < self.pool.count:
                worker = self.pool.borrow(False, not self.given, None) or worker
            if worker is None:
                return
            self.give(worker, self.todo.popleft())

    def fresh(self, worker: Worker) -> bool:
        """Whether a worker has not yet had all that one gets; it goes back to the pool, and so away, when it has done that."""
        return worker.served < self.pool.recycle_after

    def give(self, worker: Worker, block: _Block[T]) -> None:
        if worker not in self.given:
            self.given[worker] = deque()
            worker.outgoing, worker.incoming = memoryview(b""), bytearray()
            self.selector.register(worker.channel, selectors.EVENT_READ, worker)
        if not self.given[worker]:
            worker.wind_up()
        self.given[worker].append(block)
        worker.served += block.frame.count(b"\n") - 1
        worker.outgoing = memoryview(bytes(worker.outgoing) + block.frame) if worker.outgoing else memoryview(block.frame)
        self.tell(worker)

    def tell(self, worker: Worker) -> None:
        """Send what the socket takes."""
        worker.send()
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if worker.outgoing else 0)
        if self.selector.get_key(worker.channel).events != events:
            self.selector.modify(worker.channel, events, worker)

    def listen(self, wait_s: float) -> None:
        """Hear what workers say, waiting for a while if they say nothing."""
        now = time.monotonic()
        deadline = min((worker.deadline(PATIENCE_S) for worker, given in self.given.items() if given), default=now)
        for key, events in self.selector.select(max(0.0, min(deadline - now, wait_s))):
            if events & selectors.EVENT_WRITE:
                self.tell(key.data)
            if events & selectors.EVENT_READ:
                self.hear(key.data)
        self.pool.check_open()
        now = time.monotonic()
        for worker in [one for one, given in self.given.items() if given and one.deadline(PATIENCE_S) < now]:
            self.bury(worker)

    def hear(self, worker: Worker) -> None:
        data = worker.receive()
        if data is None:
            return
        if not data:
            self.bury(worker)
            return
        self.settle(worker, self.given[worker], data)
        if not self.given[worker] and not self.fresh(worker):
            self.leave(worker)
            self.pool.give_back(worker)

    def settle(self, worker: Worker, given: deque[_Block[T]], data: bytes) -> None:
        """Note what whole frames say of the blocks that were given first."""
        for frame in worker.frames(data):
            block = given.popleft()
            block.done = True
            # Errors are objects of JSON; what else a worker replies begins with anything but a brace.
            block.reply = told(json.loads(frame), self.module, self.module) if frame.startswith(b"{") else frame or None

    def bury(self, worker: Worker) -> None:
        """End a worker that is silent or dead: the block that it was on goes back as it is, the next one to another worker."""
        given = self.leave(worker)
        said = worker.kill()
        self.pool.give_back(None)
        self.settle(worker, given, said)
        if given:
            given.popleft().done = True
        self.todo.extendleft(reversed(given))

    def leave(self, worker: Worker) -> deque[_Block[T]]:
        """Stop watching a worker."""
        with suppress(KeyError):
            self.selector.unregister(worker.channel)
        return self.given.pop(worker)
