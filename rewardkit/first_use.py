"""The time of what a process loads once, such as tables, patterns and modules: no row is charged for it."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import ParamSpec, TypeVar

__all__ = ["first_use", "loading"]

P = ParamSpec("P")
T = TypeVar("T")


class _Loading(threading.local):
    """`with loading:` around what is loaded on first use; `seconds` is what that has taken in this thread so far."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._depth = 0
        self._begun = 0.0

    @property
    def now(self) -> bool:
        """Whether something is being loaded in this thread."""
        return self._depth > 0

    def __enter__(self) -> None:
        if not self._depth:
            self._begun = time.perf_counter()
        self._depth += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._depth -= 1
        if not self._depth:
            self.seconds += time.perf_counter() - self._begun


loading = _Loading()


def first_use(load: Callable[P, T]) -> Callable[P, T]:
    """Count the time of a function as loading; it stands under the cache, so that only what is not there yet is counted."""

    @functools.wraps(load)
    def loaded(*args: P.args, **kwargs: P.kwargs) -> T:
        with loading:
            return load(*args, **kwargs)

    return loaded
