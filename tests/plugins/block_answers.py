"""What workers make of blocks in tests: each does what its text says."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rewardkit.errors import MissingColumn, UnknownName
from rewardkit.lifted import FunctionVerifier
from rewardkit.types import Sample


def in_worker(
    wanted: Mapping[str, Any], watched: Callable[[FunctionVerifier, Sequence[Sample]], Iterator[Sample]]
) -> Callable[[bytes], bytes]:
    """The same text in capitals, or trouble."""
    if "refuse" in wanted:
        raise UnknownName("recipe", wanted["refuse"], ["auto"])

    def answer(body: bytes) -> bytes:
        verb, _, argument = body.decode().partition(":")
        if verb == "exit":
            os._exit(3)
        if verb == "hang":
            time.sleep(86_400)
        if verb == "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        if verb == "raise":
            raise ValueError(argument)
        if verb == "sys_exit":
            raise SystemExit
        if verb == "memory":
            raise MemoryError
        if verb == "missing":
            raise MissingColumn("answer", "a.b", {"id": 1})
        if verb == "long":
            return b"L" * int(argument)
        if verb == "nothing":
            return b""
        return body.upper() if verb != "pid" else b"%d" % os.getpid()

    return answer
