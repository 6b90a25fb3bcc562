"""What runs inside of the sandbox: a keeper, and for each run a chain of processes that ends with the code itself.

| process | what it does | what it may not do |
|---|---|---|
| keeper | first process of bubblewrap's namespaces; takes one run at a time from the socket, ends whatever a run leaves | – |
| teller | one a run, first in namespaces of its own (user, processes, IPC); starts a process a test, tells what it came to | – |
| test | one a test; closes the socket, sets limits and a filter, and only then sees the code | start processes, open sockets |

Nothing here is a secret and no expected value ever comes in: what a test puts out is compared outside. The keeper reads a run's
nonce only when every process of the run is gone, and says it back, so that a run that did not end cannot seem to have.
"""

from __future__ import annotations

import _json
import atexit
import bisect
import collections
import contextlib
import ctypes
import functools
import gc
import heapq
import io
import itertools
import math
import os
import random
import re
import resource
import select
import signal
import string
import sys
import threading
import time
import traceback
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x08000000, 0x10000000, 0x20000000
SIGCHLD = 17
_CLONE = {"x86_64": 56, "aarch64": 220}
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 4, 22, 38
SECCOMP_MODE_FILTER = 2
INPUT, OUTPUT, PROBLEM, VALUE, FIRST_CLOSED = 0, 1, 2, 3, 4  # descriptors of a test
MOST_DESCRIPTORS = 64
MOST_PROCESSES = 256  # threads too; where the filter of system calls does not forbid to start any
STACK_MB = 128
LOADED_MB = 96  # address space of the interpreter before it runs anything
DEEPEST = 100  # of a value that is told
TAIL = 2000  # bytes of what stood last among the problems

_libc = ctypes.CDLL(None, use_errno=True)
_python = ctypes.PyDLL(None)  # keeps the interpreter's lock, which a copy of this process must not have to ask for
_python.syscall.restype = ctypes.c_long
_exit = os._exit


class _Context:
    """What the C scanner of `json` wants to know; the module itself brings in far more than it needs."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float
    memo: dict[str, str] = {}  # noqa: RUF012


class _Filter(ctypes.Structure):
    """A program of the kernel's, as `prctl` takes it."""

    _fields_ = (("length", ctypes.c_ushort), ("program", ctypes.c_char_p))


_filter = _Filter(0, b"")

_scan: Callable[[str, int], tuple[Any, int]] = _json.make_scanner(_Context())  # type: ignore[arg-type]  # as json does
_quoted = _json.encode_basestring_ascii


def main(program: str) -> NoReturn:
    """Be the keeper: serve runs from the socket that is standard input, until the other side closes it.

    `program` is the filter of system calls in hexadecimal digits; without one there is none.
    """
    _filter.length, _filter.program = len(program) // 16, bytes.fromhex(program)
    control = os.dup(INPUT)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # Python's handler makes it the one that reaches a first process
    _libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)  # no process of the same user may look into this one, or into its copies
    sys.path[:] = [entry for entry in sys.path if entry.startswith(sys.base_prefix)]
    sys.setrecursionlimit(10_000)
    gc.collect()
    gc.freeze()
    alone = _in_own_namespaces()
    _send(control, b"ready" if alone else b"once")
    while job := _receive(control):
        _keep(control, _scan(job.decode(), 0)[0], alone)
        if not alone:
            break
    _exit(0)


def _in_own_namespaces() -> bool:
    """Whether a run may have namespaces of its own; where not, this sandbox serves one run only."""
    try:
        pid = _fork_apart()
    except OSError:
        return False
    if not pid:
        _exit(0 if os.getpid() == 1 else 1)
    return os.waitpid(pid, 0)[1] == 0


def _fork_apart() -> int:
    """Like `os.fork`, but the child is the first process of new namespaces; raises OSError where that is refused or not known."""
    number = _CLONE.get(os.uname().machine)
    if number is None:
        raise OSError("the number of clone is not known here")
    _python.PyOS_BeforeFork()
    pid = int(_python.syscall(*map(ctypes.c_long, (number, CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWIPC | SIGCHLD, 0, 0, 0, 0))))
    if pid:
        _python.PyOS_AfterFork_Parent()
    else:
        _python.PyOS_AfterFork_Child()
    if pid < 0:
        raise OSError("no namespaces of its own for a run")
    return pid


