"""The parts `tests` and `sanitizer` of `make bench-gpu`: other programs that are run, watched line by line, and ended in time."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS_S, SANITIZER_S = 85.0, 40.0  # of a GPU, which is lent for minutes
CPU_S = 3600.0  # for either on a CPU, where nothing is measured
LEAST_S = 5.0  # or it is not begun
OVER = "not run, the time for all parts is over; name the part and it runs alone"
OUTCOME = re.compile(r"(\S+::\S.*?) (PASSED|FAILED|ERROR|SKIPPED)")
# Kernels of ours have the name of their namespace in theirs, mangled or not.
OURS = "kns=rk"
Verdicts = list[tuple[bool | None, str]]


def tests(device: str, out: Path, until: float) -> Verdicts:
    """The tests on the device, ended by `until`; on a CPU, where all of them are skipped, a few others, for the walk."""
    limit_s = min(TESTS_S if device == "cuda" else CPU_S, until - time.monotonic())
    if limit_s < LEAST_S:
        return [(None, f"the tests on the device: {OVER}")]
    files = ["test_device.py", "test_reference.py"] if device == "cuda" else ["test_reference.py"]
    chosen = ["-m", "cuda"] if device == "cuda" else ["-k", "nothing"]
    pytest = [sys.executable, "-m", "pytest", "-v", "--tb=short", "-p", "no:cacheprovider", "-o", "filterwarnings=default"]
    command = [*pytest, *chosen, *(str(ROOT / "tests" / "cuda" / name) for name in files)]
    counts: dict[str, int] = {}
    with (out / "gpu_tests.csv").open("w", encoding="utf-8", newline="") as sink, (out / "gpu_tests.log").open("w") as log:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(("test", "outcome", "seconds_since_start"))
        watched = Watched(command, limit_s)
        for line in watched.lines():
            log.write(line)
            log.flush()
            if found := OUTCOME.match(line):
                counts[found[2]] = counts.get(found[2], 0) + 1
                writer.writerow((found[1].rpartition("/")[2], found[2].lower(), round(watched.seconds, 2)))
                sink.flush()
    said = ", ".join(f"{count} {outcome.lower()}" for outcome, count in sorted(counts.items())) or "none was run"
    fine = watched.code == 0 and counts.get("PASSED", 0) > 0
    print(f"tests: {said}; {watched.ending}", flush=True)
    of_what = "on the device" if device == "cuda" else "of a batch of nothing, for the walk alone"
    return [(fine, f"the tests {of_what}: {said}; {watched.ending}")]


def sanitizer(device: str, out: Path, until: float) -> Verdicts:
    """A few calls under compute-sanitizer, of which only our kernels are looked at; on a CPU they run on the emulator."""
    cases = [sys.executable, str(ROOT / "benchmarks" / "advantages" / "device_cases.py"), device]
    tool = shutil.which("compute-sanitizer") or shutil.which("compute-sanitizer", path="/usr/local/cuda/bin")
    with (out / "gpu_sanitizer.csv").open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(("check", "outcome", "seconds", "said"))

        def told(check: str, kept: bool | None, seconds: float, words: str) -> tuple[bool | None, str]:
            outcome = {True: "passed", False: "failed", None: "skipped"}[kept]
            writer.writerow((check, outcome, round(seconds, 2), words))
            sink.flush()
            print(f"{check}: {outcome}, {words}", flush=True)
            return kept, f"{check}: {words}"

        def judged(command: Sequence[str], log: str) -> tuple[bool | None, float, str]:
            limit_s = min(SANITIZER_S if device == "cuda" else CPU_S, until - time.monotonic())
            return _judged(command, limit_s, out / log) if limit_s >= LEAST_S else (None, 0.0, OVER)

        said = [told("the calls alone", *judged(cases, "gpu_cases.log"))]
        for check in ("memcheck", "racecheck"):
            if tool is None or device == "cpu":
                reason = "compute-sanitizer was not found" if device == "cuda" else "there is no GPU"
                said.append(told(f"compute-sanitizer {check}", None, 0.0, f"not run, {reason}"))
                continue
            command = [tool, f"--tool={check}", "--kernel-regex", OURS, "--error-exitcode=9", *cases]
            said.append(told(f"compute-sanitizer {check}", *judged(command, f"gpu_{check}.log")))
    return said


def _judged(command: Sequence[str], limit_s: float, path: Path) -> tuple[bool | None, float, str]:
    """Whether it passed (None: it cannot run here), the seconds it took, and why."""
    watched, text = Watched(command, limit_s), ""
    with path.open("w", encoding="utf-8") as log:
        for line in watched.lines():
            text += line
            log.write(line)
            log.flush()
    # As on a virtual machine that hides the device from tools: there is nothing to learn then.
    for refusal in ("Device not supported", "Unable to find injection library", "not supported on this device"):
        if refusal in text:
            return None, watched.seconds, f"not run, it says: {refusal}"
    last = (text.strip().splitlines() or [""])[-1].strip()
    return watched.code == 0, watched.seconds, f"{last}; {watched.ending}"


class Watched:
    """A program whose output is read line by line, and that is ended if it takes too long."""

    def __init__(self, command: Sequence[str], limit_s: float) -> None:
        self.command, self.limit_s = list(command), limit_s
        self.code: int | None = None
        self.seconds = 0.0
        self.late = False

    @property
    def ending(self) -> str:
        """How it ended."""
        if self.late:
            return f"stopped after {self.limit_s:.0f} s"
        return f"ended with {self.code} after {self.seconds:.1f} s"

    def lines(self) -> Iterator[str]:
        """What it writes, as it writes it."""
        print("\n$", " ".join(self.command), flush=True)
        start = time.monotonic()
        # What else is installed for pytest is not ours to load.
        environment = os.environ | {"PYTHONUNBUFFERED": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        with (
            tempfile.TemporaryDirectory() as folder,
            subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=environment | {"TMPDIR": folder},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            ) as program,
        ):
            timer = threading.Timer(self.limit_s, self._end, [program])
            timer.start()
            assert program.stdout is not None
            for line in program.stdout:
                self.seconds = time.monotonic() - start
                yield line
            self.code = program.wait()
            timer.cancel()
        self.seconds = time.monotonic() - start

    def _end(self, program: subprocess.Popen[str]) -> None:
        self.late = True
        os.killpg(program.pid, signal.SIGKILL)  # with what it started
