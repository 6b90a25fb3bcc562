"""Answers whose notation is understood as a whole: a clock, several units at once, a year, odds, a segment.

These are recognised on the cleaned text, before the grammar, because their parts mean something else alone: `1 h 30 min` is
no product with a name h in it, and `2024-01-05` no subtraction.
"""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from flint import fmpq

from rewardkit.answers.tree import Apply, Node, Number, Text
from rewardkit.answers.units import convert, is_unit_word

__all__ = ["in_feet", "measured"]

_CLOCK = re.compile(r"(\d{1,2})(?::([0-5]\d)(?::([0-5]\d))?)?\s*([ap]\.?m\.?)?", re.IGNORECASE)
_DURATION = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?\s*(h|hrs?|hours?|min|mins|minutes?)", re.IGNORECASE)
_ODDS = re.compile(r"(\d{1,9}) (?:in|out of)(?: every)? ([1-9]\d{0,8})")
_FEET = re.compile(r"(\d+)\s*'\s*(\d+(?:\.\d+)?)\s*(?:\"|'')")
_MARKED = re.compile(r"(\d+(?:\.\d+)?)\s*('{1,2}|\")")
_DATE = re.compile(r"(\d{4})-([01]\d)-([0-3]\d)")
_PART = r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)\.?"
_PARTS = re.compile(rf"{_PART}(?:(?:\s*,)?\s*(?:and\s+)?{_PART}){{1,3}}")
_ONE_PART = re.compile(_PART)
_DRESS = re.compile(r"\\(?:text|mathrm|mbox|textrm|rm)\s*\{([^{}]*)\}|\\[,;:! ]|\{(:)\}|~")

MAX_MEASURED = 120


def measured(cleaned: str) -> Node | None:
    """The tree of a time of day, a duration, a date, odds, or a quantity in several units; None for anything else."""
    if not cleaned[:1].isdigit():
        return None
    if odds := _ODDS.fullmatch(cleaned):
        return Apply("div", (_whole(odds[1]), _whole(odds[2])))
    text = _DRESS.sub(lambda m: m[2] or f" {m[1] or ''}", cleaned).strip() if "\\" in cleaned or "{" in cleaned else cleaned
    if (clock := _CLOCK.fullmatch(text)) and (clock[2] or clock[4]):
        half = (clock[4] or "").lower().replace(".", "")
        return Apply("time", (_whole(clock[1]), _whole(clock[2] or "0"), _whole(clock[3] or "0"), Text(half)))
    if duration := _DURATION.fullmatch(text):
        return _duration(duration)
    if feet := _FEET.fullmatch(text):
        return _sum([(feet[1], "foot"), (feet[2], "inch")])
    if text[-1] in "'\"" and (arc := _MARKED.fullmatch(text)):
        return Apply("degree", (Apply("div", (_number(arc[1]), _whole("60" if arc[2] == "'" else "3600"))),))
    if date := _DATE.fullmatch(text):
        return Apply("date", (Text("-".join(date.groups())),))
    if _PARTS.fullmatch(text):
        return _sum(_ONE_PART.findall(text))
    return None


def in_feet(cleaned: str) -> Node | None:
    """`5'` as feet and `5"` as inches, which read first as minutes and seconds of arc; None for anything else."""
    found = _MARKED.fullmatch(cleaned) if cleaned and cleaned[-1] in "'\"" else None
    return Apply("quantity", (_number(found[1]), Text("foot" if found[2] == "'" else "inch"))) if found else None


def _duration(clock: re.Match[str]) -> Node | None:
    """`1:30 h` is an hour and 30 minutes, `1:30 min` a minute and 30 seconds."""
    first, second, third, unit = clock.groups()
    units = ["hour", "minute", "second"] if unit[0] in "hH" else ["minute", "second"]
    parts = [part for part in (first, second, third) if part]
    return _sum(list(zip(parts, units, strict=False))) if len(parts) <= len(units) else None


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
