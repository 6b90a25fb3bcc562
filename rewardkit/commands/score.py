"""`rewardkit score`: rows in, one verdict a line out, in input order, as they come."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rewardkit.batch.blocks import Chunk
from rewardkit.batch.engine import Done, Engine, Refused, Scored, Totals, in_this_process
from rewardkit.batch.readers import Input
from rewardkit.batch.resuming import Before, done_before
from rewardkit.batch.sinks import CannotWrite, Sink
from rewardkit.commands.console import judge_lines, progress, show_summary
from rewardkit.commands.first_look import AllBad, looked_at
from rewardkit.commands.judging import check_writable, reward_of, say_trouble
from rewardkit.commands.pairs import parse_columns
from rewardkit.commands.replies import Replies
from rewardkit.compose import waits
from rewardkit.deadline import one_step
from rewardkit.errors import UsageError
from rewardkit.recipes.parts.config import build

__all__ = ["run"]

EXIT_LOST, EXIT_INTERRUPTED = 1, 130


def run(options: Namespace) -> int:
    """Score what was named.

    The exit status is 0 when every row got its line, 1 when some could not be written, no row is usable or the judge refuses,
    and 130 after Ctrl-C.
    """
    table = reward_of(options)
    mapping = {**table.pop("columns", {}), **parse_columns(options.columns)}
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(Input(options.data))
        _keep_apart(source.names, options)
        replies = Replies(options, table)
        score = _engine(options, table, mapping, source.names)
        say_trouble(table)
        before = done_before(source.rows(mapping), options.output) if options.resume else Before()
        start = source.tell() - sum(row.size for row in before.begun[:1])
        begun: list[Chunk] = [list(before.begun)] if before.begun else []
        groups: Iterator[Chunk] = itertools.chain(begun, source.chunks(mapping))
        if not before.rows:
            try:
                groups = looked_at(groups, mapping, source.names)
            except AllBad as cause:
                print(f"rewardkit: {cause}", file=sys.stderr)
                return EXIT_LOST
        if options.report:
            check_writable(options.report)
        engine = partial(score, groups, Done(before.rows, start, before.line))
        return _run(options, source, before, engine, replies, stack)


def _run(
    options: Namespace,
    source: Input,
    before: Before,
    engine: Callable[[bool, contextlib.ExitStack], Iterator[Scored]],
    replies: Replies,
    stack: contextlib.ExitStack,
) -> int:
    """Write what the engine gives, then the report and the summary."""
    sink = stack.enter_context(Sink(options.output, keep_bytes=before.bytes))
    trace, traced_before = _open_trace(options, before.rows, stack)
    totals = Totals()
    bar = stack.enter_context(progress("scoring", source.size if options.engine == "local" else None))
    try:
        with one_step(), judge_lines():
            _write(engine(trace is not None, stack), sink, trace, totals, lambda rows: bar(rows, source))
    except KeyboardInterrupt:
        rows = before.rows + sink.rows
        goes_on = "the same command with --resume goes on from there"
        print(f"stopped after {rows} rows; {goes_on}{replies.kept}", file=sys.stderr)
        return EXIT_INTERRUPTED
    except (CannotWrite, Refused) as cause:
        safe = f"{before.rows + sink.rows} rows are safe in {options.output}"
        print(f"rewardkit: {cause}; {safe}. {cause.mend}, then run the same command with --resume.", file=sys.stderr)
        return EXIT_LOST
    replies.finished()
    if options.report and trace is not None and not _report(options, trace.path, before.rows - traced_before):
        return EXIT_LOST
    show_summary(totals, options.output, resumed=before.rows)
    return 0


def _write(parts: Iterable[Scored], sink: Sink, trace: Sink | None, totals: Totals, tell: Callable[[int], None]) -> None:
    """Write what comes as it comes, and count it. Raises `Refused` before rows whose judge refuses are written."""
    for part in parts:
        if part.totals.refusal:
            raise Refused(part.totals.refusal)
        # The trace first: whatever happens in between, a resumed run can cut it back to the verdicts.
        if trace is not None:
            trace.write(part.trace, part.totals.rows)
        sink.write(part.verdicts, part.totals.rows)
        totals.merge(part.totals)
        tell(totals.rows)


def _engine(options: Namespace, table: Mapping[str, Any], mapping: Mapping[str, str], names: Sequence[str]) -> Engine:
    """The engine that was asked for, with its verifier."""
    verifier = build(table)  # what is wrong with it is told here, not in an actor's log
    if options.engine != "ray":
        # A judge's requests are bounded and its replies kept by one process.
        if (options.workers or 1) == 1 or waits(verifier):
            return in_this_process(verifier, mapping, options.workers)
        from rewardkit.batch.in_workers import in_workers

        return in_workers(table, verifier, mapping, options.workers)
    from rewardkit.batch.cluster import Placement
    from rewardkit.batch.on_ray import on_ray

    return on_ray(names, partial(build, table), mapping, Placement.parse(options.actor, actors=options.workers))


def _keep_apart(names: Sequence[str], options: Namespace) -> None:
    """No file may be both read and written, or written twice."""
    seen: dict[str, str] = {}
    written = [(name, getattr(options, name)) for name in ("output", "trace", "report")]
    for name, path in [*(("input", path) for path in names if path != "-"), *written]:
        # Two outputs to one device, such as /dev/null, hurt nobody.
        if not path or (os.path.exists(path) and not os.path.isfile(path)):
            continue
        other = seen.setdefault("-" if path == "-" else os.path.realpath(path), name)
        if other != name:
            message = f"{path} is named as {other} and as {name}; choose another file for one of them"
            raise UsageError(message)


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
    from rewardkit.report import read_records, where_rows_are, write_report

    # Rows of an earlier run may have no trace, but their verdicts still belong into the page.
    earlier = itertools.islice(read_records(options.output), untraced) if untraced else ()
    try:
        path = write_report(itertools.chain(earlier, read_records(trace_path)), options.report, source=", ".join(options.data))
    except OSError as cause:
        message = f"rewardkit: cannot write {options.report}: {cause.strerror}; every verdict is safe in {options.output}. "
        print(f"{message}Make room, then: rewardkit report {options.output} -o {options.report}", file=sys.stderr)
        return False
    print(f"report: {path}{where_rows_are(path)}", file=sys.stderr)
    return True