def _keep(control: int, job: dict[str, Any], alone: bool) -> None:
    """One run: to its end or to that of the other side, and until nothing of it is left."""
    pid = _fork_apart() if alone else os.fork()
    if not pid:
        try:
            _tell(control, job)
        finally:
            _exit(0)
    watched = os.pidfd_open(pid)
    events = select.poll()
    events.register(watched, select.POLLIN)
    events.register(control, select.POLLRDHUP)
    gone = any(descriptor == control for descriptor, _ in events.poll())
    os.close(watched)
    _end_all()
    if gone:
        _exit(0)
    _send(control, b"over")
    _send(control, b"ended " + _receive(control))


def _end_all() -> None:
    """End every process but this one, and those outside of the namespace, and bury them."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, 9)
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _tell(control: int, job: dict[str, Any]) -> None:
    """Every test that is asked for, one after the other, until the other side asks for no more."""
    while asked := _receive(control):
        files = [os.memfd_create(name) for name in ("input", "output", "problem", "value")]
        entry: str | None = _scan(asked.decode(), 0)[0]["call"]
        if entry is None:
            given = _receive(control)
            while given:
                given = given[os.write(files[INPUT], given) :]
            os.lseek(files[INPUT], 0, os.SEEK_SET)
        arguments = b"" if entry is None else _receive(control)
        start = time.monotonic()
        pid = os.fork()
        if not pid:
            _test(job, files, entry, arguments)
        overdue = not _ends(pid, job["wall_s"])
        if overdue:
            os.kill(pid, 9)
        _, status, usage = os.wait4(pid, 0)
        if os.getpid() == 1:
            _end_all()
        cpu_s = usage.ru_utime + usage.ru_stime
        ended = [os.waitstatus_to_exitcode(status), overdue, round(cpu_s, 6), round(time.monotonic() - start, 6)]
        _send(control, ("[" + ",".join(str(part).lower() for part in ended) + "]").encode())
        most = job["output_mb"] << 20
        _send(control, _content(files[OUTPUT], 0, most))
        _send(control, _content(files[VALUE], 0, most))
        _send(control, _content(files[PROBLEM], max(0, os.fstat(files[PROBLEM]).st_size - TAIL), TAIL))
        for file in files:
            os.close(file)


def _ends(pid: int, wait_s: float) -> bool:
    watched = os.pidfd_open(pid)
    events = select.poll()
    events.register(watched, select.POLLIN)
    ended = bool(events.poll(int(1000 * wait_s)))
    os.close(watched)
    return ended


def _content(file: int, start: int, most: int) -> bytes:
    """Up to `most` bytes of a file from there on."""
    parts, left = [], most
    while left and (part := os.pread(file, min(left, 1 << 20), start)):
        parts.append(part)
        start += len(part)
        left -= len(part)
    return b"".join(parts)


def _test(job: dict[str, Any], files: list[int], entry: str | None, arguments: bytes) -> NoReturn:
    status = 1
    try:
        for place, file in enumerate(files):
            os.dup2(file, place + FIRST_CLOSED + len(files) + 1)
        for place in range(len(files)):
            os.dup2(place + FIRST_CLOSED + len(files) + 1, place)
        os.closerange(FIRST_CLOSED, MOST_DESCRIPTORS)
        _restrain(job)
        reader = open(INPUT, "rb", closefd=False)  # noqa: SIM115 - ends with the process
        streams: dict[str, Any] = {"stdin": io.TextIOWrapper(reader, encoding="utf-8", errors="replace")}
        streams |= {"stdout": _writer(OUTPUT), "stderr": _writer(PROBLEM)}
        for name, stream in streams.items():
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
        random.seed(0)
        status = _run(job, entry, arguments)
    finally:
        _exit(status)


def _writer(descriptor: int) -> io.TextIOWrapper:
    at_once = descriptor == PROBLEM
    sink: Any = open(descriptor, "wb", buffering=0 if at_once else -1, closefd=False)  # noqa: SIM115 - ends with the process
    return io.TextIOWrapper(sink, encoding="utf-8", errors="backslashreplace", write_through=at_once)


def _restrain(job: dict[str, Any]) -> None:
    """Limits and the filter of system calls, neither of which can be lifted again."""
    resource.setrlimit(resource.RLIMIT_STACK, (STACK_MB << 20, STACK_MB << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (job["cpu_s"], job["cpu_s"] + 1))
    memory = (job["memory_mb"] + LOADED_MB) << 20
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, job["output_mb"] << 20),
        (resource.RLIMIT_NOFILE, MOST_DESCRIPTORS),
        (resource.RLIMIT_NPROC, MOST_PROCESSES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    if _filter.length:
        _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if _libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(_filter), 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "no filter of system calls")


def _run(job: dict[str, Any], entry: str | None, arguments: bytes) -> int:
    """The exit status of the code, run as a program, or loaded and then called."""
    name = "__main__" if entry is None else "solution"
    module = types.ModuleType(name)
    sys.modules[name] = module
    sys.argv[:] = ["solution.py"]
    try:
        if job["setup"]:
            exec(compile(job["setup"], "setup.py", "exec", dont_inherit=True), module.__dict__)
        parsed = compile(job["code"], "solution.py", "exec", dont_inherit=True)
        if entry is not None:
            _provide(parsed, module.__dict__)
        exec(parsed, module.__dict__)
        if entry is not None:
            _call(module.__dict__, entry, arguments)
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc(limit=-4)
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]  # threads that are no daemons are part of the program
    atexit._run_exitfuncs()
    sys.stdout.flush()
    return status & 255


_PROVIDED: dict[str, Any] = {
    **{name: getattr(typing, name) for name in ("Any", "Callable", "Deque", "DefaultDict", "Dict", "FrozenSet", "Generator")},
    **{name: getattr(typing, name) for name in ("Iterable", "Iterator", "List", "Optional", "Sequence", "Set", "Tuple", "Union")},
    **{name: getattr(collections, name) for name in ("Counter", "OrderedDict", "defaultdict", "deque")},
    **{name: getattr(itertools, name) for name in ("accumulate", "chain", "combinations", "permutations", "product")},
    **{name: getattr(functools, name) for name in ("cache", "cmp_to_key", "lru_cache", "reduce")},
    **{name: getattr(heapq, name) for name in ("heapify", "heappop", "heappush", "nlargest", "nsmallest")},
    **{name: getattr(bisect, name) for name in ("bisect_left", "bisect_right", "insort")},
    **{name: getattr(math, name) for name in ("ceil", "comb", "floor", "gcd", "inf", "sqrt")},
    **{module.__name__: module for module in (bisect, collections, functools, heapq, itertools, math, random, re, string, sys)},
}
"""What LeetCode's own environment imports, by the names that published starter code uses without importing them."""


