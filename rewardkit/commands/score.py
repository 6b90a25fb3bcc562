"""`rewardkit score`: JSON lines in, one verdict a line out, in input order, as they come."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import sys
import tempfile
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from rewardkit import dispatch, recipes
from rewardkit.commands.console import progress, show_summary
from rewardkit.commands.rows import Row, open_rows, parse_columns, read_rows
from rewardkit.errors import UsageError
from rewardkit.trace import encode, record
from rewardkit.types import Status, Verdict, Verifier

__all__ = ["run"]

CHUNK = 256

EXIT_LOST, EXIT_INTERRUPTED = 1, 130


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


def run(options: Namespace) -> int:
    """Score a file; the exit status is 0 when every row got its line, 1 when some could not be written, 130 after Ctrl-C."""
    mapping = parse_columns(options.columns)
    verifier = _verifier(options)
    done = _resumable(options.output) if options.resume else 0
    totals = Totals()
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(open_rows(options.input))
        rows = _checked(read_rows(source, mapping, skip=max(0, done - 1)), done)
        sink = stack.enter_context(_open_sink(options.output, append=done > 0))
        traced = stack.enter_context(_open_trace(options))
        size = None if options.input == "-" else os.path.getsize(options.input)
        bar = stack.enter_context(progress("scoring", size))
        if options.workers > 1:
            stack.enter_context(dispatch.parallel(options.workers))
        rows = _resumed(rows, options.output) if done else rows
        try:
            for records, full in _scored(rows, verifier, with_trace=traced is not None):
                _write(sink, records)
                if traced is not None:
                    _write(traced, full)
                for row in records:
                    totals.add(row)
                bar(totals.rows, None if size is None else source.tell())
        except KeyboardInterrupt:
            print(f"stopped after {done + totals.rows} rows; the same command with --resume goes on from there", file=sys.stderr)
            return EXIT_INTERRUPTED
        except OSError as cause:
            print(
                f"rewardkit: cannot write {cause.filename or options.output}: {cause.strerror}; {done + totals.rows} rows are safe there. "
                "Make room, then run the same command with --resume.",
                file=sys.stderr,
            )
            return EXIT_LOST
        trace_path = None if traced is None else traced.name
        if traced is not None:
            traced.flush()
        if options.report:
            _report(options, done, trace_path)
    show_summary(totals, options.output, resumed=done)
    return 0


def _verifier(options: Namespace) -> Verifier:
    return recipes.build(options.recipe)


def _scored(rows: Iterable[Row], verifier: Verifier, *, with_trace: bool) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    rows = iter(rows)
    while chunk := list(itertools.islice(rows, CHUNK)):
        readable = [row for row in chunk if not row.problem]
        verdicts = iter(dispatch.run(verifier, [row.sample for row in readable]) if readable else [])
        pairs = [(row, row.verdict if row.problem else next(verdicts)) for row in chunk]
        plain = [_plain(row, verdict) for row, verdict in pairs]
        full = [record(row.sample, verdict, row_id=row.id, full=True) for row, verdict in pairs] if with_trace else []
        yield plain, full


def _plain(row: Row, verdict: Verdict) -> dict[str, Any]:
    line = record(row.sample, verdict, row_id=row.id)
    if verdict.status is Status.ERROR:
        line["error"] = str(verdict.info.get("message", ""))[:500]
        line["line"] = row.line
    return line


def _checked(rows: Iterator[Row], done: int) -> Iterator[Row]:
    """The rows, after making sure that the first ones are usable at all: a wrong column name would spoil every row."""
    head = list(itertools.islice(rows, CHUNK))
    parsed = [row for row in head if row.keys]
    if done == 0 and parsed:
        seen = sorted({key for row in parsed for key in row.keys})
        if all(row.problem.startswith("no completion") for row in parsed):
            message = f"no row has a completion; the columns are {', '.join(seen)}. Map yours: --columns completion=NAME"
            raise UsageError(message)
        if all(row.sample.columns.get("answer") is None for row in parsed):
            message = f"no row has an answer; the columns are {', '.join(seen)}. Map yours: --columns answer=NAME"
            raise UsageError(message)
    return itertools.chain(head, rows)


def _resumable(output: str) -> int:
    """How many complete lines an earlier run left; a line it could not finish is cut off."""
    path = Path(output)
    if output == "-" or not path.exists():
        return 0
    with path.open("r+b") as old:
        complete = end = 0
        for line in old:
            if not line.endswith(b"\n"):
                break
            complete += 1
            end += len(line)
        old.truncate(end)
    return complete


def _resumed(rows: Iterator[Row], output: str) -> Iterator[Row]:
    """The rows after the last one already written, which must be the same row in both files."""
    with Path(output).open("rb") as old:
        last = b""
        for line in old:
            last = line
    try:
        last_id = json.loads(last)["id"]
    except (ValueError, KeyError, TypeError):
        message = f"{output} was not written by rewardkit score: its last line is {last[:80]!r}. Choose another output file"
        raise UsageError(message) from None
    row = next(rows, None)
    if row is None or row.id != last_id:
        message = f"{output} ends with id {last_id!r}, but the input has {None if row is None else row.id!r} there; it is not this input's output"
        raise UsageError(message)
    return rows


@contextlib.contextmanager
def _open_sink(output: str, *, append: bool) -> Iterator[IO[str]]:
    if output == "-":
        yield sys.stdout
        return
    try:
        sink = Path(output).open("a" if append else "w", encoding="utf-8", errors="backslashreplace")
    except OSError as cause:
        message = f"cannot write {output}: {cause.strerror}"
        raise UsageError(message) from None
    try:
        yield sink
    finally:
        # After a full disk the buffer still holds the failed chunk; flushing it again would only fail again.
        with contextlib.suppress(OSError):
            sink.close()


@contextlib.contextmanager
def _open_trace(options: Namespace) -> Iterator[IO[str] | None]:
    if options.trace:
        with _open_sink(options.trace, append=options.resume) as sink:
            yield sink
    elif options.report:
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8", errors="backslashreplace") as sink:
            yield sink  # type: ignore[misc]
    else:
        yield None


def _write(sink: IO[str], records: Sequence[Mapping[str, Any]]) -> None:
    sink.write("".join(encode(row) + "\n" for row in records))
    sink.flush()


def _report(options: Namespace, done: int, trace_path: str | None) -> None:
    from rewardkit.report import read_records, write_report

    fresh = read_records(trace_path) if trace_path else iter(())
    # Rows of an earlier run have no trace any more, but their verdicts still belong into the totals.
    earlier = itertools.islice(read_records(options.output), done) if done and options.output != "-" and not options.trace else ()
    path = write_report(itertools.chain(earlier, fresh), options.report, source=options.input)
    print(f"report: {path}", file=sys.stderr)
