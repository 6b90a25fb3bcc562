"""A chunk of rows to its output: the same bytes, whichever engine does it and wherever; and the engine of this process."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

from rewardkit import dispatch, workers
from rewardkit.batch.columns import InputRow
from rewardkit.trace import encode, record
from rewardkit.types import Status, Verdict, Verifier

__all__ = ["CHUNK", "Done", "Engine", "Scored", "Totals", "chunks", "in_this_process", "score_chunk", "use_workers"]

CHUNK, CHUNK_MB = 256, 16


@dataclass
class Totals:
    """What the summary shows, kept as counts so that memory does not grow with the file."""

    rows: int = 0
    reward_sum: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    started: float = field(default_factory=time.perf_counter)

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one output record."""
        self.rows += 1
        self.statuses[row["status"]] += 1
        self.reasons[row["reason"], row["verifier"]] += 1
        if row["reward"] is not None:
            self.reward_sum += row["reward"]

    def merge(self, other: Totals) -> None:
        """Count what another has counted."""
        self.rows += other.rows
        self.reward_sum += other.reward_sum
        self.statuses += other.statuses
        self.reasons += other.reasons


@dataclass(frozen=True, slots=True)
class Scored:
    """Rows that are done: their lines of output and, when asked for, of the trace, and what they count for."""

    verdicts: bytes
    trace: bytes
    totals: Totals


@dataclass(frozen=True, slots=True)
class Done:
    """What an earlier run has left: so many rows and, of a file of lines, where the next one begins."""

    rows: int
    input_bytes: int


class Engine(Protocol):
    """Scores the chunks, or what they were read from, in order."""

    def __call__(self, groups: Iterator[list[InputRow]], done: Done, traced: bool, stack: ExitStack, /) -> Iterator[Scored]:
        """What is done, as it comes; what has to end with the run goes onto the stack."""
        ...


def in_this_process(verifier: Verifier, count: int | None) -> Engine:
    """The engine of this process and `count` worker processes."""

    def score(groups: Iterator[list[InputRow]], done: Done, traced: bool, stack: ExitStack) -> Iterator[Scored]:
        use_workers(count, stack)
        for group in groups:
            yield score_chunk(group, verifier, traced=traced)

    return score


def use_workers(count: int | None, stack: ExitStack) -> None:
    """Have `count` worker processes, and with more than one all rules in them while `stack` is open."""
    if count is None:
        return
    workers.configure(count)
    if count > 1:
        stack.enter_context(dispatch.over_workers())


def chunks(rows: Iterable[InputRow]) -> Iterator[list[InputRow]]:
    """Rows in groups bounded in number and in bytes, so that memory is too."""
    chunk: list[InputRow] = []
    size = 0
    for row in rows:
        chunk.append(row)
        size += row.size
        if len(chunk) == CHUNK or size > CHUNK_MB * 2**20:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def score_chunk(chunk: Sequence[InputRow], verifier: Verifier, *, traced: bool) -> Scored:
    """Score rows; one that could not be read is an error row."""
    readable = [row.sample for row in chunk if not row.problem]
    verdicts = iter(dispatch.run(verifier, readable))
    pairs = [(row, row.verdict if row.problem else next(verdicts)) for row in chunk]
    lines = [_line(row, verdict) for row, verdict in pairs]
    totals = Totals()
    for line in lines:
        totals.add(line)
    trace = (record(row.sample, verdict, row_id=row.id, full=True) for row, verdict in pairs) if traced else ()
    return Scored(_joined(lines), _joined(trace), totals)


def _line(row: InputRow, verdict: Verdict) -> dict[str, Any]:
    line = record(row.sample, verdict, row_id=row.id)
    if verdict.status is Status.ERROR:
        line["error"] = str(verdict.info.get("message", ""))[:500]
        line["line"] = row.line
    return line


def _joined(records: Iterable[Mapping[str, Any]]) -> bytes:
    # A lone surrogate becomes \udXXX, which is how JSON spells it.
    return "".join(encode(one) + "\n" for one in records).encode("utf-8", errors="backslashreplace")
