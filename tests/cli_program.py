"""The program as a user runs it: its exit status, its files and what it says; as a process, or cheaper within this one."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from patience import HANG_S, wait_until

from rewardkit.cli import main

PROGRAM = [sys.executable, "-m", "rewardkit"]


@dataclass(frozen=True)
class Done:
    """How a run ended, and what it wrote."""

    status: int
    out: str
    err: str
    path: Path

    @property
    def rows(self) -> list[dict[str, Any]]:
        return rows_of(self.path.read_text(encoding="utf-8"))


def rows_of(text: str) -> list[dict[str, Any]]:
    """Rows of strict JSON lines, every line whole."""
    assert not text or text.endswith("\n")
    return [json.loads(line, parse_constant=refuse) for line in text.split("\n")[:-1]]


def refuse(token: str) -> None:
    raise AssertionError(f"{token} is not JSON")


def without_seconds(path: Path) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key != "seconds"} for row in rows_of(path.read_text(encoding="utf-8"))]


def call(*arguments: str | Path, stdin: bytes | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    done = subprocess.run([*PROGRAM, *map(str, arguments)], input=stdin, capture_output=True, timeout=HANG_S, **options)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def call_here(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    """Run the program in this process, which costs no start: where no signal, limit or other end of a pipe matters."""
    raw = [io.BytesIO(stdin), io.BytesIO(), io.BytesIO()]
    given, out, err = (io.TextIOWrapper(one, encoding="utf-8", write_through=True) for one in raw)
    with mock.patch.multiple(sys, stdin=given, stdout=out, stderr=err):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as cause:
            status = int(cause.code or 0)
    told, complained = (one.getvalue().decode() for one in raw[1:])
    assert "Traceback" not in complained, complained
    return subprocess.CompletedProcess(arguments, status, told, complained)


def as_lines(rows: bytes | Iterable[Any]) -> bytes:
    return rows if isinstance(rows, bytes) else b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def interrupt(arguments: list[str | Path], output: Path, how: signal.Signals) -> tuple[int, str]:
    """Start the program, signal it as soon as it has written something, and wait for its end."""
    child = subprocess.Popen([*PROGRAM, *map(str, arguments)], stderr=subprocess.PIPE, text=True)
    wait_until(lambda: child.poll() is not None or (output.exists() and output.stat().st_size), pause_s=0.002)
    assert child.poll() is None, child.stderr.read() if child.stderr else ""
    child.send_signal(how)
    _, err = child.communicate(timeout=HANG_S)
    return child.returncode, err
