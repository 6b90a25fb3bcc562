"""Which of several servers gets the next request, and how long one that fails is left alone.

A server that cannot be reached is benched at once; a fault that a single row may have caused (a 500, a timeout, a broken
body) benches only when several come in a row. After the bench one request goes ahead as a probe: a success lets the
rest follow, a failure doubles the bench.
"""

from __future__ import annotations

import enum
import math
import random
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["Blame", "Endpoint", "Endpoints", "Fault", "Outage"]

STRIKES = 3  # faults in a row that a row may have caused, before the server is to blame
BENCH_S = 0.25
LONGEST_BENCH_S = 30.0


class Blame(enum.Enum):
    """What a failed attempt says about the server it went to."""

    ROW = "the server works, and will not take this row"
    EITHER = "the row or the server; another attempt may succeed"
    SERVER = "no row would have fared better"
    SETUP = "the server refuses whatever comes, until its set-up or ours changes"
    BUSY = "the server works, and says how long to wait"


@dataclass(frozen=True, slots=True)
class Fault:
    """One failed attempt: the text that goes into `Reply.failure`, whom to blame, and how long the server asks to wait."""

    text: str
    blame: Blame
    wait_s: float = 0.0


@dataclass(eq=False)
class Endpoint:
    """One server: its address, what is known of it, and how it fares."""

    url: str
    model: str | None = None
    refuses: set[str] = field(default_factory=set)  # kinds of structured output whose fields it does not take
    in_flight: int = 0
    strikes: int = 0  # faults since the last success
    benches: int = 0  # times it was benched since
    resume_at: float = 0.0
    down_since: float | None = None
    fault: Fault | None = None


class Outage(NamedTuple):
    """No server can be had: for how many seconds, how many until the first may be tried again, and what they said last."""

    down_s: float
    wait_s: float
    text: str


class Endpoints:
    """Servers of the same model, safe to use from several threads."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.all = [Endpoint(url) for url in urls]
        self._lock = threading.Lock()

    def take(self, avoid: Collection[Endpoint] = ()) -> Endpoint | None:
        """The one with the fewest requests under way, one to avoid only if no other can be had; None when all are benched.

        Whoever takes one gives it back with `done`.
        """
        with self._lock:
            now = time.monotonic()
            ready = [one for one in self.all if now >= one.resume_at and (one.down_since is None or not one.in_flight)]
            if not ready:
                return None
            chosen = min(ready, key=lambda one: (one in avoid, one.in_flight, random.random()))
            chosen.in_flight += 1
            return chosen

    def done(self, endpoint: Endpoint, fault: Fault | None) -> None:
        """Give an endpoint back, with what went wrong if anything did."""
        with self._lock:
            endpoint.in_flight -= 1
            if fault is None or fault.blame is Blame.ROW:
                endpoint.strikes, endpoint.benches, endpoint.down_since = 0, 0, None
                return
            endpoint.fault = fault
            now = time.monotonic()
            if now < endpoint.resume_at and fault.blame is not Blame.BUSY:
                return  # of many that fail together one counts
            if fault.blame is Blame.BUSY:
                endpoint.resume_at = max(endpoint.resume_at, now + fault.wait_s)
                return
            endpoint.strikes += 1
            if fault.blame is Blame.SETUP:
                endpoint.down_since = -math.inf
            elif endpoint.down_since is None and (fault.blame is Blame.SERVER or endpoint.strikes >= STRIKES):
                endpoint.down_since = now
            if endpoint.down_since is not None:
                bench_s = min(BENCH_S * 2.0 ** min(endpoint.benches, 16), LONGEST_BENCH_S)
                endpoint.benches += 1
                endpoint.resume_at = now + bench_s * random.uniform(0.5, 1.0)

    def pause(self, endpoint: Endpoint, seconds: float) -> None:
        """Ask nothing of it for so long: its rate limit is used up."""
        with self._lock:
            endpoint.resume_at = max(endpoint.resume_at, time.monotonic() + seconds)
            endpoint.fault = Fault(f"{endpoint.url} has used up its rate limit for {seconds:g} s", Blame.BUSY)

    def release(self, endpoint: Endpoint) -> None:
        """Give an endpoint back whose attempt was called off, which says nothing about it."""
        with self._lock:
            endpoint.in_flight -= 1

    def outage(self) -> Outage:
        """How long all have been down and what they said last.

        None counts as down while it is being probed: its answer may be seconds away.
        """
        with self._lock:
            now = time.monotonic()
            benched = all(one.down_since is not None and now < one.resume_at for one in self.all)
            down_s = min(now - (one.down_since or 0.0) for one in self.all) if benched else 0.0
            wait_s = max(min(one.resume_at for one in self.all) - now, 0.0)
            said = dict.fromkeys(one.fault.text for one in self.all if one.fault)
            return Outage(down_s, wait_s, "; ".join(said))
