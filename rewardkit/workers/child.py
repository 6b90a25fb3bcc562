"""A worker's own side: reads chunks of samples, writes verdicts (`workers.frames`), and dies rather than hang."""

from __future__ import annotations

import faulthandler
import gc
import importlib
import json
import mmap
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import BinaryIO

from rewardkit import sandbox
from rewardkit.errors import MissingExtra, RewardKitError
from rewardkit.lifted import FunctionVerifier
from rewardkit.types import Sample, Status, Verdict
from rewardkit.workers import frames
from rewardkit.workers.frames import CELL, FRAME, NOT_STARTED, OUT_OF_MEMORY

FLUSH_S = 0.02
BACKSTOP_S = 5.0

Get = Callable[..., FunctionVerifier]

_to_json = json.JSONEncoder(separators=(",", ":"), default=str, check_circular=False).encode


def main(get: Get, channel: int, cell: int, timeout_s: float, memory_mb: int) -> None:
    """Serve chunks over the inherited descriptors until the parent goes away; `get` builds a verifier by its name."""
    frames.active = True
    sandbox.configure(1)  # workers are the parallelism
    for descriptor in (channel, cell):
        os.set_inheritable(descriptor, False)
    # A verifier may print: what it prints goes where people see it, never near the protocol.
    with suppress(OSError):
        os.dup2(2, 1)
    sys.stdout = sys.stderr
    try:
        _Child(get, channel, mmap.mmap(cell, CELL.size), timeout_s, memory_mb).serve()
    except OSError:
        pass  # the parent has gone
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    # Not a return: threads and exit handlers that a verifier left must not keep the process alive.
    os._exit(0)


class _Child:
    def __init__(self, get: Get, channel: int, cell: mmap.mmap, timeout_s: float, memory_mb: int) -> None:
        self.get = get
        self.channel = channel
        self.cell = cell
        self.memory_mb = memory_mb
        # Hung with the interpreter locked and its parent killed, only a C thread can still end this process.
        self.backstop_s = timeout_s + BACKSTOP_S
        self.armed_at = float("-inf")
        self.null = open(os.devnull, "w")  # noqa: SIM115 - for as long as the process lives
        self.work: dict[bytes, Callable[[bytes], None]] = {}
        self.warm: set[str] = set()

    def serve(self) -> None:
        with open(self.channel, "rb", buffering=1 << 16, closefd=False) as incoming:
            while payload := _read(incoming):
                header, body = payload.split(b"\n", 1)
                try:
                    work = self.work.get(header) or self.load(header)
                except MissingExtra as cause:  # no fault of the verifier's: it says what to install
                    self.send(_raised(cause))
                    continue
                except Exception as cause:  # told to the parent, which raises it where the user is
                    self.send(_to_json({"cannot": f"{type(cause).__name__}: {cause}"}).encode())
                    continue
                work(body)
                faulthandler.cancel_dump_traceback_later()
                self.armed_at = float("-inf")

    def load(self, header: bytes) -> Callable[[bytes], None]:
        """What answers the chunks of this header: of blocks what their module makes of it, of samples a verifier."""
        wanted = json.loads(header)
        # What loading takes, in time and memory, belongs to the worker and not to the first sample.
        _limit_memory(None)
        module = importlib.import_module(wanted["module"])
        if "blocks" in wanted:
            work = partial(self.reply, module.in_worker(wanted["blocks"], self.watched))
        else:
            verifier = self.get(wanted["name"], **wanted["parameters"])
            self.warm_up(verifier)
            work = partial(self.check, verifier)
        _limit_memory(self.memory_mb)
        gc.freeze()  # what was loaded stays: no collection need walk through all of sympy again
        self.work[header] = work
        return work

    def warm_up(self, verifier: FunctionVerifier) -> None:
        """Bring in what the verifier's module imports late."""
        module = sys.modules[verifier.spec.function.__module__]
        if hasattr(module, "warm_up"):
            module.warm_up()
            return
        columns = dict.fromkeys((*verifier.requires, "answer"), "1")  # an easy sample calls for what others do
        with suppress(RewardKitError):
            _answer(verifier, Sample(0, "", r"The answer is \boxed{1}.", columns))

    def watched(self, verifier: FunctionVerifier, samples: Iterable[Sample]) -> Iterator[Sample]:
        """The samples, the clock of each of them starting when it is taken."""
        if verifier.isolated and verifier.name not in self.warm:  # the others are warm with their modules
            self.pause()
            _limit_memory(None)
            self.warm_up(verifier)
            _limit_memory(self.memory_mb)
            self.warm.add(verifier.name)
        for sample in samples:
            self.begin(time.monotonic(), 0)
            yield sample

    def begin(self, now: float, place: int) -> None:
        """Start the clock of a sample."""
        if now - self.armed_at > 1:  # arming starts a thread: too dear for every sample
            faulthandler.dump_traceback_later(self.backstop_s, exit=True, file=self.null)
            self.armed_at = now
        CELL.pack_into(self.cell, 0, now, place)

    def pause(self) -> None:
        """Stop the clock. The time is written as well, because the parent may see it a moment before the place."""
        CELL.pack_into(self.cell, 0, time.monotonic(), NOT_STARTED)

    def reply(self, answer: Callable[[bytes], bytes], body: bytes) -> None:
        """Answer a block; an empty answer has the parent do it where each sample is watched for itself."""
        self.begin(time.monotonic(), 0)
        try:
            said = answer(body)
        except RewardKitError as cause:
            said = _raised(cause)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        except BaseException:  # there it is told whose fault this was
            said = b""
        self.pause()
        self.send(said)

    def check(self, verifier: FunctionVerifier, body: bytes) -> None:
        done: list[str] = []
        now = flushed_at = time.monotonic()
        CELL.pack_into(self.cell, 0, now, 0)  # a sample too large to be read comes alone: reading is on its clock
        try:
            for place, row in enumerate(json.loads(body)):
                self.begin(now, place)
                done.append(_answer(verifier, Sample(*row)))
                now = time.monotonic()
                if now - flushed_at > FLUSH_S:
                    self.flush(done)
                    flushed_at = now
            self.flush(done)
        except RewardKitError as cause:  # the call is wrong, not the row
            self.flush(done)
            self.send(_raised(cause))
        except (MemoryError, RuntimeError):  # RuntimeError: no memory for the backstop's thread
            self.flush(done)
            os._exit(OUT_OF_MEMORY)

    def flush(self, done: list[str]) -> None:
        if done:
            self.send(f"[{','.join(done)}]".encode())
            done.clear()

    def send(self, payload: bytes) -> None:
        left = memoryview(FRAME.pack(len(payload)) + payload)
        while left:
            left = left[os.write(self.channel, left) :]


