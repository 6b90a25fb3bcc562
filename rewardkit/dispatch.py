"""The one place where inline, process and async slices meet.

Rules run here and now; isolated ones in `workers.shared()`; those that wait on processes of their own in threads, side by side;
judges as coroutines on an event loop in a thread of ours; whatever else holds remote work in a thread, so that waiting
overlaps with computing. One bad row never stops a run: a verifier that raises is asked again row by row, and the rows that
raise get error verdicts. What the library raises on purpose (a missing column, too many errors, no worker) goes through.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import partial
from itertools import repeat
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from rewardkit.deadline import one_call
from rewardkit.errors import RewardKitError, UsageError, WrongLength
from rewardkit.lifted import FunctionVerifier
from rewardkit.types import Judge, Sample, Verdict, Verifier

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from concurrent.futures import Future

    from rewardkit.workers import Workers

__all__ = ["arun", "arun_all", "over_workers", "run", "run_all", "start", "watch"]

Slice = tuple["Verifier | Judge", Sequence[Sample]]
T = TypeVar("T")

GLANCE_S = 0.1  # longest wait before a look at whether an outer call was cancelled
HEAD_START_S = 0.05  # for judges to send what they ask before rules compute and hold the interpreter
IDLE_THREADS = 128  # kept for later calls
SIDE_BY_SIDE = 16  # rows that wait on processes of their own
SPREAD_SAMPLES = 32  # fewer are done here sooner than sent away

_ONLY_VERDICTS = frozenset([Verdict])

_watched: Callable[[FunctionVerifier, Iterable[Sample]], Iterator[Sample]] | None = None
_lock = threading.Lock()
_idle: list[SimpleQueue[Callable[[], Callable[[], None]]]] = []  # one a thread that waits for work

_spread: ContextVar[int | None] = ContextVar("rewardkit_spread", default=None)
_pool: ContextVar[Workers | None] = ContextVar("rewardkit_pool", default=None)
_stopped: ContextVar[Callable[[], bool]] = ContextVar("rewardkit_stopped", default=lambda: False)
_depth: ContextVar[int] = ContextVar("rewardkit_depth", default=0)


def run(verifier: Verifier | Judge, samples: Sequence[Sample], /) -> list[Verdict]:
    """One verdict a sample, in the same order, from any thread, inside an event loop or not.

    Raises `UsageError` and its kin for a call that is wrong, `WrongLength` for a verifier that answers for more
    or fewer rows than it was given, `WorkerStartError` when no worker can be started.
    """
    return _inline(verifier, samples) if _stays(verifier, samples) else run_all([(verifier, samples)])[0]


def is_here(verifier: Verifier | Judge, samples: Sequence[Sample]) -> bool:
    """Whether a verifier is a function of one sample that runs in this thread, so that it may be asked row by row."""
    return isinstance(verifier, FunctionVerifier) and _stays(verifier, samples)


def check(verifier: Verifier, sample: Sample) -> Verdict:
    """The verdict on one sample of what `is_here`, without another look at whether it may run elsewhere."""
    return _inline(verifier, [sample])[0]


def run_all(slices: Sequence[Slice], /) -> list[list[Verdict]]:
    """The verdicts of every slice, in order; slices that wait overlap with those that compute."""
    if all(_stays(verifier, samples) for verifier, samples in slices):
        return [_inline(verifier, samples) for verifier, samples in slices]  # type: ignore[arg-type]  # no judge stays
    batch = _Batch()
    try:
        with one_call():
            return batch.run(slices)
    except BaseException:
        batch.cancel()
        raise


async def arun(verifier: Verifier | Judge, samples: Sequence[Sample], /) -> list[Verdict]:
    """Like `run`, without blocking the running event loop; cancelling it ends workers and judges under way."""
    return (await arun_all([(verifier, samples)]))[0]


async def arun_all(slices: Sequence[Slice], /) -> list[list[Verdict]]:
    """Like `run_all`, without blocking the running event loop."""
    import asyncio

    stop = threading.Event()
    try:
        return await asyncio.wrap_future(_in_thread(partial(run_all, slices), stop))
    finally:
        stop.set()


def start(verifier: Verifier | Judge, samples: Sequence[Sample], /) -> tuple[Future[list[Verdict]], Callable[[], None]]:
    """Like `run`, in a thread of its own: a future, and what calls it off.

    Called off, workers and judges under way end; a rule that computes in the thread does not. The future is done when
    the thread is.
    """
    stop = threading.Event()
    return _in_thread(partial(run, verifier, samples), stop), stop.set


@contextmanager
def over_workers(fewest: int = SPREAD_SAMPLES, pool: Workers | None = None) -> Iterator[None]:
    """Within it, every registered function that workers can import runs in `workers.shared()`, isolated or not.

    Slices of functions that are not isolated stay here when they have fewer than `fewest` samples. With a `pool` all run in that
    one, for its limits, and what workers cannot import raises `BadParameter`.
    """
    tokens = _spread.set(fewest), _pool.set(pool)
    try:
        yield
    finally:
        _spread.reset(tokens[0])
        _pool.reset(tokens[1])


def watch(watched: Callable[[FunctionVerifier, Iterable[Sample]], Iterator[Sample]] | None) -> None:
    """Have every registered function that runs in this process take its samples from `watched`, from now on; for workers."""
    global _watched
    _watched = watched


class _Batch:
    """Slices under way together: it ends with all of them done, or with the rest called off."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.futures: dict[int, Future[list[Verdict]]] = {}
        self.threads: list[Future[list[Verdict]]] = []

    def run(self, slices: Sequence[Slice]) -> list[list[Verdict]]:
        results: list[list[Verdict]] = [[] for _ in slices]
        here: list[tuple[int, Callable[[], list[Verdict]]]] = []
        apart: list[tuple[int, Callable[[], list[Verdict]]]] = []
        for place, (verifier, samples) in enumerate(slices):
            if not samples:
                continue
            if hasattr(verifier, "averify"):
                self.futures[place] = _on_loop(partial(_judge, verifier, samples))  # type: ignore[arg-type]
            elif isinstance(verifier, FunctionVerifier) and _goes_to_workers(verifier, samples):
                apart.append((place, partial(_in_workers, verifier, samples)))
            elif getattr(verifier, "remote", False) or getattr(verifier, "waits", False):
                apart.append((place, partial(_inline, verifier, samples)))
            else:
                here.append((place, partial(_inline, verifier, samples)))
        asked = list(self.futures.values()) if here else []
        if not here and apart:
            here.append(apart.pop())  # this thread would only wait
        for place, work in apart:
            self.futures[place] = _in_thread(work, self.stop)
            self.threads.append(self.futures[place])
        if asked:
            from concurrent.futures import wait

            wait(asked, HEAD_START_S)
        for place, work in here:
            results[place] = work()
        self.wait()
        for place, future in self.futures.items():
            results[place] = future.result()
        return results

    def wait(self) -> None:
        """Until all are done, one has failed, or an outer call is called off."""
        if not self.futures:
            return
        from concurrent.futures import FIRST_EXCEPTION, CancelledError, wait

        stopped = _stopped.get()
        pending = set(self.futures.values())
        while pending:
            done, pending = wait(pending, GLANCE_S, FIRST_EXCEPTION)
            for future in done:
                future.result()
            if stopped():
                raise CancelledError

    def cancel(self) -> None:
        """Call off what is still under way; workers are gone and coroutines cancelled when this returns."""
        if not self.futures:
            return
        from concurrent.futures import wait

        self.stop.set()
        for future in self.futures.values():
            future.cancel()
        wait(self.threads, timeout=10 * GLANCE_S)


