"""Answers that are what is written: ranges, scores, numbers of things, sequences, and values under labels.

`18-24` is no subtraction and `(a) 3 (b) 5` no product: each is equal only to itself, in whatever dress.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rewardkit.answers.notation.dates import read_date

__all__ = ["Code", "Part", "codes_in", "first_label", "read_code", "read_parts", "with_one_unit"]

MAX_CODE = 80
MAX_PARTS = 400
KEPT = 1024  # texts, as a reference is asked for by every completion of its group

_DASH = r"(?:[-\u2010-\u2015\u2212]|--)"
_GROUP = r"\d+(?:\.\d+)?"
_DIGITS = rf"(?<![\w.,/^{{(\\-]){_GROUP}(?:{_DASH}{_GROUP})+(?![\w^/(*]|[.,]\d)"
_LINK = r"(?:to|through|until|till|bis|\u00e0|hasta|\u2013|\u2014)"
_TO = rf"(?<![\w.,/^-]){_GROUP}\s*{_LINK}\s*{_GROUP}(?![\w^/(*]|[.,]\d)"
# A dash between spaces is a minus sign, unless it would take more from less.
_APART = rf"(?<![\w.,/^+*=-])(?<![+*=^/-]\s){_GROUP}\s[-\u2013\u2014\u2212]\s{_GROUP}(?![\w^/(*]|[.,]\d|\s[-+*/=^])"
_TAG = rf"(?<![\w-])(?:[A-Z]{{2,8}}{_DASH}?\d{{2,8}}|[A-Z]\d{{3,8}})(?![\w-])"
_CODE = re.compile(
    rf"(?P<digits>{_DIGITS})|(?P<apart>{_APART})|(?P<to>{_TO})|(?P<letters>(?<![\w-])[A-Z](?:{_DASH}[A-Z]){{2,}}(?![\w-]))|(?P<tag>{_TAG})"
)
_UNIT = r"%|[^\W\d_]{2,}(?:[\s/][^\W\d_]+)?"
_WHOLE = re.compile(
    rf"(?P<code>{_DIGITS}|(?P<apart>{_APART})|{_TO}|{_TAG}|[A-Z](?:{_DASH}[A-Z]){{2,}})(?:\s*(?P<unit>{_UNIT}))?[.\s]*"
)
# "50 psi to 75 psi"
_UNIT_TWICE = re.compile(rf"(?<![\w.,/^-])({_GROUP})\s?(%|[^\W\d_]{{2,}})(\s?(?:{_DASH}|\s{_LINK}\s)\s?{_GROUP}\s?\2)(?!\w)")
# What joins two groups: a dash inside, or a word behind a number.
_JOINT = re.compile(r"[\dA-Z{}$] ?-|[\u2010-\u2015\u2212\u00e0]|\d\s+[a-z]|[A-Z]\d\d")
_ENDS = re.compile(rf"{_GROUP}|[A-Z]")
_FORMULA = frozenset("\\{}=^_*+$")
_DRESS = re.compile(r"\\text\{([^{}]*)\}|\\[(),;!\[\]]|\$")

_LABEL = re.compile(r"(?:^|(?<=[\s,;}.]))\(?(?P<label>[a-hA-H]|\d|iii|ii|iv|i|vi|v)\)\s*")
_SERIES = ("abcdefgh", "ABCDEFGH", "123456789", ("i", "ii", "iii", "iv", "v", "vi"))
_RIM = re.compile(r"^(?:[\s,;$]|\\quad|\\qquad|\\\\)+|(?:[\s,;$]|\\quad|\\qquad|\\\\|\band\b)+$")


class Code(NamedTuple):
    """A run of groups joined by dashes, and the word behind it.

    `worded` where the ends are joined by a word, as in "18 to 24".
    """

    groups: tuple[str, ...]
    unit: str = ""
    worded: bool = False

    def same(self, other: Code) -> bool:
        """Equal groups, and equal units where both have one."""
        return self.groups == other.groups and (self.unit == other.unit or not self.unit or not other.unit)


class Part(NamedTuple):
    """A label and what stands under it."""

    label: str
    value: str


def read_code(text: str) -> Code | None:
    """The code that a text is as a whole; None for dates, formulas and anything else."""
    return _code(text) if len(text) <= MAX_CODE and _JOINT.search(text) else None


@lru_cache(maxsize=KEPT)
def _code(text: str) -> Code | None:
    bare = _DRESS.sub(r"\1", text).strip()
    if bare[:1] == "(" and bare[-1:] == ")":
        bare = bare[1:-1].strip()
    found = _WHOLE.fullmatch(bare) if _FORMULA.isdisjoint(bare) else None
    if found is None or read_date(found["code"]) or _takes(found):
        return None
    worded = " " in found["code"] and not found["apart"]
    return Code(tuple(_ENDS.findall(found["code"])), (found["unit"] or "").lower(), worded)


def _takes(found: re.Match[str]) -> bool:
    """Whether what stands around a dash with spaces is a difference, as less is taken from more."""
    ends = [float(end) for end in _ENDS.findall(found["apart"] or "")]
    return bool(ends) and ends[0] >= ends[1]


def codes_in(text: str) -> Iterator[tuple[Code, int, int]]:
    """Every code of a text, also in words ("18 to 24"), and where it stands."""
    for found in _CODE.finditer(text):
        if not _takes(found):
            yield Code(tuple(_ENDS.findall(found[0]))), found.start(), found.end()


def with_one_unit(text: str) -> str:
    """A text whose ranges have their unit behind the second end alone: `50 to 75 psi`."""
    return _UNIT_TWICE.sub(r"\1\3", text)


def read_parts(text: str) -> tuple[Part, ...]:
    """The values under labels `(a) … (b) …` that a text lists from the first label on; empty for anything else."""
    return _parts(text) if text.count(")") > 1 and len(text) <= MAX_PARTS else ()


@lru_cache(maxsize=KEPT)
def _parts(text: str) -> tuple[Part, ...]:
    marks = list(_LABEL.finditer(text))
    labels = [mark["label"] for mark in marks]
    if len(labels) < 2 or not any(labels == list(series[: len(labels)]) for series in _SERIES):
        return ()
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    parts = tuple(Part(mark["label"].lower(), _bare(text[mark.end() : end])) for mark, end in zip(marks, ends, strict=True))
    return parts if all(part.value for part in parts) else ()


def first_label(text: str) -> int | None:
    """Where the first label of a list of parts stands."""
    found = _LABEL.search(text)
    return found.start() if found else None


def _bare(value: str) -> str:
    return _RIM.sub("", _RIM.sub("", value)).rstrip(".").strip()
