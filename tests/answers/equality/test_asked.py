"""A bare reference and an answer, compared in the unit and at the digits that a question asks for."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.answers.equality.asked import Asked, compare_asked
from rewardkit.answers.equality.rounding import Places, rounds_as_asked

MILLIONS = Asked("USD", Fraction(10**6), written="USD")
BILLIONS = Asked("USD", Fraction(10**9), written="USD")
METRES = Asked("meter", written="m")
PERCENT = Asked("percent", Fraction(1, 100), written="%")
CENTS = Asked(places=Places(step=Fraction(1, 100)))
THREE = Asked("meter", places=Places(significant=3), written="m")


@pytest.mark.parametrize(
    ("reference", "answer", "asked", "reason"),
    [
        ("12645", "$12,645 million", MILLIONS, "match"),
        ("12645", "$12.645 billion", MILLIONS, "match"),
        ("12645", "$12,645,000,000", MILLIONS, "match"),
        ("$12645.00", "12,645 million dollars", MILLIONS, "match"),
        ("12645", "$12,645 thousand", MILLIONS, "mismatch"),
        ("12645", "€12,645 million", MILLIONS, "mismatch"),
        ("12645", "12,645 dollars", MILLIONS, "mismatch"),
        ("12645", "12,645", MILLIONS, "match"),
        ("0.4", "$389 million", BILLIONS, "match_asked"),
        ("$8.70", "$8.738 billion", BILLIONS, "match_asked"),
        ("$8.70", "$8.76 billion", BILLIONS, "mismatch"),
        ("8", "$8.3 billion", BILLIONS, "mismatch"),
        ("-0.02", "-1.53%", CENTS, "match_asked"),
        ("-0.02", "-0.0153", CENTS, "match_asked"),
        ("24.26", "24.25", CENTS, None),
        ("24.26", "24.3", CENTS, None),
        ("24.257", "24.26", CENTS, "match_asked"),
        ("24.257", "24.25", CENTS, None),
        ("6290000", "6287000", Asked(places=Places(step=Fraction(10_000))), None),
        ("540", "538", Asked(places=Places(significant=2)), "match_asked"),
        ("2.5", "2.46", CENTS, None),
        ("4.19", r"\frac{4\pi}{3}", CENTS, "match_asked"),
        ("4.18", r"\frac{4\pi}{3}", CENTS, None),
        ("12.4", "12.4%", PERCENT, "match"),
        ("12.4", "0.124%", PERCENT, None),
        ("12.4", "$12.4", PERCENT, "mismatch"),
        ("2000", "2 km", METRES, "match"),
        ("2000", r"$2\ \text{km}$", METRES, "match"),
        ("2", "2 km", METRES, "mismatch"),
        ("2", "2 kg", METRES, "mismatch"),
        ("2", "2 apples", METRES, None),
        ("4.90", "4.905 m", THREE, "match_asked"),
        ("4.90", "490 cm", THREE, "match"),
        ("4.90", "4.9 km", THREE, "mismatch"),
        ("x", "2 km", METRES, None),
        ("2 km", "2000 m", METRES, "match"),
    ],
)
def test_what_is_asked_for_decides(reference: str, answer: str, asked: Asked, reason: str | None) -> None:
    found = compare_asked(reference=reference, answer=answer, asked=asked)
    assert (found and found.reason) == reason


@given(st.decimals(min_value=-1000, max_value=1000, places=4), st.integers(min_value=0, max_value=3))
def test_a_value_is_its_own_rounding_and_no_neighbour_is(value: object, places: int) -> None:
    exact, step = Fraction(str(value)), Fraction(1, 10**places)
    rounded = round(exact / step) * step
    finer = Fraction(1, 10**4)
    assert rounds_as_asked(rounded, step, exact, finer, step)
    assert not rounds_as_asked(rounded + 2 * step, step, exact, finer, step)
    assert not rounds_as_asked(rounded, step, rounded + step, step, step)


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from([MILLIONS, METRES, PERCENT, CENTS, THREE]))
def test_any_texts_are_compared(reference: str, answer: str, asked: Asked) -> None:
    found = compare_asked(reference=reference, answer=answer, asked=asked)
    assert found is None or found.equal is not None