def _provide(parsed: types.CodeType, names: dict[str, Any]) -> None:
    """Bring in those of the names above that the code uses; what it defines itself goes over them."""
    names.update((name, _PROVIDED[name]) for name in _names(parsed) if name in _PROVIDED)


def _names(parsed: types.CodeType) -> Iterator[str]:
    yield from parsed.co_names
    for constant in parsed.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _call(names: dict[str, Any], entry: str, arguments: bytes) -> None:
    """Call what the code defined, or evaluate an expression over it, and tell the value."""
    given = _scan(arguments.decode(), 0)[0]
    if given is None:
        value = eval(compile(entry, "test.py", "eval", dont_inherit=True), names)
    else:
        function = names.get(entry)
        if function is None:
            function = getattr(names["Solution"](), entry)
        value = function(*given)
    told = _told(value, 0).encode()
    sink = open(VALUE, "wb", closefd=False)  # noqa: SIM115
    sink.write(told)
    sink.flush()


def _told(value: Any, depth: int) -> str:
    """A value as JSON: what JSON has no form for is an array that begins with its type's name."""
    if value is None:
        return "null"
    kind = type(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is str:
        return str(_quoted(value))
    if kind is int:
        return str(value) if value.bit_length() < 10_000 else '["other","int"]'
    if kind is float:
        return repr(value) if math.isfinite(value) else f'["float","{value}"]'
    if kind is complex:
        return f'["complex","{value.real!r}","{value.imag!r}"]'
    if kind in (bytes, bytearray):
        return f'["bytes","{value.hex()}"]'
    if depth < DEEPEST and isinstance(value, (list, tuple, collections.deque, set, frozenset)):
        name = "tuple" if isinstance(value, tuple) else "set" if isinstance(value, (set, frozenset)) else "list"
        return f'["{name}"' + "".join([f",{_told(one, depth + 1)}" for one in value]) + "]"
    if depth < DEEPEST and isinstance(value, dict):
        return '["dict"' + "".join([f",{_told(k, depth + 1)},{_told(v, depth + 1)}" for k, v in value.items()]) + "]"
    return f'["other",{_quoted(kind.__name__)}]'


def _receive(control: int) -> bytes:
    """The next frame; empty when the other side has closed or sends an empty one, which is the end of a run."""
    head = _exactly(control, 4)
    return _exactly(control, int.from_bytes(head, "little")) if head else b""


def _exactly(control: int, size: int) -> bytes:
    parts = []
    while size:
        part = os.read(control, min(size, 1 << 20))
        if not part:
            return b""
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _send(control: int, payload: bytes) -> None:
    left = memoryview(len(payload).to_bytes(4, "little") + payload)
    while left:
        left = left[os.write(control, left) :]


if __name__ == "__main__":
    main(sys.argv[1])
