"""Whether a number in a sentence only says when something is, or where it is told: a year, a day, or the name of a filing."""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.phrases import Meaning, Reach, Side, phrases

__all__ = ["is_dated", "is_filing"]

NEAR = 40  # characters before a number in which a date begins
LONGEST = 3  # words of a phrase that leads up to a year
BESIDE = 5  # years from one that is spoken of, to one that it is compared with

_YEAR = re.compile(r"((?:1[5-9]|20)\d\d)(?:\s?年)?")
_DAY = re.compile(r"[12]?\d|3[01]")
# The forms that companies file with the American authority.
_FILING = re.compile(r"(?<![\w.])(?:6|8|10|11|13|20|40)-[KQFDG](?![\w-])")
# A plural behind it is what it counts.
_THINGS = re.compile(r"\s[a-z]{3,}s\b")
_MONTHS = frozenset(name.lower() for name in (*calendar.month_name, *calendar.month_abbr) if name)


@lru_cache(maxsize=2)
@first_use
def _leads(reach: Reach) -> frozenset[str]:
    """What leads up to a year: by itself (adjacent), or where the year is one that is spoken of (touching)."""
    return frozenset(words for row in phrases(Meaning.DATES, Side.BEFORE, reach).rows for words in row.alternatives)


def is_dated(text: str, begin: int, end: int, years: Collection[int]) -> bool:
    """Whether what stands there from `begin` to `end` is a year behind words that date, or the day before or behind a month.

    `years` are those that are spoken of; one near to them needs no more than an "in" before it.
    """
    number = text[begin:end].strip()
    year = _YEAR.fullmatch(number)
    if year is None and not _DAY.fullmatch(number):
        return False
    before = text[max(0, begin - NEAR) : begin].lower().rstrip(" ($\n").split()
    if year is None:
        return bool(before) and before[-1].strip(".") in _MONTHS
    if is_filing(text, end + 1):
        return True  # the 2021 10-K
    if _THINGS.match(text, end):
        return False
    if before and _DAY.fullmatch(before[-1].strip(".,stndrh")):
        before.pop()
    if _is_led_up_to(before, Reach.ADJACENT):
        return True
    near = any(abs(int(year[1]) - other) <= BESIDE for other in years)
    return near and (number != year[1] or _is_led_up_to(before, Reach.TOUCHING))


def _is_led_up_to(before: Sequence[str], reach: Reach) -> bool:
    return any(" ".join(before[-count:]) in _leads(reach) for count in range(1, min(LONGEST, len(before)) + 1))


def is_filing(text: str, begin: int) -> bool:
    """Whether a number that begins there is that of a form, as in 10-K."""
    return _FILING.match(text, begin) is not None
