"""Rows as they were read: lines of JSON, one row a line, and what is told of bytes that are no text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

__all__ = ["MAX_LINE_MB", "Lines", "RawRow", "bad_byte", "escaped", "is_utf8", "json_lines", "kind", "not_utf8", "row_of"]

MAX_LINE_MB = 64
MAX_DEPTH = 64
SKIP_BYTES = 1 << 20
BOM = b"\xef\xbb\xbf"
FIELDS = "an object with named fields"

_ESCAPED = re.compile(r"[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: its place in its file, counted from 1 (lines of a JSON-lines file), and its fields or why it has none.

    `size` is what it takes up in the file, in bytes, where that is known.
    """

    place: int
    fields: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    size: int = 0


class Lines(Protocol):
    """What can be read line by line."""

    def readline(self, limit: int, /) -> bytes:
        """The next line, or as much of it as the limit allows; empty at the end."""
        ...


def json_lines(source: Lines, *, first: int = 1, wanted: str = FIELDS) -> Iterator[RawRow]:
    """One row a line that is not blank, in order, counted from line `first`; nothing in a line makes this raise.

    A line over 64 MB is passed over without being held, and is a row with a problem, as is one that is not UTF-8, not JSON,
    nested more than 64 deep, or not `wanted`.
    """
    limit = MAX_LINE_MB * 2**20
    for place, (line, size) in enumerate(_lines(source, limit), start=first):
        if size > limit:
            yield RawRow(place, problem=f"{size / 2**20:.0f} MB long; the limit is {MAX_LINE_MB} MB a line")
        elif line.strip():
            yield _parsed(line, place, wanted)


def _lines(source: Lines, limit: int) -> Iterator[tuple[bytes, int]]:
    """Each line and its size; one that is longer than the limit comes as its end only."""
    while line := source.readline(limit + 1):
        size = len(line)
        while size > limit and line and not line.endswith(b"\n"):
            line = b""  # let go of what was read before more is
            line = source.readline(SKIP_BYTES)
            size += len(line)
        yield line, size


def _parsed(line: bytes, place: int, wanted: str) -> RawRow:
    mark = len(BOM) if place == 1 and line.startswith(BOM) else 0
    if problem := bad_byte(line):  # a stand-in for the byte would equal the stand-in for any other
        return RawRow(place, problem=problem)
    try:
        # NaN and Infinity are no JSON and mean null.
        value = json.loads(line[mark:].decode("utf-8"), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as cause:
        return RawRow(place, problem=f"not JSON: {cause}")
    return row_of(value, place, wanted=wanted, size=len(line))


def row_of(value: Any, place: int, *, wanted: str = FIELDS, size: int = 0) -> RawRow:
    """The row of a JSON value, which must be an object."""
    if not isinstance(value, dict):
        return RawRow(place, problem=f"a JSON {kind(value)}; wanted {wanted}")
    if _deeper(value, MAX_DEPTH):
        return RawRow(place, problem=f"nested more than {MAX_DEPTH} deep")
    return RawRow(place, value, size=size)


def bad_byte(line: bytes) -> str:
    """The problem of a line that is not UTF-8; empty when it is."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as cause:
        return not_utf8(cause.object[cause.start], cause.start, "the line")
    return ""


def not_utf8(byte: int, before: int, where: str) -> str:
    """The problem of a byte that is no UTF-8, with `before` bytes of `where` in front of it."""
    seen = f"not UTF-8: byte {before + 1} of {where} is 0x{byte:02X}"
    return f"{seen}; wanted UTF-8. Convert the file, say with iconv -f LATIN1 -t UTF-8"


def is_utf8(text: str) -> bool:
    """Whether text that was read with `surrogateescape` had no byte that is no UTF-8."""
    return _ESCAPED.search(text) is None


def escaped(fields: Mapping[str, Any]) -> str:
    """The problem of fields that were read with `surrogateescape` and hold a byte that is no UTF-8; empty when none does."""
    for name, value in fields.items():
        for text in (name, *_texts(value)):
            if found := _ESCAPED.search(text):
                before = len(text[: found.start()].encode("utf-8", "surrogatepass"))
                where = "a column's name" if text is name else f"the column {name!r}"
                return not_utf8(ord(found[0]) - 0xDC00, before, where)
    return ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield name
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def kind(value: Any, article: str = "") -> str:
    """What JSON calls a value, with `a` as an article also with that."""
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    named = kinds.get(type(value), "number")
    return f"{'an' if named[0] in 'ao' else article} {named}" if article else named


def _deeper(value: Any, depth: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return depth == 0 or any(_deeper(part, depth - 1) for part in parts)
