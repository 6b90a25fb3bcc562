"""`rewardkit report`: an HTML page over rows that are already scored."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from rewardkit.errors import UsageError
from rewardkit.report import read_records, write_report

__all__ = ["run"]


def run(options: Namespace) -> int:
    """Write the report; 2 when the input cannot be read or the page not be written."""
    source, page = Path(options.input), Path(options.output)
    if not source.is_file():
        message = f"cannot read {source}: no such file. It is what rewardkit score wrote with -o"
        raise UsageError(message)
    if page.exists() and page.samefile(source):
        message = f"{page} is both input and output; choose another file for the page"
        raise UsageError(message)
    try:
        path = write_report(read_records(source), page, source=options.input)
    except OSError as cause:
        message = f"cannot write {page}: {cause.strerror}"
        raise UsageError(message) from None
    print(f"report: {path}", file=sys.stderr)
    return 0
