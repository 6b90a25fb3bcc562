"""JSON lines in, samples out: how the command line reads rows, whatever is wrong with them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from rewardkit.errors import UsageError
from rewardkit.types import Sample, Verdict

__all__ = ["ALIASES", "MAX_LINE_MB", "Lines", "Row", "open_rows", "parse_columns", "parse_pairs", "read_rows", "to_row"]

MAX_LINE_MB = 64
MAX_DEPTH = 64
SKIP_BYTES = 1 << 20
HINT = ". Map yours with --columns completion=NAME"

ALIASES = {
    "completion": ("completion", "response"),
    "prompt": ("prompt", "problem", "question"),
    "answer": ("answer", "solution", "ground_truth", "gold"),
}
"""The names under which a file may hold a column, the first one that is not null counting."""


@dataclass(frozen=True, slots=True)
class Row:
    """One input line: its sample, or why there is none."""

    line: int
    id: Any
    sample: Sample
    problem: str = ""
    keys: tuple[str, ...] = ()
    size: int = 0

    @property
    def verdict(self) -> Verdict:
        """The error verdict of a row that could not be read."""
        return Verdict.error("bad_row", message=f"line {self.line}: {self.problem}")


def parse_columns(text: str | None) -> dict[str, str]:
    """`answer=gold,completion=response` as a mapping from our name to the file's. Raises `UsageError`."""
    return parse_pairs(text, "--columns", "NAME=YOURS", "answer=gold,completion=response")


def parse_pairs(text: str | None, option: str, form: str, example: str = "") -> dict[str, str]:
    """`a=b,c=d` as a mapping; `option`, `form` and `example` are for the message. Raises `UsageError`."""
    mapping: dict[str, str] = {}
    for pair in filter(None, (text or "").split(",")):
        name, _, value = pair.partition("=")
        if not name.strip() or not value.strip():
            such = f", such as {example}" if example else ""
            message = f"{option} wants {form} pairs separated by commas{such}; saw {pair!r}"
            raise UsageError(message)
        mapping[name.strip()] = value.strip()
    return mapping


@contextmanager
def open_rows(path: str) -> Iterator[IO[bytes]]:
    """The input as a byte stream; `-` is standard input. Raises `UsageError` when it cannot be opened."""
    if path == "-":
        yield sys.stdin.buffer
        return
    try:
        source = Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError as cause:
        message = f"cannot read {path}: {cause.strerror}"
        raise UsageError(message) from None
    with source:
        yield source


class Lines(Protocol):
    """What can be read line by line."""

    def readline(self, limit: int, /) -> bytes:
        """The next line, or as much of it as the limit allows; empty at the end."""
        ...


def read_rows(source: Lines, mapping: Mapping[str, str], *, first: int = 1) -> Iterator[Row]:
    """One `Row` a line that is not blank, in order, counted from line `first`; nothing in a line makes this raise.

    A line over 64 MB is passed over without being held, and is an error row.
    """
    index = first - 1
    limit = MAX_LINE_MB * 2**20
    for number, (line, size) in enumerate(_lines(source, limit), start=first):
        if size > limit:
            yield _unreadable(number, index, f"{size / 2**20:.0f} MB long; the limit is {MAX_LINE_MB} MB a line")
        elif line.strip():
            yield _parse(line, number, index, mapping)
        else:
            continue
        index += 1


def _lines(source: Lines, limit: int) -> Iterator[tuple[bytes, int]]:
    """Each line and its size; one that is longer than the limit comes as its end only."""
    while line := source.readline(limit + 1):
        size = len(line)
        while size > limit and line and not line.endswith(b"\n"):
            line = b""  # let go of what was read before more is
            line = source.readline(SKIP_BYTES)
            size += len(line)
        yield line, size


def _parse(line: bytes, number: int, index: int, mapping: Mapping[str, str]) -> Row:
    try:
        # A byte that is no UTF-8 must cost one character, not the row; NaN and Infinity are no JSON and mean null.
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", errors="replace")
        fields = json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as cause:
        return _unreadable(number, index, f"not JSON: {cause}")
    if not isinstance(fields, dict):
        return _unreadable(number, index, f"a JSON {_kind(fields)}; wanted an object with a completion and an answer")
    if _deeper(fields, MAX_DEPTH):
        return _unreadable(number, index, f"nested more than {MAX_DEPTH} deep")
    return to_row(fields, mapping, number=number, index=index, size=len(line))


def _unreadable(number: int, index: int, problem: str) -> Row:
    return Row(number, number, Sample(index, None, ""), problem)


def to_row(
    fields: dict[str, Any], mapping: Mapping[str, str], *, number: int, index: int, size: int = 0, hint: str = HINT
) -> Row:
    """A row from the fields of one JSON object, with the file's column names mapped to ours; `hint` says how to map them."""
    row_id = fields.get(mapping.get("id", "id"))
    columns = {**fields, **{ours: fields.get(theirs) for ours, theirs in mapping.items()}}
    completion, prompt, answer = (_value(columns, name, mapping) for name in ("completion", "prompt", "answer"))
    columns["answer"] = answer
    sample = Sample(index, prompt, "" if completion is None else completion, columns)
    problem = _completion_problem(completion, fields, mapping, hint) or _answer_problem(answer)
    return Row(number, number if row_id is None else row_id, sample, problem, tuple(fields), size)


def _value(columns: Mapping[str, Any], name: str, mapping: Mapping[str, str]) -> Any:
    # A column that was mapped is the only source: falling back to another would score what nobody asked for.
    names = (name,) if name in mapping else ALIASES[name]
    return next((columns[alias] for alias in names if columns.get(alias) is not None), None)


def _completion_problem(value: Any, fields: Mapping[str, Any], mapping: Mapping[str, str], hint: str) -> str:
    if value is None:
        names = (mapping["completion"],) if "completion" in mapping else ALIASES["completion"]
        if null := next((name for name in names if name in fields), None):
            return f"the column {null!r} is null; wanted a string or a list of messages"
        return f"no completion; the row has {', '.join(fields) or 'no fields'}{hint}"
    if isinstance(value, str) or (isinstance(value, list) and all(isinstance(message, dict) for message in value)):
        return ""
    return f"the completion is {_kind(value, 'a')}; wanted a string or a list of messages"


def _answer_problem(value: Any) -> str:
    """Accepted answers are strings and numbers, a list of them, or lists of numbers such as boxes."""
    for accepted in value if isinstance(value, list) else [value]:
        parts = accepted if isinstance(accepted, list) else ()
        if isinstance(accepted, dict) or any(isinstance(part, (dict, list, str)) for part in parts):
            where = " inside a list" if isinstance(value, list) else ""
            return f"the answer is {_kind(accepted, 'a')}{where}; wanted a string, a number, or a list of the accepted ones"
    return ""


def _kind(value: Any, article: str = "") -> str:
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    kind = kinds.get(type(value), "number")
    return f"{'an' if kind[0] in 'ao' else article} {kind}" if article else kind


def _deeper(value: Any, depth: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return depth == 0 or any(_deeper(part, depth - 1) for part in parts)
