"""Answers whose notation is understood as a whole: a clock, several units at once, a year, odds, a segment.

These are recognised on the cleaned text, before the grammar, because their parts mean something else alone: `1 h 30 min` is
no product with a name h in it, and `2024-01-05` no subtraction.
"""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from flint import fmpq

from rewardkit.answers.notation.clock import BEFORE_HOURS, read_clock, read_hour, read_running
from rewardkit.answers.notation.dates import Date, read_date
from rewardkit.answers.tree import Apply, Node, Number, Text, number
from rewardkit.answers.units import convert, is_unit_word

__all__ = ["as_clock", "in_feet", "measured"]

_ODDS = re.compile(r"(\d{1,9}) (?:in|out of)(?: every)? ([1-9]\d{0,8})")
_FEET = re.compile(r"(\d+)\s*'\s*(\d+(?:\.\d+)?)\s*(?:\"|'')")
_MARKED = re.compile(r"(\d+(?:\.\d+)?)\s*('{1,2}|\")")
_PART = r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)\.?"
# A unit of several words, of which the grammar might take one for letters: "25 por ciento".
_WORDED = re.compile(r"(\d+(?:\.\d+)?) ([^\W\d_]+(?: [^\W\d_]+){1,3})")
_PARTS = re.compile(rf"{_PART}(?:(?:\s*,)?\s*(?:and\s+)?{_PART}){{1,3}}")
_ONE_PART = re.compile(_PART)
_DRESS = re.compile(r"\\(?:text|mathrm|mbox|textrm|rm)\s*\{([^{}]*)\}|\\[,;:! ]|\{(:)\}|~")


def measured(cleaned: str) -> Node | None:
    """The tree of a time of day, a duration, a date, odds, or a quantity in several units; None for anything else."""
    text = _DRESS.sub(lambda m: m[2] or f" {m[1] or ''}", cleaned).strip() if "\\" in cleaned or "{" in cleaned else cleaned
    if date := read_date(text):
        return _date(date)
    if not cleaned[:1].isdigit():
        return as_clock(text) if cleaned[:1] in BEFORE_HOURS else None
    if odds := _ODDS.fullmatch(cleaned):
        return Apply("div", (_whole(odds[1]), _whole(odds[2])))
    if running := read_running(text):
        return _sum(running)
    if (clock := as_clock(text)) is not None:
        return clock
    if feet := _FEET.fullmatch(text):
        return _sum([(feet[1], "foot"), (feet[2], "inch")])
    if text[-1] in "'\"" and (arc := _MARKED.fullmatch(text)):
        return Apply("degree", (Apply("div", (_number(arc[1]), _whole("60" if arc[2] == "'" else "3600"))),))
    if (worded := _WORDED.fullmatch(text)) and is_unit_word(worded[2]):
        return Apply("quantity", (_number(worded[1]), Text(worded[2])))
    if _PARTS.fullmatch(text):
        return _sum(_ONE_PART.findall(text))
    return None


def as_clock(cleaned: str, *, bare: bool = False) -> Node | None:
    """The time of day that a text shows, or with `bare` may be, as `8 o'clock` is; None for anything else."""
    clock = read_hour(cleaned) if bare else read_clock(cleaned)
    return Apply("time", (*map(number, clock[:3]), Text(clock.half))) if clock else None


def _date(date: Date) -> Node:
    fields = tuple(number(field or 0) for field in date[:3])
    return Apply("date", (*fields, Text("either")) if date.either else fields)


def in_feet(cleaned: str) -> Node | None:
    """`5'` as feet and `5"` as inches, which read first as minutes and seconds of arc; None for anything else."""
    found = _MARKED.fullmatch(cleaned) if cleaned and cleaned[-1] in "'\"" else None
    return Apply("quantity", (_number(found[1]), Text("foot" if found[2] == "'" else "inch"))) if found else None


def _sum(parts: list[tuple[str, str]]) -> Node | None:
    """Amounts in ever smaller units of one kind, to be added up; None when they are anything else."""
    if parts[0][1].lower() in ("h", "hr", "hrs", "hour", "hours"):
        parts = [(amount, "min" if unit == "m" else unit) for amount, unit in parts]  # 1h30m
    if not all(is_unit_word(unit) for _, unit in parts):
        return None
    for (_, larger), (_, smaller) in pairwise(parts):
        one = convert(Fraction(1), smaller, larger)
        if one is None or one >= 1:
            return None
    return Apply("compound", tuple(Apply("quantity", (_number(amount), Text(unit))) for amount, unit in parts))


def _whole(digits: str) -> Number:
    return Number(fmpq(int(digits)))


def _number(text: str) -> Number:
    value = Fraction(text)
    return Number(fmpq(value.numerator, value.denominator))
