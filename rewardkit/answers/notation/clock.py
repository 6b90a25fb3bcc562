"""Times of day, and lengths of time as on a clock: `8:30 pm`, `half past eight`, `noon`, `14.30 Uhr`, `下午3点`, `1:30 h`."""

from __future__ import annotations

import re
from typing import NamedTuple

from rewardkit.answers.notation.dates import hours_by_name
from rewardkit.answers.notation.number_words import spell_out

__all__ = ["BEFORE_HOURS", "Clock", "read_clock", "read_hour", "read_running"]

MAX_LENGTH = 40
BEFORE_HOURS = frozenset("上早凌午오下晚")
"""Characters that begin a time of day before its figures."""


class Clock(NamedTuple):
    """A time of day; `half` is am, pm or empty where it is not told."""

    hours: int
    minutes: int = 0
    seconds: int = 0
    half: str = ""


_FIGURES = re.compile(
    r"(?P<h>\d{1,2})(?::(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?)?\s*(?P<half>[ap]\.?\s?m\.?)?"
    r"(?:\s+(?:in the (?P<part>morning|afternoon|evening)|at night|hours?|hrs?))?",
    re.IGNORECASE,
)
# A point between hours and minutes needs a word that makes it a clock.
_UHR = re.compile(r"(?P<h>\d{1,2})(?:[.:](?P<m>[0-5]\d))?\s*(?:Uhr|uhr|klo|godz\.?)(?:\s*(?P<later>[0-5]?\d))?")
_MILITARY = re.compile(r"(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)\s*(?:hours|hrs)|(?P<g>\d{1,2})\s?h\s?(?P<n>[0-5]\d)", re.IGNORECASE)
_EASTERN = re.compile(
    r"(?P<half>上午|早上|凌晨|午前|오전|下午|晚上|午後|오후)?\s*(?P<h>\d{1,2})\s*(?:点|點|时|時|시)钟?(?:\s*(?P<m>\d{1,2})\s*(?:分|분)|(?P<part>半))?"
)
_LATER = frozenset(["下午", "晚上", "午後", "오후"])
_PAST = re.compile(
    r"(?P<minutes>half|(?:a )?quarter|[a-z-]+)(?: minutes?)? (?P<way>past|after|to|before) (?P<hour>[a-z]+|\d{1,2})", re.I
)
_OCLOCK = re.compile(r"(?P<hour>[a-z]+|\d{1,2})\s?o['’ ]?clock\s*(?P<half>[ap]\.?\s?m\.?)?", re.IGNORECASE)
_RUNNING = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?\s*(h|hrs?|hours?|min|mins|minutes?)", re.IGNORECASE)
_HOURS_MINUTES = re.compile(r"(\d{1,3})\s?(?:h|hrs?)\s?([0-5]\d)", re.IGNORECASE)


def read_clock(text: str) -> Clock | None:
    """The time of day that a text is as a whole and in its first reading; None for anything else."""
    if len(text) > MAX_LENGTH:
        return None
    if found := _FIGURES.fullmatch(text):
        # Two figures are those of a clock with 24 hours: 06:40 is in the morning.
        told = found["half"] or found["part"] or ("am" if re.match(r"0[1-9]", found["h"]) else None)
        return _clock(found["h"], found["m"], found["s"], _half(told)) if found["m"] or found["half"] else None
    if found := _UHR.fullmatch(text):
        return _clock(found["h"], found["m"] or found["later"], None, "")
    if found := _PAST.fullmatch(text):
        return _past(found["minutes"].lower(), found["way"].lower(), found["hour"])
    if (named := hours_by_name(text)) is not None:
        return Clock(named, half="pm" if named else "")
    if (found := _EASTERN.fullmatch(text)) and (found["half"] or found["m"] or found["part"]):
        return _eastern(found)
    return None


def read_hour(text: str) -> Clock | None:
    """The time of day that `8 o'clock`, `8点` and `14h30` may be; they read first as amounts."""
    if len(text) > MAX_LENGTH:
        return None
    if found := _OCLOCK.fullmatch(text):
        hour = spell_out(found["hour"].lower())
        return _clock(hour, None, None, _half(found["half"])) if hour.isdecimal() else None
    if found := _MILITARY.fullmatch(text):
        return _clock(found["h"] or found["g"], found["m"] or found["n"], None, "")
    return _eastern(found) if (found := _EASTERN.fullmatch(text)) else None


def read_running(text: str) -> list[tuple[str, str]] | None:
    """The amounts and units of a length of time: `1:30 h` is an hour and 30 minutes, `1:30 min` a minute and 30 seconds."""
    if found := _HOURS_MINUTES.fullmatch(text):
        return [(found[1], "hour"), (found[2], "minute")]
    if (found := _RUNNING.fullmatch(text)) is None:
        return None
    units = ["hour", "minute", "second"] if found[4][0] in "hH" else ["minute", "second"]
    parts = [part for part in found.groups()[:3] if part]
    return list(zip(parts, units, strict=False)) if len(parts) <= len(units) else None


def _clock(hours: str, minutes: str | None, seconds: str | None, half: str) -> Clock | None:
    clock = Clock(int(hours), int(minutes or 0), int(seconds or 0), half)
    return clock if clock.hours <= 24 and clock.minutes < 60 and not (half and not 1 <= clock.hours <= 12) else None


def _half(told: str | None) -> str:
    told = (told or "").lower().replace(".", "").replace(" ", "")
    return {"morning": "am", "afternoon": "pm", "evening": "pm"}.get(told, told)


def _past(minutes: str, way: str, hour: str) -> Clock | None:
    """`quarter to nine` and its like."""
    counted = {"half": "30", "quarter": "15", "a quarter": "15"}.get(minutes) or spell_out(minutes)
    hours = spell_out(hour.lower())
    if not (counted.isdecimal() and hours.isdecimal()) or not (0 < int(counted) < 60 and 1 <= int(hours) <= 12):
        return None
    if way in ("past", "after"):
        return Clock(int(hours), int(counted))
    return Clock((int(hours) - 2) % 12 + 1, 60 - int(counted))


def _eastern(found: re.Match[str]) -> Clock | None:
    half = "" if not found["half"] else "pm" if found["half"] in _LATER else "am"
    if half and int(found["h"]) > 12:
        half = ""
    return _clock(found["h"], "30" if found["part"] else found["m"], None, half)
