"""A vLLM server of a model in an environment of its own, with the processor time and the memory of all its processes.

Both are read from `/proc`, so that this works on Linux alone. Memory is the proportional share: a page that two of them share
is counted once.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Serving", "serving"]

STARTS_S, ENDS_S = 300, 20
CONTEXT, ROWS_AT_ONCE = 4096, 32
COMPACT = {"backend": "xgrammar", "disable_any_whitespace": True}
QUIET = {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_NO_USAGE_STATS": "1", "VLLM_LOGGING_LEVEL": "ERROR", "HF_HUB_OFFLINE": "1"}


class Serving:
    """A server that runs: where it is, and what it has used."""

    def __init__(self, url: str, process: subprocess.Popen[bytes]) -> None:
        self.url = url
        self._process = process

    def wait(self) -> None:
        """Until it answers. Raises `SystemExit` when it ends before, or takes five minutes."""
        end = time.monotonic() + STARTS_S
        while self._process.poll() is None and time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=1).close()
                return
            except OSError:
                time.sleep(0.5)
        message = f"the server at {self.url} did not start: its status is {self._process.poll()}"
        raise SystemExit(message)

    def cpu_s(self) -> float:
        """Seconds of processor time that its processes have used."""
        ticks = 0
        for pid in self._pids():
            fields = _read(pid, "stat").rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:13]))  # utime and stime
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Memory of its processes."""
        kb = 0
        for pid in self._pids():
            lines = _read(pid, "smaps_rollup").splitlines()
            kb += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return kb / 1024

    def _pids(self) -> Iterator[int]:
        """Its own and those of all that it started: they share its session."""
        for pid in (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()):
            fields = _read(pid, "stat").rpartition(")")[2].split()
            if fields and int(fields[3]) == self._process.pid:
                yield pid


@contextmanager
def serving(python: str, model: str) -> Iterator[Serving]:
    """A server in the environment of that Python, ended behind it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--model", model, "--served-model-name", "judge", "--host", "127.0.0.1", "--port", str(port), "--dtype", "float32"]
    options += ["--max-model-len", str(CONTEXT), "--enforce-eager", "--max-num-seqs", str(ROWS_AT_ONCE)]
    command = [python, "-m", "vllm.entrypoints.openai.api_server", *options, "--structured-outputs-config", json.dumps(COMPACT)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | QUIET
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        running = Serving(f"http://127.0.0.1:{port}", process)
        running.wait()
        yield running
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, sign)
        try:
            process.wait(ENDS_S)
            return
        except subprocess.TimeoutExpired:
            continue


def _read(pid: int, name: str) -> str:
    """A file of a process; empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
