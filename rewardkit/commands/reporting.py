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
    if not Path(options.input).is_file():
        message = f"cannot read {options.input}: no such file. It is what rewardkit score wrote with -o"
        raise UsageError(message)
    try:
        path = write_report(read_records(options.input), options.output, source=options.input)
    except OSError as cause:
        message = f"cannot write {options.output}: {cause.strerror}"
        raise UsageError(message) from None
    except ValueError as cause:
        message = f"{options.input} is not what rewardkit score writes: {cause}"
        raise UsageError(message) from None
    print(f"report: {path}", file=sys.stderr)
    return 0
