from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.answers.notation.plain_number import read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42", "42"),
        ("-3.5", "-7/2"),
        ("−5", "-5"),
        ("１２３", "123"),
        ("1,234", "1234"),
        ("1 234", "1234"),
        ("1'234", "1234"),
        ("12{,}000", "12000"),
        ("11,\\! 111,\\! 111", "11111111"),
        ("1.234.567,89", "123456789/100"),
        ("3/4", "3/4"),
        ("\\frac{3}{4}", "3/4"),
        ("\\dfrac34", "3/4"),
        ("3 1/2", "7/2"),
        ("3\\frac{1}{2}", "7/2"),
        ("-1 1/2", "-3/2"),
        ("2½", "5/2"),
        ("1.2e5", "120000"),
        ("1.2\\times 10^{5}", "120000"),
        ("1.2 x 10^5", "120000"),
        ("1.5×10⁻³", "3/2000"),
        ("$42$", "42"),
        ("\\(42\\)", "42"),
        ("1.5 million", "1500000"),
        (".4", "2/5"),
        ("42.", "42"),
    ],
)
def test_reads_the_value(text: str, value: str) -> None:
    number = read_number(text)
    assert number is not None
    assert number.value == Fraction(value)
    assert number.unit is None


def test_says_how_it_was_written() -> None:
    percent = read_number("33.5\\%")
    assert percent is not None
    assert (percent.value, percent.percent, percent.decimals, percent.significant) == (Fraction(67, 200), True, 1, 3)
    assert percent.step == Fraction(1, 1000)
    money = read_number("\\$5.00")
    assert money is not None
    assert (money.value, money.currency, money.decimals) == (5, "\\$", 2)
    small = read_number("1.20e-5")
    assert small is not None
    assert (small.significant, small.step) == (3, Fraction(1, 10**7))
    comma = read_number("3,14")
    assert comma is not None
    assert (comma.value, comma.comma) == (Fraction("3.14"), True)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("5 cm", "cm"), ("12 dollars", "dollars"), ("5\\text{ cm}", "cm"), ("90^\\circ", "°"), ("5 km/h", "km/h"), ("15th", "th")],
)
def test_keeps_the_unit(text: str, unit: str) -> None:
    number = read_number(text)
    assert number is not None
    assert number.unit == unit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "-",
        "$",
        "12:00",
        "1,2,3",
        "2x",
        "2ab",
        "0.64N",
        "2π",
        "1/0",
        "3.5.2",
        "1 23",
        "1,234,56",
        "5 or 6",
        "10^3",
        "1e9999",
    ],
)
def test_leaves_anything_else_alone(text: str) -> None:
    assert read_number(text) is None


@given(st.integers(-(10**25), 10**25))
def test_integers_read_back(value: int) -> None:
    for text in (str(value), f"{value:,}", f" {value} ", f"${value}$"):
        number = read_number(text)
        assert number is not None
        assert number.value == value


@given(st.text(max_size=60))
def test_never_raises(text: str) -> None:
    read_number(text)


@given(st.text(alphabet="0123456789.,/ e+-%$x^{}\\frac'", max_size=30))
def test_never_raises_on_almost_numbers(text: str) -> None:
    read_number(text)
