"""A decimal comma before a unit: "36,6 °C" is one temperature and no list of two."""

from __future__ import annotations

import re

from rewardkit.answers.units import is_unit_word, normal_unit

__all__ = ["with_decimal_point"]

# Three digits behind a comma may be thousands.
_AMOUNT = re.compile(r"(\s*[-−+]?\d{1,9}),(\d{1,2})(\s?)([^\W\d_]{1,12}|[°%€£$¥₹₽]|°\s?[CF])(\s*)")
_SIGNS = frozenset("°%€£$¥₹₽")


def with_decimal_point(text: str) -> str:
    """The text with a point, where it is one number with a decimal comma and a unit behind it."""
    if "," not in text or len(text) > 40:
        return text
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return text
    unit = found[4]
    if unit[0] not in _SIGNS and not is_unit_word(unit) and not is_unit_word(normal_unit(unit)):
        return text
    return f"{found[1]}.{found[2]}{found[3]}{unit}{found[5]}"
