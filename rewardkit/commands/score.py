"""`rewardkit score`: JSON lines in, one verdict a line out, in input order, as they come."""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import IO

from rewardkit import recipes
from rewardkit.batch.blocks import Chunk, chunks, read_blocks, rows_of
from rewardkit.batch.columns import ALIASES
from rewardkit.batch.engine import Done, Engine, Scored, Totals, in_this_process
from rewardkit.batch.readers import is_parquet, open_rows, parquet_rows, read_rows
from rewardkit.batch.resuming import Before, done_before
from rewardkit.batch.sinks import CannotWrite, Sink
from rewardkit.commands.console import progress, show_summary
from rewardkit.commands.judging import check_writable, recipe_options, say_trouble
from rewardkit.commands.pairs import parse_columns
from rewardkit.compose import waits
from rewardkit.errors import UsageError

__all__ = ["run"]

EXIT_LOST, EXIT_INTERRUPTED = 1, 130


def run(options: Namespace) -> int:
    """Score a file; the exit status is 0 when every row got its line, 1 when some could not be written, 130 after Ctrl-C."""
    mapping = parse_columns(options.columns)
    _keep_apart(options)
    score = _engine(options, mapping)
    say_trouble(options.judge)
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(open_rows(options.input))
        rows = parquet_rows(options.input, mapping) if is_parquet(options.input) else read_rows(source, mapping)
        before = done_before(rows, options.output) if options.resume else Before()
        done = before.rows
        start = source.tell() if options.engine == "ray" else 0
        lines = not is_parquet(options.input)
        groups: Iterator[Chunk] = read_blocks(source, first=before.line) if lines else chunks(rows)
        if not done:
            groups = _checked(groups, mapping)
        if options.report:
            check_writable(options.report)
        sink = stack.enter_context(Sink(options.output, keep_bytes=before.bytes))
        trace, traced_before = _open_trace(options, done, stack)
        totals = Totals()
        bar = stack.enter_context(progress("scoring", _size(source) if options.engine == "local" else None))
        try:
            parts = score(groups, Done(done, start), trace is not None, stack)
            _write(parts, sink, trace, totals, lambda rows: bar(rows, source))
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


def _write(parts: Iterable[Scored], sink: Sink, trace: Sink | None, totals: Totals, tell: Callable[[int], None]) -> None:
    """Write what comes as it comes, and count it."""
    for part in parts:
        # The trace first: whatever happens in between, a resumed run can cut it back to the verdicts.
        if trace is not None:
            trace.write(part.trace, part.totals.rows)
        sink.write(part.verdicts, part.totals.rows)
        totals.merge(part.totals)
        tell(totals.rows)


def _engine(options: Namespace, mapping: Mapping[str, str]) -> Engine:
    """The engine that was asked for, with its verifier."""
    wanted = recipe_options(options)
    verifier = recipes.build(options.recipe, **wanted)  # what is wrong with it is told here, not in an actor's log
    if options.engine != "ray":
        # A judge's requests are bounded and its replies kept by one process.
        if (options.workers or 1) == 1 or waits(verifier):
            return in_this_process(verifier, mapping, options.workers)
        from rewardkit.batch.in_workers import in_workers

        return in_workers(options.recipe, wanted, verifier, mapping, options.workers)
    from rewardkit.batch.cluster import Placement
    from rewardkit.batch.on_ray import on_ray

    build = partial(recipes.build, options.recipe, **wanted)
    return on_ray(options.input, build, mapping, Placement.parse(options.actor, actors=options.workers))


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


def _size(source: IO[bytes]) -> int | None:
    """How many bytes there are to read; None for a pipe."""
    status = os.fstat(source.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _checked(chunks: Iterator[Chunk], mapping: Mapping[str, str]) -> Iterator[Chunk]:
    """The chunks, after making sure that the first is usable at all: a wrong column name would spoil every row."""
    first = next(chunks, None)
    if first is None:
        return chunks
    rows = rows_of(first, mapping)
    seen = sorted({key for row in rows for key in row.keys})
    for ours in ("completion", "answer") if seen else ():
        names = (mapping[ours],) if ours in mapping else ALIASES[ours]
        if not any(name in seen for name in names):
            asked = f"the column {mapping[ours]!r}" if ours in mapping else f"{'an' if ours == 'answer' else 'a'} {ours}"
            message = f"no row has {asked}; the columns are {', '.join(seen)}. Map yours: --columns {ours}=NAME"
            raise UsageError(message)
    for ours, theirs in mapping.items() if seen else ():
        if theirs not in seen:
            print(f"note: none of the first {len(rows)} rows has the column {theirs!r}, mapped to {ours!r}", file=sys.stderr)
    return itertools.chain([first], chunks)


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
