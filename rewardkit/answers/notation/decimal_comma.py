"""A decimal comma before a unit, and points between thousands: "36,6 °C" is no list of two, "Rp1.500.000,00" no product."""

from __future__ import annotations

import re

from rewardkit.answers.notation.money import with_currency_behind
from rewardkit.answers.notation.plain_number import read_number
from rewardkit.answers.units import is_currency, is_unit_word, normal_unit

__all__ = ["with_decimal_points"]

MAX_LENGTH = 40
# Three digits behind a comma may be thousands.
_AMOUNT = re.compile(r"(\s*[-−+]?\d{1,9}),(\d{1,2})(\s?)([^\W\d_]{1,12}|[°%€£$¥₹₽]|°\s?[CF])(\s*)")
_SIGN_FIRST = re.compile(r"([-−]?\s?[€£]\s?)(\d{1,9}),(\d{2})\s*")
_THOUSANDS = re.compile(r"(?<![\d.,])([1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d{2}))?(?![\d.,]*\d)")
_BARE = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_SIGNS = frozenset("°%€£$¥₹₽")


def _with_decimal_point(text: str) -> str:
    """The text with a point, where it is one number with a decimal comma and a unit, and without those of thousands of money."""
    if len(text) > MAX_LENGTH:
        return text
    if "." in text and (grouped := _THOUSANDS.search(text)):
        return _in_full(text, grouped)
    if "," not in text:
        return text
    if (first := _SIGN_FIRST.fullmatch(text)) is not None:
        return f"{first[1]}{first[2]}.{first[3]}"
    found = _AMOUNT.fullmatch(with_currency_behind(text))
    if found is None:
        return text
    unit = found[4]
    if unit[0] not in _SIGNS and not is_unit_word(unit) and not is_unit_word(normal_unit(unit)):
        return text
    return f"{found[1]}.{found[2]}{found[3]}{unit}{found[5]}"


def with_decimal_points(reference: str, answer: str) -> tuple[str, str]:
    """Two texts with points for their decimals alone; beside money in thousands, the points of a bare number are such too."""
    one, other = _with_decimal_point(reference), _with_decimal_point(answer)
    if one.count(".") < reference.count(".") and _BARE.fullmatch(answer):
        return one, answer.replace(".", "")
    if other.count(".") < answer.count(".") and _BARE.fullmatch(reference):
        return reference.replace(".", ""), other
    return one, other


def _in_full(text: str, grouped: re.Match[str]) -> str:
    """An amount of money without the points between its thousands, which one point alone need not be."""
    number = read_number(text)
    unit = (number.unit or number.currency or "") if number else ""
    if number is None or not unit or not is_currency(unit):
        return text
    if grouped[1].count(".") == 1 and grouped[2] is None and number.decimals is not None:
        return text
    digits = grouped[1].replace(".", "") + (f".{grouped[2]}" if grouped[2] else "")
    return f"{text[: grouped.start()]}{digits}{text[grouped.end() :]}"
