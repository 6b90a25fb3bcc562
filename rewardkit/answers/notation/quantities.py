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

__all__ = ["counted", "in_feet", "measured", "restated", "with_letter_unit"]

_LETTER_UNIT = re.compile(
    r"([-\d.,]+(?:\s*(?:\\times|\\cdot|[*·×])\s*10\s*\^\s*(?:\{\s*-?\d+\s*\}|\(-?\d+\)|-?\d))?)(?:\s|\\[,;:! ])+"
    r"([a-zA-Z](?:\s*\^\s*\{?[23]\}?)?(?:/[a-zA-Z]+(?:\^\{?[23]\}?)?)?)"
)
_RAISED = r"(?:\s*\^\s*(?:\{-?[1-4]\}|[1-4]))?"
_UNIT_RATIO = re.compile(rf"\\frac\s*\{{\s*([A-Za-z]+{_RAISED})\s*\}}\s*\{{\s*([A-Za-z]+{_RAISED})\s*\}}")
# A single letter behind more than a plain number is a unit only with others beside it: `3\pi h` is no time.
_LONGER_UNIT = re.compile(
    r"((?:[-\d.,+*/^{}()\s]|\\(?:pi|sqrt|[dt]?frac|cdot|times)(?![a-zA-Z])){1,80}?)(?:\s|\\[,;:! ])+"
    rf"([A-Za-z]{{2,}}{_RAISED}(?:\s*/\s*[A-Za-z]+{_RAISED})?|[A-Za-z]+{_RAISED}(?:(?:\s*/\s*|\s+)[A-Za-z]+{_RAISED}){{1,3}}"
    rf"|{_UNIT_RATIO.pattern})"
)
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

_YEAR = re.compile(r"(?:in )?(?:the )?(?:year )?(?:of )?([12]\d{3})", re.IGNORECASE)
_SEGMENT = re.compile(
    r"(?:\\overline\s*\{\s*|(?:\\text\s*\{)?(?:the )?(?:line )?segment[ }~]+)([A-Z] ?[A-Z])\s*\}?", re.IGNORECASE
)
_RATE = re.compile(r"\\\$\s*(\d[\d,.]*)\s*(?:\\text\s*\{\s*)?(?:/|per\b)\s*(?:\\text\s*\{\s*)?([a-z]{2,})\s*\}*", re.IGNORECASE)
_ORDINAL = re.compile(r"(\d+)\s*\^\s*\{?\s*(?:\\[a-z]+\s*\{\s*)?(?:st|nd|rd|th)[\s}]*")
_SHARE = re.compile(r"(?:(\d+)\s+)?(\d+)/(\d+)\s*\\?%")
_ROOT = re.compile(r"(?:the )?square root of (\d+)", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"(?=[A-F]*\d|.*_\{?16)([\dA-F]{2,12})_\{?(1[1-6])\}?")
_INEQUALITY = re.compile(r"<|>|\\(?:le|ge|leq|geq|leqslant|geqslant|lt|gt|ne|neq)(?![a-zA-Z])")
_UNION = re.compile(r"\\cup(?![a-zA-Z])")
_BRACKETS = re.compile(r"[()\[\]|]|\\mid")

_N = r"\{?\s*(\d{1,4}|[a-z])\s*\}?"
_BETWEEN = re.compile(rf"(?:\{{\}}\s*)?[_^]?\s*{_N}\s*([CP])\s*_?\s*{_N}(?![_\d])")
_CHOICES = (
    re.compile(rf"\b([CPA])\s*\(\s*{_N}\s*,\s*{_N}\s*\)"),
    re.compile(rf"\bn([CP])r\s*\(\s*{_N}\s*,\s*{_N}\s*\)"),
    re.compile(rf"\b([CPA])\s*_\s*{_N}\s*\^\s*{_N}"),
    re.compile(rf"\b([CPA])\s*\^\s*{_N}\s*_\s*{_N}"),
)
MAX_COUNTED = 400
_COUNTING = re.compile(r"n[CP]r|[CPA]\s*[\d(_^{]")
_CHOOSE = re.compile(rf"{_N}\s+(?:\\text\s*\{{\s*)?choose\s*\}}?\s+{_N}", re.IGNORECASE)


