"""Models in this process: each loaded once, on first use, and run by a thread of its own so that no event loop waits for it."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, TypeVar

from rewardkit.deadline import left_s
from rewardkit.errors import BadParameter, RewardKitError
from rewardkit.judges.client import Reply, Request

__all__ = ["DEADLINE_S", "Engine", "EngineClient", "Lost"]

DEADLINE_S = 3600.0

R = TypeVar("R")

_engines: dict[str, Engine] = {}
_lock = threading.Lock()


class Lost(Exception):
    """The engine died under a call; the next call starts it anew."""


class Engine:
    """A loaded model and the thread that alone touches it: calls wait in line.

    A start that failed is not tried again; its error is every call's error.
    """

    def __init__(self, start: Callable[[], Any], stop: Callable[[Any], None]) -> None:
        self._start = start
        self._stop = stop
        self._loaded: Any = None
        self._broken: Exception | None = None
        self._line: queue.SimpleQueue[tuple[Future[Any], Callable[[Any], Any]]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="rewardkit-engine", daemon=True).start()

    async def call(self, work: Callable[[Any], R]) -> R:
        """What `work` makes of the loaded model; cancelling takes back a call that has not begun."""
        future: Future[R] = Future()
        self._line.put((future, work))
        return await asyncio.wrap_future(future)

    def _run(self) -> None:
        while True:
            future, work = self._line.get()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work(self._model()))
                except Lost as cause:
                    self._loaded = None
                    future.set_exception(cause)
                except BaseException as cause:
                    future.set_exception(cause)
            del future, work  # or the last batch would live until the next

    def _model(self) -> Any:
        if self._broken:
            raise self._broken
        if self._loaded is None:
            try:
                self._loaded = self._start()
                # After `multiprocessing` has been imported, so before it waits for an engine's process that nobody ends.
                atexit.register(self._close, os.getpid())
            except Exception as cause:
                self._broken = cause
                raise
        return self._loaded

    def _close(self, owner: int) -> None:
        if self._loaded is not None and owner == os.getpid():
            self._stop(self._loaded)


class EngineClient:
    """What clients of in-process models have in common; a subclass says how one is started and asked.

    Clients of the same class, model and options share one engine, whichever judge they belong to. `deadline_s` is for all that
    one reward call waits for (`rewardkit.deadline`): what has not begun by then fails. `part` is how many requests at most are
    to be given at once, so that their replies are kept when a later one is interrupted; None gives all.
    """

    kind = ""
    part: int | None = None

    def __init__(self, model: str, *, deadline_s: float = DEADLINE_S, **options: Any) -> None:
        if not deadline_s > 0:
            message = f"deadline_s={deadline_s!r} must be above 0 seconds"
            raise BadParameter(message)
        self.model = model
        self.deadline_s = deadline_s
        self.options = options

    @property
    def name(self) -> str:
        """The kind of client and the model."""
        return f"{self.kind}:{self.model}"

    async def complete(self, requests: Sequence[Request], /) -> list[Reply]:
        """One reply a request, in order; the whole slice goes to the engine at once.

        Raises `MissingExtra` when the package is not installed, and its kin for options that cannot be used.
        """
        if not requests:
            return []
        if left_s(self.deadline_s) <= 0:
            return [Reply(failure=f"the deadline of {self.deadline_s:g} s passed before {self.name} came to it")] * len(requests)
        started = time.monotonic()
        try:
            replies = await self._engine().call(lambda model: self._divided(model, list(requests)))
        except RewardKitError:
            raise
        except Exception as cause:
            said = f"{self.name} did not start or broke: {type(cause).__name__}: {cause}"
            replies = [Reply(failure=said[:2000])] * len(requests)
        seconds = time.monotonic() - started
        return [replace(reply, seconds=seconds) for reply in replies]

    def _load(self) -> Any:
        """Load the model."""
        raise NotImplementedError

    def _unload(self, model: Any) -> None:
        """End what a loaded model started; called when the program ends."""

    def _run(self, model: Any, requests: Sequence[Request]) -> list[Reply]:
        """All the replies; raises when any of the requests cannot be taken."""
        raise NotImplementedError

    def _divided(self, model: Any, requests: list[Request]) -> list[Reply]:
        """All at once; when that fails, in halves, down to the rows that fail alone."""
        try:
            return self._run(model, requests)
        except Lost:
            raise
        except Exception as cause:
            if len(requests) == 1:
                return [Reply(failure=f"{self.name} refused the row: {type(cause).__name__}: {cause}"[:2000])]
        half = len(requests) // 2
        return self._divided(model, requests[:half]) + self._divided(model, requests[half:])

    def _engine(self) -> Engine:
        key = f"{type(self).__qualname__} {self.model} {_canonical(self.options)}"
        with _lock:
            engine = _engines.get(key)
            if engine is None:
                engine = _engines[key] = Engine(self._load, self._unload)
            return engine

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.model!r})"


def _canonical(options: Mapping[str, Any]) -> str:
    return json.dumps(options, sort_keys=True, default=repr)


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()
    _engines.clear()  # their threads stayed in the parent


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