def _stays(verifier: Verifier | Judge, samples: Sequence[Sample]) -> TypeGuard[Verifier]:
    """Whether a slice is computed here and now, with nothing to wait for."""
    if isinstance(verifier, FunctionVerifier):
        return not verifier.spec.waits and not _goes_to_workers(verifier, samples)
    return not getattr(verifier, "remote", False) and not hasattr(verifier, "averify")


def _goes_to_workers(verifier: FunctionVerifier, samples: Sequence[Sample]) -> bool:
    fewest = _spread.get()
    spec = verifier.spec
    if spec.waits or (not spec.isolated and fewest is None):
        return False
    from rewardkit import workers  # below us, and late because most rewards never start a process
    from rewardkit.workers import frames

    if frames.active:
        return False  # this is a worker: its limits hold already
    if spec.isolated or _pool.get() is not None:
        return True
    return fewest is not None and len(samples) >= fewest and workers.sendable(verifier)


def _in_workers(verifier: FunctionVerifier, samples: Sequence[Sample]) -> list[Verdict]:
    from rewardkit import workers

    return (_pool.get() or workers.shared()).run(verifier, samples, cancelled=_stopped.get())


def _inline(verifier: Verifier, samples: Sequence[Sample]) -> list[Verdict]:
    if not samples:
        return []
    if isinstance(verifier, FunctionVerifier):
        if verifier.spec.waits:
            return _side_by_side(verifier, samples)
        # It guards each row itself.
        return [verifier.check(sample) for sample in (samples if _watched is None else _watched(verifier, samples))]
    try:
        return _checked(verifier, samples, verifier.verify(samples))
    except RewardKitError:
        raise
    except Exception as cause:
        if len(samples) == 1:
            return [Verdict.raised(cause, _name(verifier))]
        return [_inline(verifier, [sample])[0] for sample in samples]


