"""Rows as they were read: lines of JSON, one row a line, and what is told of bytes that are no text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

__all__ = [
    *("MAX_LINE_MB", "Lines", "RawRow", "bad_byte", "bounded_lines", "escaped", "fields_of", "is_utf8", "json_lines", "kind"),
    *("not_utf8", "row_of"),
]

MAX_LINE_MB = 64
MAX_DEPTH = 64
SKIP_BYTES = 1 << 20
MARK = "\ufeff"
FIELDS = "an object with named fields"

_ESCAPED = re.compile(r"[\udc80-\udcff]")
# NaN and Infinity are no JSON and mean null. Made once: making a decoder takes as long as reading a line.
_read_json = json.JSONDecoder(parse_constant=lambda _: None).decode


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


def json_lines(source: Lines, *, first: int = 1) -> Iterator[RawRow]:
    """One row a line that is not blank, in order, counted from line `first`; nothing in a line makes this raise.

    A line over 64 MB is passed over without being held, and is a row with a problem, as is one that is not UTF-8, not JSON,
    nested more than 64 deep, or no object.
    """
    for place, (line, problem) in enumerate(bounded_lines(source), start=first):
        if problem:
            yield RawRow(place, problem=problem)
        elif line.strip():
            found = fields_of(line)
            yield RawRow(place, problem=found) if isinstance(found, str) else RawRow(place, found, size=len(line))


def bounded_lines(source: Lines) -> Iterator[tuple[bytes, str]]:
    """Each line, and its problem when it is over 64 MB: of such a line no more than the end is ever held."""
    limit = MAX_LINE_MB * 2**20
    while line := source.readline(limit + 1):
        size = len(line)
        while size > limit and line and not line.endswith(b"\n"):
            line = b""  # let go of what was read before more is
            line = source.readline(SKIP_BYTES)
            size += len(line)
        yield line, f"{size / 2**20:.0f} MB long; the limit is {MAX_LINE_MB} MB a line" if size > limit else ""


def fields_of(line: bytes, *, wanted: str = FIELDS) -> dict[str, Any] | str:
    """The fields of a line, or what is wrong with it; nothing in a line makes this raise."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:  # a stand-in for the byte would equal the stand-in for any other
        return bad_byte(line)
    if text.startswith(MARK):  # of a file, which may stand behind others
        text = text[1:]
    try:
        value = _read_json(text)
    except (ValueError, RecursionError) as cause:
        return f"not JSON: {cause}"
    # Counting brackets is several times as fast as walking through what they hold.
    return _object(value, wanted, text.count("[") + text.count("{") > MAX_DEPTH)


def row_of(value: Any, place: int) -> RawRow:
    """The row of a JSON value, which must be an object."""
    found = _object(value, FIELDS, True)
    return RawRow(place, problem=found) if isinstance(found, str) else RawRow(place, found)


def _object(value: Any, wanted: str, maybe_deep: bool) -> dict[str, Any] | str:
    if not isinstance(value, dict):
        return f"a JSON {kind(value)}; wanted {wanted}"
    return f"nested more than {MAX_DEPTH} deep" if maybe_deep and _deeper(value, MAX_DEPTH) else value


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


def _deeper(value: dict[str, Any] | list[Any], depth: int) -> bool:
    for part in value.values() if isinstance(value, dict) else value:
        if isinstance(part, (dict, list)) and (depth == 1 or _deeper(part, depth - 1)):
            return True
    return False
