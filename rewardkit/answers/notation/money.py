"""Money whose currency stands first in letters: `USD 2000`, `HK$2000`, `Rs. 500`; signs alone, as in `$5`, are read elsewhere."""

from __future__ import annotations

import re

from rewardkit.answers.units import is_currency, normal_unit

__all__ = ["currency_before", "with_currency_behind"]

_CODE = r"[A-Z]{1,3}\\?\$|[A-Z]{2,3}¥|[A-Z]{3}|Rs|Rp|RM"
_FIRST = re.compile(
    rf"(?P<sign>[-−]\s?)?(?:\\(?:text|mathrm)\s*\{{\s*)?(?P<code>{_CODE})\.?(?:\s*\}})?(?:\s|~|\\[,;: ])*(?P<amount>[\d.].*)"
)
_BEFORE = re.compile(rf"(?<![A-Za-z$])(?:(?P<code>{_CODE})\.?\s?|(?P<country>[A-Z]{{1,3}}))$")
REACH = 6  # characters
MAX_LENGTH = 80


def with_currency_behind(text: str) -> str:
    """The text with its currency behind the amount, `2000 HKD`; other text comes back unchanged."""
    if len(text) > MAX_LENGTH or not (text[:1].isupper() or text[:1] in "\\-−"):
        return text
    found = _FIRST.fullmatch(text.strip())
    if found is None or (code := _known(found["code"])) is None:
        return text
    return f"{'-' if found['sign'] else ''}{found['amount'].rstrip(' .')} {code}"


def currency_before(text: str, begin: int) -> tuple[int, str] | None:
    """Where the letters of a currency before a number begin, and its code; `begin` is where the number or its sign stands."""
    start = max(0, begin - REACH)
    found = _BEFORE.search(text[start:begin])
    if found is None:
        return None
    written = found["code"] or (f"{found['country']}$" if text[begin : begin + 2].lstrip("\\").startswith("$") else "")
    code = _known(written) if written else None
    return None if code is None else (start + found.start(), code)


def _known(written: str) -> str | None:
    written = written.replace("\\", "")
    return normal_unit(written) if is_currency(written) else None
