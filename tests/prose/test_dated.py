"""Years and days that only say when something is."""

from __future__ import annotations

import pytest

from rewardkit.prose.dated import is_dated, is_filing
from rewardkit.prose.numbers import spoken

YEARS = frozenset([2018])


@pytest.mark.parametrize(
    ("text", "number", "dated"),
    [
        ("It was 5 million in 2018.", "2018", True),
        ("It was 5 million in 2016.", "2016", True),
        ("It was 5 million in 1950.", "1950", False),
        ("It was 5 million in fiscal 1950.", "1950", True),
        ("the year ended December 31, 1950", "1950", True),
        ("the year ended December 31, 1950", "31", True),
        ("2018年为500万元", "2018年", True),
        ("It employs 2018 workers.", "2018", False),
        ("It employs in 2018 workers in all.", "2018", False),
        ("This results in 1800.", "1800", False),
        ("He ate 31 apples.", "31", False),
        ("The answer is 2018.", "2018", False),
    ],
)
def test_whether_a_number_is_a_date(text: str, number: str, dated: bool) -> None:
    begin = text.index(number)
    assert is_dated(text, begin, begin + len(number), YEARS) is dated


def test_forms_are_named_by_numbers() -> None:
    assert is_filing("10-K", 0)
    assert is_filing("8-K, page 3", 0)
    assert not is_filing("10-5", 0)
    assert not is_filing("110-K", 1)
    assert not is_filing("12-K", 0)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("It was $5 million in 2018.", "$5 million"),
        ("It ran 39 stores at the end of 2018.", "39"),
        ("It was $5 million for the year ended December 31, 2018.", "$5 million"),
        ("It was $5 million according to its 10-K.", "$5 million"),
        ("It was 93.86, rounded to 2 decimal places.", "93.86"),
        ("It was in 2018.", "2018"),
        ("It was $5 (in millions) in 2018.", "$5 millions"),
    ],
)
def test_the_number_that_counts_is_no_date(text: str, number: str) -> None:
    assert spoken(text, announced=False, marked=False, years=YEARS).text == number


def test_two_amounts_with_years_are_two() -> None:
    both = spoken("It was $5 million in 2018 and $7 million in 2017.", announced=False, marked=False, years=YEARS)
    assert both.text != "$5 million"
