"""`rewardkit score`: JSON lines in, one verdict a line out, in input order, as they come."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import stat
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
from rewardkit.commands.judging import check_writable, trouble_with
from rewardkit.commands.rows import ALIASES, Row, open_rows, parse_columns, parse_pairs, read_rows
from rewardkit.commands.sink import CannotWrite, Sink
from rewardkit.errors import UsageError
from rewardkit.trace import encode, record
from rewardkit.types import Status, Verdict, Verifier

__all__ = ["recipe_options", "run"]

CHUNK, CHUNK_MB = 256, 16

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
    _keep_apart(options)
    verifier = recipes.build(options.recipe, **recipe_options(options))
    _say_trouble(options.judge)
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(open_rows(options.input))
        rows = read_rows(source, mapping)
        done, kept_bytes = _done_before(rows, options.output) if options.resume else (0, 0)
        chunks = _chunks(rows)
        if not done:
            chunks = _checked(chunks, mapping)
        if options.report:
            check_writable(options.report)
        sink = stack.enter_context(Sink(options.output, keep_bytes=kept_bytes))
        trace, traced_before = _open_trace(options, done, stack)
        _use_workers(options.workers, stack)
        totals = Totals()
        bar = stack.enter_context(progress("scoring", _size(source)))
        try:
            for chunk in chunks:
                pairs = _verdicts(chunk, verifier)
                # The trace first: whatever happens in between, a resumed run can cut it back to the verdicts.
                if trace is not None:
                    trace.write(record(row.sample, verdict, row_id=row.id, full=True) for row, verdict in pairs)
                lines = [_line(row, verdict) for row, verdict in pairs]
                sink.write(lines)
                for line in lines:
                    totals.add(line)
                bar(totals.rows, source)
        except KeyboardInterrupt:
            print(f"stopped after {done + sink.rows} rows; the same command with --resume goes on from there", file=sys.stderr)
            return EXIT_INTERRUPTED
        except CannotWrite as cause:
            safe = f"{done + sink.rows} rows are safe in {options.output}"
            print(f"rewardkit: {cause}; {safe}. Make room, then run the same command with --resume.", file=sys.stderr)
            return EXIT_LOST
        if options.report and trace is not None and not _report(options, trace.path, done - traced_before):
            return EXIT_LOST
    show_summary(totals, options.output, resumed=done)
    return 0


def recipe_options(options: Namespace) -> dict[str, Any]:
    """What the command line says about the recipe; only what was said, because not every recipe has a place for it."""
    chosen: dict[str, Any] = {"routes": parse_pairs(options.routes, "--routes", "VALUE=WAY")} if options.routes else {}
    if not options.judge:
        if options.judge_cache or options.disagreements:
            message = "--judge-cache and --disagreements go with --judge URL|vllm:MODEL|hf:MODEL"
            raise UsageError(message)
        return chosen
    chosen |= {"judge": options.judge, "judge_on": options.judge_on}
    said = {"judge_cache": options.judge_cache, "disagreements": options.disagreements}
    return {**chosen, **{name: value for name, value in said.items() if value}}


def _say_trouble(judge: str | None) -> None:
    """A judge that is not there costs its rows, which should be known before an hour has passed."""
    if judge is None:
        return
    from rewardkit.judges.judge import as_client

    if (trouble := trouble_with(as_client(judge))) is not None:
        print(f"note: rows for the judge will be errors unless it comes up: {trouble}", file=sys.stderr)


def _keep_apart(options: Namespace) -> None:
    """No file may be both read and written, or written twice."""
    seen: dict[str, str] = {}
    for name in ("input", "output", "trace", "report"):
        path = getattr(options, name)
        # Two outputs to one device, such as /dev/null, hurt nobody.
        if not path or (path == "-" and name == "input") or (os.path.exists(path) and not os.path.isfile(path)):
            continue
        other = seen.setdefault("-" if path == "-" else os.path.realpath(path), name)
        if other != name:
            message = f"{path} is named as {other} and as {name}; choose another file for one of them"
            raise UsageError(message)


def _use_workers(count: int | None, stack: contextlib.ExitStack) -> None:
    if count is None:
        return
    from rewardkit import workers

    workers.configure(count)
    if count > 1:
        stack.enter_context(dispatch.over_workers())


def _size(source: IO[bytes]) -> int | None:
    """How many bytes there are to read; None for a pipe."""
    status = os.fstat(source.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows in groups bounded in number and in bytes, so that memory is too."""
    chunk: list[Row] = []
    size = 0
    for row in rows:
        chunk.append(row)
        size += row.size
        if len(chunk) == CHUNK or size > CHUNK_MB * 2**20:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _checked(chunks: Iterator[list[Row]], mapping: Mapping[str, str]) -> Iterator[list[Row]]:
    """The chunks, after making sure that the first is usable at all: a wrong column name would spoil every row."""
    first = next(chunks, [])
    seen = sorted({key for row in first for key in row.keys})
    for ours in ("completion", "answer") if seen else ():
        names = (mapping[ours],) if ours in mapping else ALIASES[ours]
        if not any(name in seen for name in names):
            asked = f"the column {mapping[ours]!r}" if ours in mapping else f"{'an' if ours == 'answer' else 'a'} {ours}"
            message = f"no row has {asked}; the columns are {', '.join(seen)}. Map yours: --columns {ours}=NAME"
            raise UsageError(message)
    for ours, theirs in mapping.items() if seen else ():
        if theirs not in seen:
            print(f"note: none of the first {len(first)} rows has the column {theirs!r}, mapped to {ours!r}", file=sys.stderr)
    return itertools.chain([first] if first else [], chunks)


