"""`rewardkit report`: an HTML page over rows that are already scored, or over the trace of a training run."""

from __future__ import annotations

import heapq
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rewardkit.data.files import matches
from rewardkit.errors import UsageError
from rewardkit.report import read_records, where_rows_are, write_report
from rewardkit.report.training import Training

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Write the report; 2 when the input cannot be read or the page not be written."""
    sources, page = [Path(name) for given in options.input for name in matches(given)], Path(options.output)
    for source in sources:
        if not source.is_file():
            message = f"cannot read {source}: no such file. It is what rewardkit score wrote, or a reward function's trace"
            raise UsageError(message)
        if page.exists() and page.samefile(source):
            message = f"{page} is both input and output; choose another file for the page"
            raise UsageError(message)
    training = Training.of(_records(sources))
    try:
        path = write_report(_records(sources), page, source=", ".join(options.input), training=training)
    except OSError as cause:
        message = f"cannot write {page}: {cause.strerror}"
        raise UsageError(message) from None
    for alarm in training.alarms:
        print(f"alarm: {alarm.text}", file=sys.stderr)
    print(f"report: {path}{where_rows_are(path)}", file=sys.stderr)
    return 0


def _records(sources: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """The records of every file, the ranks of a run side by side; of files without steps one after the other."""
    return heapq.merge(*map(read_records, sources), key=_step)


def _step(record: Mapping[str, Any]) -> int:
    step = record.get("step")
    return step if isinstance(step, int) else 0
