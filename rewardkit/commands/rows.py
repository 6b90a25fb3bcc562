"""JSON lines in, samples out: how the command line reads rows, whatever is wrong with them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from rewardkit.errors import UsageError
from rewardkit.types import Sample, Verdict

__all__ = ["Row", "open_rows", "parse_columns", "read_rows", "to_row"]

MAX_LINE_MB = 64

COMPLETION = ("completion", "response")
PROMPT = ("prompt", "problem", "question")
ANSWER = ("answer", "solution", "ground_truth", "gold")


@dataclass(frozen=True, slots=True)
class Row:
    """One input line: its sample, or why there is none."""

    line: int
    id: Any
    sample: Sample
    problem: str = ""
    keys: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The error verdict of a row that could not be read."""
        return Verdict.error("bad_row", message=f"line {self.line}: {self.problem}")


def parse_columns(text: str | None) -> dict[str, str]:
    """`answer=gold,completion=response` as a mapping from our name to the file's. Raises `UsageError`."""
    mapping: dict[str, str] = {}
    for pair in filter(None, (text or "").split(",")):
        ours, _, theirs = pair.partition("=")
        if not ours.strip() or not theirs.strip():
            message = f"--columns wants NAME=YOURS pairs separated by commas, such as answer=gold,completion=response; saw {pair!r}"
            raise UsageError(message)
        mapping[ours.strip()] = theirs.strip()
    return mapping


@contextmanager
def open_rows(path: str) -> Iterator[IO[bytes]]:
    """The input as a byte stream; `-` is standard input. Raises `UsageError` when it cannot be opened."""
    if path == "-":
        yield sys.stdin.buffer
        return
    try:
        source = Path(path).open("rb")
    except OSError as cause:
        message = f"cannot read {path}: {cause.strerror}"
        raise UsageError(message) from None
    with source:
        yield source


def read_rows(source: IO[bytes], mapping: Mapping[str, str], *, skip: int = 0) -> Iterator[Row]:
    """One `Row` a line that is not blank, in order, after `skip` of them; nothing in a line makes this raise."""
    number = seen = 0
    limit = MAX_LINE_MB * 2**20
    while line := source.readline(limit + 1):
        number += 1
        size = len(line)
        while size > limit and not line.endswith(b"\n"):
            line = source.readline(limit)
            size += len(line)
            if not line:
                break
        if size > limit:
            seen += 1
            if seen > skip:
                yield Row(number, number, Sample(seen - 1, None, ""), f"{size / 2**20:.0f} MB long; the limit is {MAX_LINE_MB} MB a line")
            continue
        if not line.strip():
            continue
        seen += 1
        if seen > skip:
            yield _parse(line, number, seen - 1, mapping)


def _parse(line: bytes, number: int, index: int, mapping: Mapping[str, str]) -> Row:
    try:
        # A lone surrogate in the bytes must cost one character, not the row.
        fields = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8", errors="replace"))
    except (ValueError, RecursionError) as cause:
        return Row(number, number, Sample(index, None, ""), f"not JSON: {cause}")
    if not isinstance(fields, dict):
        return Row(number, number, Sample(index, None, ""), f"a JSON {type(fields).__name__}; wanted an object with a completion and an answer")
    return to_row(fields, mapping, number=number, index=index)


def to_row(fields: dict[str, Any], mapping: Mapping[str, str], *, number: int, index: int) -> Row:
    """A row from the fields of one JSON object, with the file's column names mapped to ours."""
    row_id = fields.get(mapping.get("id", "id"))
    row_id = number if row_id is None else row_id
    columns = {**fields, **{ours: fields.get(theirs) for ours, theirs in mapping.items()}}
    completion = _first(columns, COMPLETION)
    columns["answer"] = _first(columns, ANSWER)
    sample = Sample(index, _first(columns, PROMPT), "" if completion is None else completion, columns)
    problem = ""
    if completion is None:
        problem = f"no completion; the row has {', '.join(fields) or 'no fields'}. Map yours with --columns completion=NAME"
    elif not isinstance(completion, (str, list)):
        problem = f"the completion is a {type(completion).__name__}; wanted a string or a list of messages"
    return Row(number, row_id, sample, problem, tuple(fields))


def _first(columns: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((columns[name] for name in names if columns.get(name) is not None), None)
