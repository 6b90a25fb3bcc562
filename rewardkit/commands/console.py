"""What a person sees while a command runs: a bar on a terminal, plain lines elsewhere, a table at the end."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import Console

    from rewardkit.batch.engine import Totals

__all__ = ["console", "judge_lines", "progress", "show_summary"]

LINE_EVERY_S = 10.0


class Told(Protocol):
    """What knows how far it is read."""

    def tell(self) -> int:
        """Bytes from its beginning."""
        ...


def console() -> Console:
    """A console on standard error, so that standard output stays data."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


@contextlib.contextmanager
def progress(title: str, total_bytes: int | None) -> Iterator[Callable[[int, Told], None]]:
    """A function to be called with the rows done so far and the file they come from."""
    if not sys.stderr.isatty():
        yield _plain_lines(title)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console(),
        transient=True,
    )
    with bar:
        task = bar.add_task(title, total=total_bytes, rows=0)
        yield lambda rows, source: bar.update(task, completed=source.tell() if total_bytes else 0, rows=rows)


@contextlib.contextmanager
def judge_lines() -> Iterator[None]:
    """Within it a judge in this process, which may take minutes for one slice, says on standard error how far it is."""
    log, handler = logging.getLogger("rewardkit.judges"), logging.StreamHandler(sys.stderr)
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)


def _plain_lines(title: str) -> Callable[[int, Told], None]:
    started = last = time.perf_counter()

    def tell(rows: int, _: Told) -> None:
        nonlocal last
        now = time.perf_counter()
        if now - last >= LINE_EVERY_S:
            last = now
            print(f"{title}: {rows:,} rows, {rows / (now - started):,.0f} rows/s", file=sys.stderr, flush=True)

    return tell


def show_summary(totals: Totals, output: str, *, resumed: int = 0) -> None:
    """The closing table of `score`: rows a reason and verifier, the mean reward and the speed."""
    from rich.table import Table
    from rich.text import Text

    out = console()
    elapsed = time.perf_counter() - totals.started
    if totals.rows:
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("reason")
        table.add_column("verifier")
        table.add_column("rows", justify="right")
        table.add_column("share", justify="right")
        for (reason, verifier), count in totals.reasons.most_common():
            table.add_row(Text(reason), Text(verifier), f"{count:,}", f"{count / totals.rows:.1%}")
        out.print(table)
    scored = totals.statuses["scored"]
    mean = f"{totals.reward_sum / scored:.3f}" if scored else "–"
    say = partial(out.print, markup=False, soft_wrap=True)
    counts = f"{scored:,} scored, {totals.statuses['abstained']:,} abstained, {totals.statuses['error']:,} errors"
    before = f" ({resumed:,} rows were there before)" if resumed else ""
    say(f"{totals.rows:,} rows in {elapsed:.1f} s: mean reward {mean} over {counts}{before}")
    if output != "-":
        say(f"verdicts: {output}")