def _side_by_side(verifier: FunctionVerifier, samples: Sequence[Sample]) -> list[Verdict]:
    """The verdicts of rows that wait on processes of their own, several rows at a time."""
    from concurrent.futures import FIRST_EXCEPTION, CancelledError, wait

    verdicts: dict[int, Verdict] = {}
    rows = iter(enumerate(samples))
    stop, taking, stopped = threading.Event(), threading.Lock(), _stopped.get()

    def work() -> None:
        while not stop.is_set():
            with taking:
                place, sample = next(rows, (-1, None))
            if sample is None:
                return
            verdicts[place] = verifier.check(sample)

    # In a worker the clock of a sample starts anew with each look: these rows have limits of their own.
    clock = None if _watched is None else _watched(verifier, repeat(samples[0]))
    pending: set[Future[None]] = {_in_thread(work, stop) for _ in range(min(len(samples), SIDE_BY_SIDE))}
    try:
        while pending:
            if clock is not None:
                next(clock)
            done, pending = wait(pending, GLANCE_S, FIRST_EXCEPTION)
            for future in done:
                future.result()
            if stopped():
                raise CancelledError
    finally:
        stop.set()
    return [verdicts[place] for place in range(len(samples))]


async def _judge(judge: Judge, samples: Sequence[Sample]) -> list[Verdict]:
    import asyncio

    try:
        return _checked(judge, samples, await judge.averify(samples))
    except RewardKitError:
        raise
    except Exception as cause:
        if len(samples) == 1:
            return [Verdict.raised(cause, _name(judge))]
    rows = [asyncio.ensure_future(_judge(judge, [sample])) for sample in samples]
    try:
        return [verdicts[0] for verdicts in await asyncio.gather(*rows)]
    finally:
        for row in rows:
            row.cancel()


def _checked(verifier: Verifier | Judge, samples: Sequence[Sample], verdicts: Any) -> list[Verdict]:
    if type(verdicts) is list and len(verdicts) == len(samples) and _ONLY_VERDICTS.issuperset(map(type, verdicts)):
        return verdicts
    rows = verdicts if isinstance(verdicts, (list, tuple)) else [verdicts]
    strangers = {type(row).__name__ for row in rows if not isinstance(row, Verdict)}
    if strangers or rows is not verdicts:
        message = f"{_name(verifier)} answered with {' and '.join(sorted(strangers)) or 'one Verdict'}; "
        message += "it must return a list of Verdict, one a sample"
        raise UsageError(message)
    if len(rows) != len(samples):
        raise WrongLength(f"the result of {_name(verifier)}", len(rows), len(samples))
    return list(rows)


def _name(verifier: object) -> str:
    return str(getattr(verifier, "name", type(verifier).__name__))


def _in_thread(work: Callable[[], T], stop: threading.Event) -> Future[T]:
    """Run it in a daemon thread, where whoever looks sees that `stop` is set.

    Threads are kept for later calls, because FLINT keeps memory for every thread that ever was. It is no pool of threads:
    there is always one more, so that calls that nest cannot use them up, and none is joined at exit, where one that hangs
    would hold us.
    """
    from concurrent.futures import Future

    future: Future[T] = Future()
    future.set_running_or_notify_cancel()
    context, outer = copy_context(), _stopped.get()

    def body() -> Callable[[], None]:
        _stopped.set(lambda: stop.is_set() or outer())
        try:
            return partial(future.set_result, work())
        except BaseException as cause:
            return partial(future.set_exception, cause)

    with _lock:
        inbox = _idle.pop() if _idle else None
    if inbox is None:
        inbox = SimpleQueue()
        threading.Thread(target=_serve, args=(inbox,), name="rewardkit-slice", daemon=True).start()
    inbox.put(partial(context.run, body))
    return future


def _serve(inbox: SimpleQueue[Callable[[], Callable[[], None]]]) -> None:
    """The life of a thread: work, be ready for more, and only then tell, so that who is told finds it ready."""
    while True:
        tell = inbox.get()()
        with _lock:
            kept = len(_idle) < IDLE_THREADS
            if kept:
                _idle.append(inbox)
        tell()
        del tell  # the result is not ours to keep
        if not kept:
            return


# Judges called from inside a judge run one loop deeper. A call only ever waits for deeper loops than its own, so
# none can wait for itself, and a judge always meets the same loop that its connections belong to.
_loops: list[AbstractEventLoop] = []


def _on_loop(make: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
    import asyncio

    depth = _depth.get()
    with _lock:
        while len(_loops) <= depth:
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="rewardkit-judges", daemon=True).start()
            _loops.append(loop)

    async def body() -> T:
        _depth.set(depth + 1)
        return await make()

    return asyncio.run_coroutine_threadsafe(body(), _loops[depth])


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()
    _loops.clear()  # their threads stayed in the parent
    _idle.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