def measured(cleaned: str) -> Node | None:
    """The tree of a time of day, a duration, a date, odds, or a quantity in several units; None for anything else."""
    if not cleaned[0].isdigit():
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


def with_letter_unit(cleaned: str) -> tuple[str, str] | None:
    r"""The number and the unit of `5 m`, which reads first as five times m, and of `3\pi cm^2`; None for anything else."""
    if not cleaned or len(cleaned) > 120 or cleaned[0].isalpha() or cleaned[-1] in ")]":
        return None
    match = _LETTER_UNIT.fullmatch(cleaned)
    if match is not None:
        return (match[1], match[2]) if is_unit_word(match[2][0]) else None
    match = _LONGER_UNIT.fullmatch(cleaned)
    if match is None or not all(is_unit_word(word) for word in re.findall(r"[A-Za-z]+", match[2].replace("\\frac", ""))):
        return None
    ratio = _UNIT_RATIO.fullmatch(match[2])
    return match[1], f"{ratio[1]}/{ratio[2]}" if ratio else match[2]


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


def restated(cleaned: str) -> str:
    r"""The text in a notation of the grammar when it is as a whole one that the grammar lacks, else unchanged.

    `the year 1969` is 1969, `segment AB` and `\overline{AB}` are AB, `x<1 \cup x>3` is an alternative, and `FF_{16}` a number.
    """
    if cleaned[-1:].isdigit():
        if (year := _YEAR.fullmatch(cleaned)) is not None:
            return year[1]
        if (root := _ROOT.fullmatch(cleaned)) is not None:
            return rf"\sqrt{{{root[1]}}}"
    if ("over" in cleaned or "egment" in cleaned or "EGMENT" in cleaned) and (segment := _SEGMENT.fullmatch(cleaned)) is not None:
        return segment[1] if segment[1].isupper() else cleaned
    if "^" in cleaned and (ordinal := _ORDINAL.fullmatch(cleaned)) is not None:
        return f"{ordinal[1]}th"
    if "%" in cleaned and (share := _SHARE.fullmatch(cleaned)) is not None:
        return rf"{share[1] or ''}\frac{{{share[2]}}}{{{share[3]}}}\%"
    if "\\$" in cleaned and (rate := _RATE.fullmatch(cleaned)) is not None:
        return f"{rate[1]} dollars per {rate[2]}"
    if "_" in cleaned and (digits := _HEXADECIMAL.fullmatch(cleaned)) is not None and not digits[1].isdigit():
        base = int(digits[2])
        return str(int(digits[1], base)) if all(int(c, 16) < base for c in digits[1]) else cleaned
    if "\\cup" in cleaned and _INEQUALITY.search(cleaned):
        pieces = [piece.replace("\\{", "").replace("\\}", "") for piece in _UNION.split(cleaned)]
        if all(_INEQUALITY.search(piece) and not _BRACKETS.search(piece) for piece in pieces):
            return r" \text{or} ".join(pieces)
    if " choose" in cleaned or "{choose" in cleaned:
        return _CHOOSE.sub(lambda m: _choice("C", m[1], m[2]), cleaned)
    if '"' in cleaned and ("\\degree" in cleaned or "\\circ" in cleaned):
        return cleaned.replace('"', "''")
    return cleaned


def counted(cleaned: str) -> str | None:
    r"""The text with `C(5,2)`, `{}_5C_2` and `C_5^2` as binomials and `P(5,2)` as its product; None without any."""
    if len(cleaned) > MAX_COUNTED or _COUNTING.search(cleaned) is None:
        return None
    text = cleaned
    for pattern in _CHOICES:
        text = pattern.sub(lambda m: _choice(m[1], m[2], m[3]), text)
    text = _BETWEEN.sub(lambda m: _choice(m[2], m[1], m[3]), text)
    return None if text == cleaned else text


def _choice(kind: str, one: str, other: str) -> str:
    if one.isdigit() and other.isdigit() and int(one) < int(other):
        one, other = other, one
    return rf"\binom{{{one}}}{{{other}}}" if kind == "C" else rf"\frac{{{one}!}}{{({one}-{other})!}}"
