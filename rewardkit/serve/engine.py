"""The bounded queue before the verifiers: first come, first served, and no promise that cannot be kept.

A request that cannot be scored soon is refused at once, because a queue that only grows serves nobody in time. A slot belongs to
the thread that scores, not to the request: one whose time is over is answered, and its slot is free when its thread is.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Sequence

from rewardkit import dispatch
from rewardkit.compose import waits
from rewardkit.serve.bodies import Refused
from rewardkit.serve.limits import Limits
from rewardkit.serve.metrics import Metrics
from rewardkit.types import Judge, Sample, Verdict, Verifier

__all__ = ["Engine"]

LONGEST_RETRY_S = 30

log = logging.getLogger("rewardkit.serve")


class Engine:
    """Scores samples by one verifier, `limits.running` requests at a time, with `limits.waiting` more in line."""

    def __init__(self, verifier: Verifier | Judge, limits: Limits, metrics: Metrics) -> None:
        self.verifier = verifier
        self.limits = limits
        self.metrics = metrics
        self.running = 0
        self.warm = False
        self._line: deque[asyncio.Future[None]] = deque()
        self._pace_s = 0.1  # a request, smoothed; the first guess is forgotten soon

    @property
    def waiting(self) -> int:
        """Requests in line."""
        return len(self._line)

    @property
    def full(self) -> bool:
        """Whether the next request would be refused."""
        return self.running >= self.limits.running and self.waiting >= self.limits.waiting

    @property
    def retry_after_s(self) -> int:
        """A guess at when there will be room, in whole seconds from 1."""
        ahead = (self.waiting + self.running) / self.limits.running
        return max(1, min(math.ceil(ahead * self._pace_s), LONGEST_RETRY_S))

    async def score(self, samples: Sequence[Sample]) -> list[Verdict]:
        """One verdict a sample; `Refused` with 429 when the line is full and with 504 when time is over."""
        end = time.monotonic() + self.limits.timeout_s
        await self._turn(end)
        started = time.monotonic()
        try:
            future, call_off = dispatch.start(self.verifier, samples)
        except BaseException:
            self._done()
            raise
        scored = asyncio.wrap_future(future)

        def free(ended: asyncio.Future[list[Verdict]]) -> None:
            self._done(time.monotonic() - started)
            if not ended.cancelled():
                ended.exception()  # seen, also when nobody waits for it any more

        scored.add_done_callback(free)
        try:
            done, _ = await asyncio.wait({scored}, timeout=max(0.0, end - time.monotonic()))
        except asyncio.CancelledError:
            call_off()
            raise
        if not done:
            call_off()
            raise self._too_late("scoring")
        cause = scored.exception()
        if cause is not None and not isinstance(cause, Exception):  # sys.exit() in a verifier ends its request, not the service
            message = f"the verifier ended with {type(cause).__name__}"
            raise RuntimeError(message) from cause
        return scored.result()

    async def warm_up(self) -> None:
        """Have the rules load what they load late, so that no request pays for it."""
        rules = getattr(
            self.verifier, "rule", None if waits(self.verifier) else self.verifier
        )  # a judge is not asked for nothing
        easy = [("2", "2"), ("x^2", "$x^2$"), ("A", "A"), ("a word", "a word")]
        samples = [Sample(i, "", completion, {"answer": answer}) for i, (answer, completion) in enumerate(easy)]
        try:
            if rules is not None:
                await asyncio.wrap_future(dispatch.start(rules, samples)[0])
        except Exception as cause:  # whatever is wrong, requests will say so, and in which row
            log.debug("warming up failed: %s: %s", type(cause).__name__, cause)
        self.warm = True

    async def _turn(self, end: float) -> None:
        if self.running < self.limits.running:
            self.running += 1
            self.metrics.load(self.running, self.waiting)
            return
        if self.full:
            seconds = self.retry_after_s
            message = f"{self.running} requests are scored and {self.waiting} wait; try again in {seconds} s"
            raise Refused(429, message, retry_after_s=seconds)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        self.metrics.load(self.running, self.waiting)
        try:
            await asyncio.wait({turn}, timeout=max(0.0, end - time.monotonic()))
        except asyncio.CancelledError:
            self._leave(turn)
            raise
        if not turn.done():
            self._leave(turn)
            raise self._too_late("waiting")

    def _leave(self, turn: asyncio.Future[None]) -> None:
        """Give up a place in line, or the slot if it has just been given."""
        if turn.done():
            self._done()
        else:
            self._line.remove(turn)
            self.metrics.load(self.running, self.waiting)

    def _done(self, seconds: float | None = None) -> None:
        if seconds is not None:
            self._pace_s += 0.2 * (seconds - self._pace_s)
        if self._line:
            self._line.popleft().set_result(None)  # the slot goes to the next in line
        else:
            self.running -= 1
        self.metrics.load(self.running, self.waiting)

    def _too_late(self, what: str) -> Refused:
        message = f"{what} took longer than {self.limits.timeout_s:g} s; send fewer rows at a time, or raise --timeout-s"
        return Refused(504, message)
