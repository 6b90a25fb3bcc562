from __future__ import annotations

from fractions import Fraction

import pytest

from rewardkit.answers.units import convert, dimension, is_unit_word, multiplier, normal_unit, same_unit, split_scale


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


@pytest.mark.parametrize(
    ("word", "unit"),
    [
        ("kilometres", "kilometer"),
        ("Zentimeter", "centimeter"),
        ("килограмма", "kilogram"),
        ("千克", "kilogram"),
        ("キロメートル", "kilometer"),
        ("किलोमीटर", "kilometer"),
        ("ساعات", "hour"),
        ("nT", "nanotesla"),
        ("µC", "microcoulomb"),
        ("μC", "microcoulomb"),
        ("MΩ", "megaohm"),
        ("zeptoseconds", "zeptosecond"),
        ("平方分米", "decimeter ** 2"),
        ("км/ч", "kilometer / hour"),
        ("kilometers per hour", "kilometer / hour"),
        ("J/(mol·K)", "joule / mole * kelvin"),
        ("m⁻¹", "meter ** -1"),
        ("light-years", "light_year"),
    ],
)
def test_one_name_in_every_language(word: str, unit: str) -> None:
    assert normal_unit(word) == unit
    assert normal_unit(unit) == unit, "a normal unit is its own"


PROSE = [
    "as",
    "at",
    "a",
    "Do",
    "do",
    "pin",
    "pie",
    "jam",
    "fit",
    "once",
    "stop",
    "let",
    "won",
    "pm",
    "kT",
    "MN",
    "PA",
    "cd",
    "μ",
    "分",
]


@pytest.mark.parametrize("word", PROSE)
def test_words_of_prose_and_formulas_are_no_units(word: str) -> None:
    assert not is_unit_word(word)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("km/h", "километров в час", True),
        ("mL", "cm^3", True),
        ("J/(kg·°C)", "J/(kg·K)", True),
        ("N·m", "J", True),
        ("pounds", "lb", True),
        ("pounds", "£", True),
        ("£", "lb", False),
        ("¥", "yuan", True),
        ("yen", "yuan", False),
        ("cents", "€", False),
        ("°C", "K", False),
        ("m", "cm", False),
        ("m", "kg", False),
        ("m", "apples", None),
        ("", "m", None),
    ],
)
def test_same_unit(left: str, right: str, same: bool | None) -> None:
    assert same_unit(left, right) is same
    assert same_unit(right, left) is same


@pytest.mark.parametrize(
    ("value", "unit", "into", "expected"),
    [
        ("300", "pence", "pounds", "3"),
        ("5", "penny", "cents", "5"),
        ("1/2", "€", "cents", "50"),
        ("212", "°F", "°C", "100"),
        ("1", "acre", "square feet", "43560"),
        ("1", "kWh", "MJ", "18/5"),
        ("5", "角", "元", "1/2"),
        ("1", "KiB", "bytes", "1024"),
        ("1", "rpm", "1/min", None),
        ("1", "units", "m", None),
        ("1", "m" * 300, "m", None),
        ("1", "dollars " * 20, "cents", None),
    ],
)
def test_what_a_table_of_our_own_converts(value: str, unit: str, into: str, expected: str | None) -> None:
    assert convert(Fraction(value), unit, into) == (None if expected is None else Fraction(expected))


def test_an_angle_to_fifty_digits() -> None:
    half_turn = convert(Fraction(180), "degrees", "radians")
    assert half_turn is not None
    assert abs(half_turn - Fraction("3.14159265358979323846264338327950288419716939937510")) < Fraction(1, 10**49)


def test_dimensions() -> None:
    assert dimension("km/h") == {"length": 1, "time": -1}
    assert dimension("GB") == {"information": 1}
    assert dimension("A$") == {"AUD": 1}
    assert dimension("degrees") == {}
    assert dimension("pounds") is None
    assert dimension("apples") is None


@pytest.mark.parametrize(
    ("word", "split"),
    [
        ("million", (10**6, "")),
        ("Milliarden", (10**9, "")),
        ("миллиона", (10**6, "")),
        ("百万", (10**6, "")),
        ("万元", (10**4, "元")),
        ("億人", (10**8, "人")),
        ("千克", None),
        ("百合", None),
        ("兆", None),
        ("mil", None),
        ("k", None),
    ],
)
def test_number_words(word: str, split: tuple[int, str] | None) -> None:
    assert split_scale(word) == split


def test_a_word_for_two_numbers_keeps_the_english_one() -> None:
    assert multiplier("billion") == multiplier("billions") == 10**9
    assert multiplier("Billionen") == 10**12
