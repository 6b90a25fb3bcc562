"""Structured values: JSON and Python's literals, read by one small reader that evaluates nothing.

A value is None, a truth, an exact number, a text, a tuple of values (a list) or a mapping with texts or numbers as keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

__all__ = [
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "Found",
    "TooLarge",
    "Unstructured",
    "Value",
    "found_in",
    "is_mapping",
    "read_scalar",
    "read_structure",
]

MAX_CHARACTERS = 100_000
MAX_DEPTH = 40
MAX_TOKENS = 20_000
MAX_EXPONENT = 400
MAX_DIGITS = 400
KEPT = 1024  # texts

Value = None | bool | Fraction | str | tuple["Value", ...] | dict["Value", "Value"]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*')|(?P<bare>[+-]?[\w.][\w.+-]*)|(?P<sign>[{}\[\](),:]))""",
    re.DOTALL,
)
_NUMBER = re.compile(r"[+-]?(\d+(?:_\d+)*)?(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?")
_ESCAPE = re.compile(r"\\(?:u([\dA-Fa-f]{4})|x([\dA-Fa-f]{2})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "/": "/", "\\": "\\", '"': '"', "'": "'", "\n": ""}
_WORDS: dict[str, Value] = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_CLOSERS = {"{": "}", "[": "]", "(": ")"}
_OPENER = re.compile(r"[{\[]")


class Unstructured(ValueError):
    """The text is no structured value; the message says where it stops being one."""


class TooLarge(Unstructured):
    """The text exceeds a limit of size or depth."""


class Found(NamedTuple):
    """A list or mapping that stands somewhere in a text, and where."""

    value: Value
    begin: int
    end: int


def read_structure(text: str) -> Value:
    """The value that a text is as a whole.

    Raises `Unstructured` for other text, for a key that stands twice and for what is no number (NaN, infinity), and `TooLarge`
    past 100,000 characters, 20,000 tokens or 40 levels.
    """
    if len(text) > MAX_CHARACTERS:
        raise TooLarge(f"more than {MAX_CHARACTERS} characters")
    reader = _Reader(text, MAX_TOKENS)
    value = reader.value(0)
    if text[reader.at :].strip():
        raise Unstructured(f"{text[reader.at :].strip()[:20]!r} is left over")
    return value


def found_in(text: str) -> Iterator[Found]:
    """The lists and mappings in a text, outermost ones one after another, within the limits of one value for all of them."""
    text = text[-MAX_CHARACTERS:]
    left, at = MAX_TOKENS, 0
    while left > 0 and (opener := _OPENER.search(text, at)):
        reader = _Reader(text, left, opener.start())
        try:
            value = reader.value(0)
        except Unstructured:
            at = opener.end()
        else:
            at = reader.at
            yield Found(value, opener.start(), at)
        left = reader.left


def is_mapping(text: str) -> bool:
    """Whether a text as a whole is a mapping with at least one key; a set in braces is none."""
    text = text.strip()
    return text[:1] == "{" and text[-1:] == "}" and ":" in text and _is_mapping(text)


@lru_cache(maxsize=KEPT)
def _is_mapping(text: str) -> bool:
    try:
        return isinstance(read_structure(text), dict)
    except Unstructured:
        return False


class _Reader:
    """Goes through a text once, token by token, and counts them down."""

    def __init__(self, text: str, left: int, at: int = 0) -> None:
        self.text = text
        self.left = left
        self.at = at

    def token(self) -> re.Match[str]:
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            raise Unstructured(f"{self.text[self.at :].strip()[:20]!r} is no value")
        self.left -= 1
        if self.left < 0:
            raise TooLarge(f"more than {MAX_TOKENS} tokens")
        self.at = found.end()
        return found

    def peek(self) -> str:
        """The sign that stands next; empty for anything else."""
        found = _TOKEN.match(self.text, self.at)
        return (found["sign"] or "") if found else ""

    def value(self, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise TooLarge(f"nested deeper than {MAX_DEPTH} levels")
        found = self.token()
        if found["text"] is not None:
            return _text(found["text"])
        if found["bare"] is not None:
            return _bare(found["bare"])
        if found["sign"] == "{":
            return self.mapping(depth)
        if found["sign"] in ("[", "("):
            return self.items(found["sign"], depth)
        raise Unstructured(f"{found['sign']!r} where a value was expected")

    def items(self, opener: str, depth: int) -> Value:
        items: list[Value] = []
        commas = 0
        while self.peek() != _CLOSERS[opener]:
            if len(items) > commas:
                self.expect(",")
                commas += 1
            else:
                items.append(self.value(depth + 1))
        self.token()
        if opener == "(" and len(items) == 1 and not commas:
            return items[0]
        return tuple(items)

    def mapping(self, depth: int) -> Value:
        pairs: dict[Value, Value] = {}
        while self.peek() != "}":
            if pairs:
                self.expect(",")
                if self.peek() == "}":
                    break
            key = self.value(depth + 1)
            if not isinstance(key, (str, Fraction)):
                raise Unstructured(f"{key!r:.40} is no key")
            if key in pairs:
                raise Unstructured(f"the key {key!s:.40} stands twice")
            self.expect(":")
            pairs[key] = self.value(depth + 1)
        self.token()
        return pairs

    def expect(self, sign: str) -> None:
        found = self.token()
        if found["sign"] != sign:
            raise Unstructured(f"{found[0].strip()[:20]!r} where {sign!r} was expected")


def read_scalar(word: str) -> Value:
    """A number, truth or null that is written without quotes. Raises `Unstructured` for anything else."""
    return _bare(word)


def _bare(word: str) -> Value:
    if word in _WORDS:
        return _WORDS[word]
    found = _NUMBER.fullmatch(word)
    whole, after, power = found.groups() if found else (None, None, None)
    if not whole and not after:
        raise Unstructured(f"{word[:20]!r} is no value")
    digits = (whole or "").replace("_", "") + (after or "")
    if len(digits) > MAX_DIGITS or abs(int(power or 0)) > MAX_EXPONENT:
        raise TooLarge(f"a number of more than {MAX_DIGITS} digits")
    value = Fraction(int(digits)) * Fraction(10) ** (int(power or 0) - len(after or ""))
    return -value if word[0] == "-" else value


def _text(quoted: str) -> str:
    body = quoted[1:-1]
    return _ESCAPE.sub(_unescaped, body) if "\\" in body else body


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _ESCAPED.get(escape[3], escape[0])
