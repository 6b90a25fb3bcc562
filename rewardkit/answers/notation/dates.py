"""Dates in every usual form: `2024-01-05`, `January 5, 2024`, `5. Januar 2024`, `2024年1月5日`, `05/01/2024`, `March 2020`.

The words are those of `dates.tsv`, which `tools/tables/dates.py` makes of CLDR in twenty-six languages. Nothing is guessed: a
weekday that does not fit makes a text no date, and where day and month are both at most 12 and only figures stand there, either
may come first.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from rewardkit.answers.notation.chinese import from_chinese
from rewardkit.first_use import first_use

__all__ = ["Date", "hours_by_name", "is_month", "read_date"]

MAX_LENGTH = 60  # characters
MAX_PARTS = 12
EARLIEST = 1000  # a year has four figures
LEAP = 2000  # stands for the year of a day without one
BRIEF = 3  # letters; such a month without a year is written with a capital


class Date(NamedTuple):
    """A day, a month or the day of any year; `year` or `day` is None where it is not told.

    `either` says that the figures for month and day may stand the other way round.
    """

    year: int | None
    month: int
    day: int | None
    either: bool = False


_CHEAP = re.compile(r"[^\d\\=^{}+*<>|]*\d[^\\=^{}+*<>|]*")
_FIGURES = re.compile(r"(\d{1,4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,4})")
_MARKED = re.compile(r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월](?:\s?(\d{1,2})\s?[日号號일]\s?(?P<weekday>\D{2,})?)?")
_NUMBERED = re.compile(r"(?:ngày\s)?(\d{1,2})\stháng\s(\d{1,2}),?(?:\snăm)?\s(\d{4})", re.IGNORECASE)
_MARKS = re.compile("[\u200e\u200f\u061c]")
_CHARACTERS = re.compile(r"[零〇一二三四五六七八九十]+(?=\s?[年月日号號])")
_PART = re.compile(r"(\d+)|[,.()\s،]+|([^\s\d,.()،]+)")


@lru_cache(maxsize=1)
@first_use
def _table() -> Mapping[str, tuple[str, int]]:
    lines = files(__package__).joinpath("dates.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return {word: (kind, int(value)) for kind, value, words in rows for word in words.split("|")}


def hours_by_name(word: str) -> int | None:
    """The hour that a word like `noon` names; None for other words."""
    kind, value = _table().get(word.casefold(), ("", 0))
    return value if kind == "hour" else None


def is_month(word: str) -> bool:
    """Whether a word is the name of a month, or a brief form of one."""
    return _table().get(word.casefold().rstrip("."), ("", 0))[0] in ("month", "brief")


def read_date(text: str) -> Date | None:
    """The date that a text is as a whole; None for anything else."""
    text = text.strip()
    if not 5 <= len(text) <= MAX_LENGTH or not (_CHEAP.fullmatch(text) or "月" in text) or text.isdecimal():
        return None
    return _read(_MARKS.sub("", text.rstrip(".")))


@lru_cache(maxsize=1024)
def _read(text: str) -> Date | None:
    if found := _FIGURES.fullmatch(text):
        return _of_figures(found[1], found[3], found[4])
    if "月" in text or "월" in text:
        text = _CHARACTERS.sub(lambda run: from_chinese(run[0]) or run[0], text)
        return _marked(found) if (found := _MARKED.fullmatch(text)) else None
    if found := _NUMBERED.fullmatch(text):
        return _of_parts(found[3], found[2], found[1])
    return _in_words(text)


def _marked(found: re.Match[str]) -> Date | None:
    """A date of East Asia, with a weekday that may stand behind it."""
    date = _of_parts(found[1], found[2], found[3])
    if date is None or not found["weekday"]:
        return date
    kind, value = _table().get(found["weekday"].strip("()（） "), ("", 0))
    return date if kind == "weekday" and _fits(date, [value]) else None


def _of_figures(first: str, second: str, third: str) -> Date | None:
    """A date in figures alone; the year has four of them, and stands at one of the ends."""
    if len(first) == 4 and len(third) <= 2:
        return _of_parts(first, second, third)
    if len(third) != 4 or len(first) > 2:
        return None
    readings = [date for date in (_of_parts(third, second, first), _of_parts(third, first, second)) if date]
    if len(readings) == 2 and readings[0] != readings[1]:
        return Date(int(third), int(first), int(second), either=True)
    return readings[0] if readings else None


def _of_parts(year: str | None, month: str, day: str | None) -> Date | None:
    return _valid(int(year) if year else None, int(month), int(day) if day else None)


def _in_words(text: str) -> Date | None:
    """A date with its month in words."""
    numbers: list[str] = []
    found: dict[str, list[int]] = {"month": [], "weekday": []}
    brief = ""
    parts = list(_PART.finditer(text))
    if len(parts) > 2 * MAX_PARTS:
        return None
    for part in parts:
        if part[1]:
            numbers.append(part[1])
        elif part[2]:
            kind, value = _table().get(part[2].casefold().rstrip("॰"), ("", 0))
            if kind in ("month", "brief"):
                brief = part[2] if kind == "brief" or len(part[2]) <= BRIEF else ""
            if kind not in ("month", "brief", "weekday", "link"):
                return None
            found.setdefault("month" if kind == "brief" else kind, []).append(value)
    if len(found["month"]) != 1 or len(found["weekday"]) > 1 or not 1 <= len(numbers) <= 2:
        return None
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if len(years) > 1 or len(days) > 1 or len(years) + len(days) != len(numbers):
        return None
    if not years and brief and not (brief.istitle() and _table()[brief.casefold()][0] == "month"):
        return None
    date = _valid(int(years[0]) if years else None, found["month"][0], int(days[0]) if days else None)
    return date if date and _fits(date, found["weekday"]) else None


def _valid(year: int | None, month: int, day: int | None) -> Date | None:
    if (year is None and day is None) or (year is not None and year < EARLIEST) or not 1 <= month <= 12:
        return None
    last = calendar.monthrange(LEAP if year is None else year, month)[1]
    return Date(year, month, day) if day is None or 1 <= day <= last else None


def _fits(date: Date, weekdays: list[int]) -> bool:
    """Whether a weekday that stands beside the date is its own."""
    if not weekdays:
        return True
    if date.year is None or date.day is None:
        return False
    return datetime.date(date.year, date.month, date.day).weekday() == weekdays[0]
