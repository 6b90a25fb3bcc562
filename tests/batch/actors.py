"""Actors of a Ray program, found and killed from within it."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any


def actors(name: str) -> list[int]:
    """Process ids of the actors of that name that belong to this program's cluster."""
    parents, found = {}, []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            pid = int(entry.name)
            parents[pid] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if (entry / "cmdline").read_bytes().startswith(f"ray::{name}".encode()):
                found.append(pid)
    return [pid for pid in found if os.getpid() in ancestors(pid, parents)]


def ancestors(pid: int, parents: dict[int, int]) -> set[int]:
    line = set()
    while pid := parents.get(pid, 0):
        line.add(pid)
    return line


def kill_one(name: str, when: Any, killed: list[int]) -> threading.Thread:
    """Kill -9 one actor as soon as `when()` is true."""

    def body() -> None:
        while not killed:
            if when():
                for pid in actors(name)[:1]:
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
            time.sleep(0.01)

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    return thread
