"""Amounts in any usual spelling, and texts that only look like one."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.answers.notation.amounts import read_amount

MILLION = 10**6


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("$12,645 million", 12645 * MILLION, "dollar"),
        ("USD 12,645 million", 12645 * MILLION, "USD"),
        ("US$ 12,645 million", 12645 * MILLION, "USD"),
        ("12,645 million dollars", 12645 * MILLION, "dollar"),
        ("$12,645M", 12645 * MILLION, "dollar"),
        ("€3.2bn", 3200 * MILLION, "EUR"),
        ("$39K", 39000, "dollar"),
        ("HK$2000", 2000, "HKD"),
        ("Rs. 5 crore", 50 * MILLION, "INR"),
        ("12,6 Mrd. Euro", 12600 * MILLION, "EUR"),
        ("0,318 Milliarden Euro", 318 * MILLION, "EUR"),
        ("745 millions d'euros", 745 * MILLION, "EUR"),
        ("126.45亿元", 12645 * MILLION, "CNY"),
        ("12645元", 12645, "CNY"),
        ("$(1,234) million", -1234 * MILLION, "dollar"),
        ("-$1,234", -1234, "dollar"),
        ("-1.53%", Fraction(-153, 10000), ""),
        ("2 km", 2, "kilometer"),
        ("5 m", 5, "meter"),
        ("24.26x", Fraction(2426, 100), ""),
        ("10/3", Fraction(10, 3), ""),
        ("$6.5\\times 10^{-7}$ m", Fraction(65, 10**8), "meter"),
    ],
)
def test_an_amount_is_read(text: str, value: int | Fraction, unit: str) -> None:
    found = read_amount(text)
    assert found is not None
    assert (found.value, found.unit) == (value, unit)


@pytest.mark.parametrize(
    "text",
    [
        "$842 million minus one",
        "$842 million or",
        "$842 million是错误的",
        "842 apples",
        "5 or 6",
        "$5 km",
        "(1,234)",
        "5M",
        "12 M",
        "FY2019",
        "",
        "$",
        "one million",
        "x = 5",
    ],
)
def test_other_texts_are_none(text: str) -> None:
    assert read_amount(text) is None


@given(st.text(alphabet="$€USD12,.5()-% mkbnillionof元亿", max_size=40))
def test_any_text_is_read_or_not(text: str) -> None:
    found = read_amount(text)
    assert found is None or found.scale >= 1
