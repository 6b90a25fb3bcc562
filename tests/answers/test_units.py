from __future__ import annotations

from fractions import Fraction

import pytest

from rewardkit.answers.units import convert, is_unit_word, multiplier, normal_unit


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("km/h", "kilometres per hour"),
        ("cm^2", "square centimeters"),
        ("m²", "sq m"),
        ("Apples", "apple"),
        ("ft", "feet"),
        ("cm^{3}", "cubic centimeters"),
    ],
)
def test_one_spelling_for_each_unit(left: str, right: str) -> None:
    assert normal_unit(left) == normal_unit(right)


@pytest.mark.parametrize(
    ("value", "unit", "into", "expected"),
    [
        ("12", "cm", "m", "3/25"),
        ("36", "km/h", "m/s", "10"),
        ("3", "cm^2", "m^2", "3/10000"),
        ("2", "hours", "minutes", "120"),
        ("20", "°C", "K", "5863/20"),
        ("1", "ft", "in", "12"),
    ],
)
def test_converts_exactly(value: str, unit: str, into: str, expected: str) -> None:
    assert convert(Fraction(value), unit, into) == Fraction(expected)


@pytest.mark.parametrize(
    ("unit", "into"), [("apples", "m"), ("kg", "m"), ("__import__('os')", "m"), ("", "m"), ("dollars", "yuan")]
)
def test_no_conversion_is_no_error(unit: str, into: str) -> None:
    assert convert(Fraction(1), unit, into) is None


def test_words() -> None:
    assert is_unit_word("cm")
    assert is_unit_word("Metres")
    assert not is_unit_word("CM")
    assert not is_unit_word("ab")
    assert multiplier("Million") == 10**6


