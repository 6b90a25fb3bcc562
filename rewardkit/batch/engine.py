"""A chunk of rows to its output: the same bytes, whichever engine does it and wherever; and the engine of this process."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

from rewardkit import dispatch
from rewardkit.batch.blocks import Chunk, rows_of
from rewardkit.batch.columns import InputRow
from rewardkit.trace import encode, record, short_line
from rewardkit.types import Status, Verdict, Verifier

__all__ = ["Done", "Engine", "Refused", "Scored", "Totals", "in_this_process", "score_chunk", "use_workers"]


class Refused(Exception):
    """The judge takes no request as they are: a key, a model or an address is wrong, which no retry mends."""

    mend = "Mend the judge's key, model or address"

    def __init__(self, refusal: str) -> None:
        super().__init__(f"the judge refuses: {refusal}")


@dataclass
class Totals:
    """What the summary shows, kept as counts so that memory does not grow with the file; `refusal` is a refusing judge's."""

    rows: int = 0
    reward_sum: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    refusal: str = ""
    started: float = field(default_factory=time.perf_counter, compare=False)

    def add(self, verdict: Verdict) -> None:
        """Count one verdict."""
        self.rows += 1
        self.statuses[verdict.status.value] += 1
        self.reasons[verdict.reason, verdict.verifier] += 1
        if verdict.score is not None:
            self.reward_sum += verdict.score
        elif "refused" in verdict.info:
            self.refusal = self.refusal or str(verdict.info.get("message"))

    def merge(self, other: Totals) -> None:
        """Count what another has counted."""
        self.rows += other.rows
        self.reward_sum += other.reward_sum
        self.statuses += other.statuses
        self.reasons += other.reasons
        self.refusal = self.refusal or other.refusal

    def pack(self) -> list[Any]:
        """What JSON can hold of it."""
        reasons = [[*key, count] for key, count in self.reasons.items()]
        return [self.rows, self.reward_sum, self.statuses, reasons, self.refusal]

    @classmethod
    def unpack(cls, packed: Sequence[Any]) -> Totals:
        """What was packed elsewhere."""
        rows, reward_sum, statuses, reasons, refusal = packed
        return cls(rows, reward_sum, Counter(statuses), Counter({(reason, by): count for reason, by, count in reasons}), refusal)


@dataclass(frozen=True, slots=True)
class Scored:
    """Rows that are done: their lines of output and, when asked for, of the trace, and what they count for."""

    verdicts: bytes
    trace: bytes
    totals: Totals

    def pack(self) -> bytes:
        """As bytes for another process: a line of JSON, which is an array, and then the lines as they are."""
        return b"\n".join([json.dumps([len(self.verdicts), *self.totals.pack()]).encode(), self.verdicts + self.trace])

    @classmethod
    def unpack(cls, packed: bytes) -> Scored:
        """What was packed elsewhere."""
        head, _, lines = packed.partition(b"\n")
        size, *totals = json.loads(head)
        return cls(lines[:size], lines[size:], Totals.unpack(totals))


@dataclass(frozen=True, slots=True)
class Done:
    """What an earlier run has left: so many rows, and the line of the input that comes next, with the byte it begins at."""

    rows: int
    input_bytes: int
    line: int = 1


class Engine(Protocol):
    """Scores the chunks, or what they were read from, in order."""

    def __call__(self, groups: Iterator[Chunk], done: Done, traced: bool, stack: ExitStack, /) -> Iterator[Scored]:
        """What is done, as it comes; what has to end with the run goes onto the stack."""
        ...


def in_this_process(verifier: Verifier, mapping: Mapping[str, str], count: int | None) -> Engine:
    """The engine of this process and `count` worker processes for single rules."""

    def score(groups: Iterator[Chunk], done: Done, traced: bool, stack: ExitStack) -> Iterator[Scored]:
        use_workers(count, stack)
        for group in groups:
            yield score_chunk(rows_of(group, mapping), verifier, traced=traced)

    return score


def use_workers(count: int | None, stack: ExitStack) -> None:
    """Have `count` worker processes, and with more than one all rules in them while `stack` is open."""
    if count is None:
        return
    from rewardkit import workers  # most runs start no process

    workers.configure(count)
    if count > 1:
        stack.enter_context(dispatch.over_workers())


def score_chunk(chunk: Sequence[InputRow], verifier: Verifier, *, traced: bool) -> Scored:
    """Score rows; one that could not be read is an error row."""
    readable = [row.sample for row in chunk if not row.problem]
    verdicts = iter(dispatch.run(verifier, readable))
    pairs = [(row, row.verdict if row.problem else next(verdicts)) for row in chunk]
    totals = Totals()
    for _, verdict in pairs:
        totals.add(verdict)
    lines = _joined(_line(row, verdict) for row, verdict in pairs)
    trace = _joined(encode(record(row.sample, verdict, row_id=row.id, full=True)) for row, verdict in pairs) if traced else b""
    return Scored(lines, trace, totals)


def _line(row: InputRow, verdict: Verdict) -> str:
    if verdict.status is not Status.ERROR:
        return short_line(row.id, verdict)
    line = record(row.sample, verdict, row_id=row.id)
    line["error"] = str(verdict.info.get("message", ""))[:500]
    line["line"] = row.line
    return encode(line)


def _joined(lines: Iterable[str]) -> bytes:
    # A lone surrogate becomes \udXXX, which is how JSON spells it.
    return "".join([line + "\n" for line in lines]).encode("utf-8", errors="backslashreplace")
