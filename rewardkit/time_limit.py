"""A limit of seconds for every row of a reward, held by worker processes that are its own."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rewardkit import dispatch, registry
from rewardkit.errors import BadParameter, RewardKitError
from rewardkit.lifted import AsyncFunctionVerifier, FunctionVerifier
from rewardkit.types import Judge, Verifier
from rewardkit.workers import Workers
from rewardkit.workers.frames import header

__all__ = ["TimeLimit"]


class TimeLimit:
    """Within `held`, no rule gets more than so many seconds for a row.

    A row over the limit is tried once more, alone in a fresh worker, and then scores 0 with `timeout`. Judges and what waits on
    processes of its own (`code.python`) keep limits of their own. Raises `BadParameter` for a number that is not positive, and
    for rules that a worker process cannot import: what cannot be held must not look held.
    """

    def __init__(self, seconds: float, verifier: Verifier | Judge) -> None:
        if not seconds > 0:
            message = f"time_limit_s={seconds!r} must be greater than 0; leave it out for no limit"
            raise BadParameter(message)
        self.seconds = seconds
        for rule in rules_of(verifier):
            _can_be_held(rule)
        self._start()

    def _start(self) -> None:
        self._lock = threading.Lock()
        self._workers: Workers | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"seconds": self.seconds}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.seconds = state["seconds"]
        self._start()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Rules that are called in this context run in the limit's workers, which start with the first one."""
        with self._lock:
            if self._workers is None or self._workers.closed:
                self._workers = Workers(timeout_s=self.seconds)
                weakref.finalize(self, self._workers.close)
        with dispatch.over_workers(fewest=1, pool=self._workers):
            yield


def rules_of(verifier: object) -> Iterator[FunctionVerifier | AsyncFunctionVerifier]:
    """The functions of one sample that a verifier is made of, however it holds them."""
    if isinstance(verifier, (FunctionVerifier, AsyncFunctionVerifier)):
        yield verifier
    elif not hasattr(verifier, "averify"):
        for value in list(getattr(verifier, "__dict__", {}).values()):
            held = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else [value]
            for part in held:
                if hasattr(part, "verify") or isinstance(part, AsyncFunctionVerifier):
                    yield from rules_of(part)


def _can_be_held(rule: FunctionVerifier | AsyncFunctionVerifier) -> None:
    if isinstance(rule, AsyncFunctionVerifier):
        message = f"time_limit_s cannot hold {rule.name!r}, which is async; bound what it waits for by asyncio.wait_for"
        raise BadParameter(message)
    try:
        header(rule)
        if registry.spec(rule.name) is not rule.spec:
            message = "another function has that name"
            raise BadParameter(message)
    except RewardKitError as cause:
        message = (
            f"time_limit_s runs rules in worker processes, which cannot get {rule.name!r} by its name: {cause}. Register it in a "
            'module of its own: @rewardkit.verifier("family.thing")'
        )
        raise BadParameter(message) from cause
