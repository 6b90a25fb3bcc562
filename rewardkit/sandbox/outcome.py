"""What a test inside of the sandbox came to, as far as it can be known outside: how it ended, and what it put out."""

from __future__ import annotations

import enum
import signal
from dataclasses import dataclass

__all__ = ["End", "Limits", "Outcome"]


class End(enum.Enum):
    """How the process of a test ended."""

    WELL = "ended well"
    BADLY = "ended with an error"
    OVERDUE = "exceeded the time limit"
    TOO_LARGE = "exceeded the limit of memory or of what it may put out"


@dataclass(frozen=True)
class Limits:
    """What a test may use: seconds of CPU, seconds by the clock, MiB of memory, MiB that it puts out."""

    cpu_s: int = 6
    wall_s: float = 18.0
    memory_mb: int = 512
    output_mb: int = 8

    @property
    def patience_s(self) -> float:
        """How long to wait for word of a test before the whole sandbox is taken for lost."""
        return self.wall_s + 30.0


@dataclass(frozen=True)
class Outcome:
    """One test's end, its standard output, the value it told as JSON, and the last of its standard error."""

    end: End
    output: bytes = b""
    value: bytes = b""
    problem: str = ""
    cpu_s: float = 0.0
    wall_s: float = 0.0

    @classmethod
    def of(cls, told: tuple[int, bool, float, float], output: bytes, value: bytes, problem: bytes, limits: Limits) -> Outcome:
        """From what the teller says: an exit status, or the negative number of a signal; whether the time was up; two times."""
        status, overdue, cpu_s, wall_s = told
        said = problem.decode("utf-8", "replace").strip()
        last = said.rpartition("\n")[2]
        if overdue or status == -signal.SIGXCPU or (status == -signal.SIGKILL and cpu_s >= 0.9 * limits.cpu_s):
            end = End.OVERDUE
        elif len(output) >= limits.output_mb << 20 or last.startswith("MemoryError") or status == -signal.SIGKILL:
            end = End.TOO_LARGE
        else:
            end = End.BADLY if status else End.WELL
        return cls(end, output, value, last[:300] or (f"ended by signal {-status}" if status < 0 else ""), cpu_s, wall_s)
