"""How tests wait for what must happen: as long as it takes. No test asserts wall time.

The bounds here are no claims about speed. A loaded machine never reaches them; they only turn a hang into a failure. What
must not grow without bound is asked for its CPU time, of the cheapest of several runs: a neighbour on the core and a pass of
the garbage collector over the whole test run are counted as ours, and neither comes every time.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

HANG_S = 300.0  # for one wait
TEST_S = 1200.0  # for one test
RUNS = 5  # of a piece of work whose CPU time is bounded
NEVER_S = 86_400.0  # for a limit of ours that a test shows not to be what ended something
DEEP = "REWARDKIT_TEST_DEEP"  # set by `make test-deep`
FEWEST = 10

Item = TypeVar("Item")


def deep() -> bool:
    """Whether this is the deep run."""
    return bool(os.environ.get(DEEP))


def examples(count: int) -> int:
    """How many examples a property is tried with: a quarter of `count`, or ten times as many in the deep run."""
    return count * 10 if deep() else max(count // 4, FEWEST)


def each(step: int, items: Sequence[Item], first: int = 0) -> Sequence[Item]:
    """Each `step`-th of the items from the `first` on, or all of them in the deep run."""
    return items if deep() else items[first::step]


def least_cpu_s(work: Callable[[], object], within: float = 0.0, *, first_as_it_is: bool = False) -> float:
    """CPU seconds of the cheapest run of `work`, which runs again, `RUNS` times at most, until one is below `within`.

    What an earlier run has read is forgotten; tables stay. Forgetting costs more than small work, so that the first run of
    thousands of those is made as things are.
    """
    least = float("inf")
    for run in range(RUNS):
        if run or not first_as_it_is:
            forget()
        start = time.process_time()
        work()
        least = min(least, time.process_time() - start)
        if least < within:
            break
    return least


def forget() -> None:
    """Empty every cache of texts that the package keeps; a cache of one entry holds a table."""
    for name in [name for name in sys.modules if name.startswith("rewardkit")]:
        for thing in list(vars(sys.modules[name]).values()):
            if hasattr(thing, "cache_parameters") and (thing.cache_parameters()["maxsize"] or 0) > 1:
                thing.cache_clear()


def wait_until(true: Callable[[], object], pause_s: float = 0.01) -> None:
    """Look again and again until it is true."""
    limit = time.monotonic() + HANG_S
    while not true():
        if time.monotonic() > limit:
            raise TimeoutError(f"a hang: it did not come true within {HANG_S:g} s")
        time.sleep(pause_s)
