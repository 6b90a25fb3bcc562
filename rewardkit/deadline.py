"""One clock for everything that a call waits for: it starts when the call first waits, and deadlines count from there.

So two judges that are asked one after the other share one deadline, and rules that compute before them take nothing from it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ["left_s", "one_call", "one_step", "this_step"]


@dataclass(eq=False)
class _Call:
    started: float | None = None  # when something first waited


class _Step:
    """Stands for calls that are one step."""


_call: ContextVar[_Call | None] = ContextVar("rewardkit_call", default=None)
_step: ContextVar[_Step | None] = ContextVar("rewardkit_step", default=None)


@contextmanager
def one_call() -> Iterator[None]:
    """Within it all deadlines count from one moment; inside another call that call's moment stays."""
    if _call.get() is not None:
        yield
        return
    token = _call.set(_Call())
    try:
        yield
    finally:
        _call.reset(token)


@contextmanager
def one_step() -> Iterator[None]:
    """Within it all calls are one step, for what is limited by the step; each has its own moment for deadlines."""
    token = _step.set(_Step())
    try:
        yield
    finally:
        _step.reset(token)


def this_step() -> object | None:
    """What stands for the step under way, the same in all of its threads and tasks: a call, or what `one_step` holds together.

    None outside of both.
    """
    return _step.get() or _call.get()


def left_s(deadline_s: float) -> float:
    """Seconds until `deadline_s` after this call first waited, which is now unless it has; not below 0.

    Outside a call nothing is shared: all of `deadline_s` is left.
    """
    call, now = _call.get(), time.monotonic()
    if call is None:
        return deadline_s
    if call.started is None:
        call.started = now
    return max(deadline_s - (now - call.started), 0.0)
