"""What an earlier run has left in its output, so that another goes on from there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from rewardkit.batch.columns import InputRow
from rewardkit.errors import UsageError
from rewardkit.trace import encode

__all__ = ["Before", "done_before"]


@dataclass(frozen=True, slots=True)
class Before:
    """What an earlier run left whole: so many rows of output, their bytes, and the line of the input that comes after them.

    Of a line with several completions all rows count or none; `begun` are those of a line that was not finished.
    """

    rows: int = 0
    bytes: int = 0
    line: int = 1
    begun: tuple[InputRow, ...] = ()


def done_before(rows: Iterator[InputRow], output: str) -> Before:
    """What an earlier run left whole; takes as many from `rows`.

    A last line that it could not finish does not count. Raises `UsageError` unless every line has the id of its row.
    """
    if output == "-":
        message = "--resume needs an output file; standard output keeps nothing to go on from"
        raise UsageError(message)
    before, ahead = Before(), list[InputRow]()
    size = 0
    try:
        old = open(output, "rb")  # noqa: SIM115 - closed below
    except FileNotFoundError:
        return before
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
                where = f"line {before.rows + len(ahead) + 1} has id {written!r}, where the input has {found}"
                message = f"{output} is not this input's output: {where}"
                raise UsageError(message)
            ahead.append(row)
            size += len(line)
            if row.last:
                before, ahead, size = Before(before.rows + len(ahead), before.bytes + size, row.line + 1), [], 0
    while ahead and not ahead[-1].last:
        ahead.append(next(rows))
    return replace(before, begun=tuple(ahead))


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
