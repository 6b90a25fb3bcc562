"""What a server's headers say about its rate limits: how long nothing may be asked, because an allowance is used up.

Read are the `x-ratelimit-*` of OpenAI and those that follow it (`-requests`, `-tokens`, durations such as 6m0s), the
`anthropic-ratelimit-*` (times of RFC 3339) and the `ratelimit-*` of the IETF's draft (seconds); a reset may also be a Unix time.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

__all__ = ["pause_s"]

_REMAINING = re.compile(r"(?:x-|anthropic-)?ratelimit-(?:remaining(?P<of>-[a-z-]+)?|(?P<first>[a-z-]+)-remaining)")
_DURATION = re.compile(r"(?:(\d{1,6})h)?(?:(\d{1,6})m(?!s))?(?:(\d{1,9}(?:\.\d{1,9})?)s)?(?:(\d{1,9}(?:\.\d{1,9})?)ms)?")
UNIX_S, UNIX_MS = 1e9, 1e12  # a number that large is a time, and no duration


def pause_s(headers: Mapping[str, str], now: datetime.datetime) -> float:
    """Seconds until every allowance of which nothing is left is there again; 0 when there is something of each, or none is told.

    `headers` have small letters in their names. What cannot be read is passed over.
    """
    waits = [0.0]
    for name, value in headers.items():
        found = _REMAINING.fullmatch(name)
        if found is not None and value.strip() in ("0", "0.0"):
            waits.append(_seconds(headers.get(name.replace("remaining", "reset"), ""), now))
    return max(waits)


def _seconds(value: str, now: datetime.datetime) -> float:
    value = value.strip()
    try:
        number = float(value)
    except ValueError:
        return _duration(value) or _until(value, now)
    if number >= UNIX_S:
        number = (number / 1000 if number >= UNIX_MS else number) - now.timestamp()
    return number if 0 < number < float("inf") else 0.0


def _duration(value: str) -> float:
    found = _DURATION.fullmatch(value)
    if found is None:
        return 0.0
    hours, minutes, seconds, thousandths = (float(part or 0) for part in found.groups())
    return 3600 * hours + 60 * minutes + seconds + thousandths / 1000


def _until(value: str, now: datetime.datetime) -> float:
    try:
        until = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return 0.0
    return max((until - now).total_seconds(), 0.0) if until.tzinfo is not None else 0.0