def _verdicts(chunk: Sequence[Row], verifier: Verifier) -> list[tuple[Row, Verdict]]:
    readable = [row.sample for row in chunk if not row.problem]
    verdicts = iter(dispatch.run(verifier, readable))
    return [(row, row.verdict if row.problem else next(verdicts)) for row in chunk]


def _line(row: Row, verdict: Verdict) -> dict[str, Any]:
    line = record(row.sample, verdict, row_id=row.id)
    if verdict.status is Status.ERROR:
        line["error"] = str(verdict.info.get("message", ""))[:500]
        line["line"] = row.line
    return line


def _done_before(rows: Iterator[Row], output: str) -> tuple[int, int]:
    """How many rows an earlier run left whole, and their bytes; takes as many from `rows`.

    A last line that it could not finish does not count. Raises `UsageError` unless every line has the id of its row.
    """
    if output == "-":
        message = "--resume needs an output file; standard output keeps nothing to go on from"
        raise UsageError(message)
    done = size = 0
    try:
        old = open(output, "rb")  # noqa: SIM115 - closed below
    except FileNotFoundError:
        return 0, 0
    except OSError as cause:
        message = f"cannot read {output}: {cause.strerror}"
        raise UsageError(message) from None
    with old:
        for line in old:
            if not line.endswith(b"\n"):
                _must_be_ours(line, output, begun=True)
                break
            written = _must_be_ours(line, output)
            row = next(rows, None)
            there = None if row is None else json.loads(encode({"id": row.id}))["id"]
            if row is None or there != written:
                found = "no more rows" if row is None else f"id {there!r}"
                message = f"{output} is not this input's output: line {done + 1} has id {written!r}, where the input has {found}"
                raise UsageError(message)
            done, size = done + 1, size + len(line)
    return done, size


def _must_be_ours(line: bytes, output: str, *, begun: bool = False) -> Any:
    """The id in a line that we wrote, or began to write."""
    start = b'{"id": '
    try:
        if not line.startswith(start[: len(line)]):
            raise ValueError
        return None if begun else json.loads(line)["id"]
    except (ValueError, RecursionError):
        message = f"{output} was not written by rewardkit score: it holds {line[:60]!r}. Choose another output file"
        raise UsageError(message) from None


def _open_trace(options: Namespace, done: int, stack: contextlib.ExitStack) -> tuple[Sink | None, int]:
    """The sink of full records, and how many rows of the earlier run it has; a report needs one for as long as we run."""
    if not options.trace and not options.report:
        return None, 0
    path, rows, size = options.trace, 0, 0
    if not path:
        path = str(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rewardkit-"))) / "trace.jsonl")
    elif done and Path(path).is_file():
        with Path(path).open("rb") as old:
            kept = [len(line) for line in itertools.islice(old, done) if line.endswith(b"\n")]
        rows, size = len(kept), sum(kept)
    return stack.enter_context(Sink(path, keep_bytes=size)), rows


def _report(options: Namespace, trace_path: str, untraced: int) -> bool:
    from rewardkit.report import read_records, write_report

    # Rows of an earlier run may have no trace, but their verdicts still belong into the page.
    earlier = itertools.islice(read_records(options.output), untraced) if untraced else ()
    try:
        path = write_report(itertools.chain(earlier, read_records(trace_path)), options.report, source=options.input)
    except OSError as cause:
        message = f"rewardkit: cannot write {options.report}: {cause.strerror}; every verdict is safe in {options.output}. "
        print(f"{message}Make room, then: rewardkit report {options.output} -o {options.report}", file=sys.stderr)
        return False
    print(f"report: {path}", file=sys.stderr)
    return True