def _read(incoming: BinaryIO) -> bytes:
    """The next frame; empty at the end of the stream."""
    head = incoming.read(FRAME.size)
    return incoming.read(FRAME.unpack(head)[0]) if len(head) == FRAME.size else b""


def _raised(cause: RewardKitError) -> bytes:
    known = next(kind.__name__ for kind in type(cause).__mro__ if kind.__module__ == RewardKitError.__module__)
    return _to_json({"raised": known, "text": str(cause)}).encode()


def _answer(verifier: FunctionVerifier, sample: Sample) -> str:
    """One verdict as JSON; raises MemoryError at the limit, and what the library raises on purpose."""
    try:
        verdict = verifier.check(sample)
    except (MemoryError, RewardKitError):
        raise
    except BaseException as cause:  # sys.exit() in a verifier is a bug of its author, not a dead worker
        verdict = Verdict.raised(cause, verifier.name)
    if verdict.status is Status.ERROR:
        error = str(verdict.info.get("error"))
        if error.endswith("MemoryError"):
            raise MemoryError
        if error == "RecursionError" and verifier.isolated:
            # Depth is a limit like time and memory, and text alone can reach it: a score, or training will find it.
            verdict = Verdict(0.0, Status.SCORED, "too_complex", {"cause": "nested too deeply"}, verifier.name)
    message = [verdict.score, verdict.status, verdict.reason, verdict.info, verdict.verifier, verdict.seconds]
    try:
        return _to_json(message)
    except (TypeError, ValueError, RecursionError) as cause:
        # The score was decided; only what explains it cannot be written.
        message[3] = {"unwritable": str(cause)}
        return _to_json(message)


def _limit_memory(megabytes: int | None) -> None:
    """Allow this process so much above what it holds now; None lifts the limit."""
    try:
        import resource

        with open("/proc/self/statm", "rb") as stream:
            pages = [int(field) for field in stream.read().split()]
    except (ImportError, OSError):
        return  # not Linux: no limit that the kernel would honour
    # Data is what was really allocated. Address space also counts libraries mapped later and reservations, so it
    # is only the wide net for kernels that do not enforce the former.
    for limit, base, share in ((resource.RLIMIT_DATA, pages[5], 1), (resource.RLIMIT_AS, pages[0], 4)):
        hard = resource.getrlimit(limit)[1]
        soft = hard if megabytes is None else base * resource.getpagesize() + share * megabytes * 2**20
        if hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
        resource.setrlimit(limit, (soft, hard))
