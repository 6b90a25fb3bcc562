"""Dates: printed in any form, a day is itself and no other."""

from __future__ import annotations

import datetime
import subprocess
import sys
from pathlib import Path

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import HANG_S, examples

from rewardkit.answers import compare, understand
from rewardkit.answers.notation.dates import Date, read_date

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "rewardkit" / "answers" / "notation"
LOCALES = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "cs", "tr", "sv", "zh", "zh_Hant", "ja", "ko"]
LOCALES += ["ar", "hi", "vi", "id", "da", "nb", "fi", "ro", "hu", "fa"]
PATTERNS = [
    "%Y-%m-%d",
    "%d %B %Y",
    "%B %d, %Y",
    "%d %b %Y",
    "%b. %d, %Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "the %dth of %B, %Y",
    "%A, %B %d, %Y",
]
DAYS = st.dates(datetime.date(1000, 1, 1), datetime.date(2999, 12, 31))


def printed(day: datetime.date, form: int, locale: str) -> str:
    """A day in one of our forms, or in the long one of a language."""
    return day.strftime(PATTERNS[form]) if form < len(PATTERNS) else format_date(day, "long", locale=locale)


@settings(max_examples=examples(300), deadline=None)
@given(DAYS, DAYS, st.integers(0, len(PATTERNS)), st.sampled_from(LOCALES))
def test_a_day_in_any_form_is_itself_and_no_other(day: datetime.date, other: datetime.date, form: int, locale: str) -> None:
    text = printed(day, form, locale)
    assert read_date(text) == Date(day.year, day.month, day.day), text
    assert understand(text).shape == "date"
    assert compare(reference=day.isoformat(), answer=text).equal is True
    assert (compare(reference=other.isoformat(), answer=text).equal is True) == (day == other)
    assert compare(reference=str(day.year), answer=text).equal is not True
    assert compare(reference=str(day.day), answer=text).equal is not True


@settings(max_examples=examples(100), deadline=None)
@given(DAYS)
def test_figures_alone_are_a_day_only_where_one_order_is_left(day: datetime.date) -> None:
    english, american = day.strftime("%d/%m/%Y"), day.strftime("%m/%d/%Y")
    settled = day.day > 12 or day.day == day.month
    for text in (english, american):
        assert (compare(reference=day.isoformat(), answer=text).equal is True) == settled
    assert compare(reference=english, answer=english.replace("/", "-")).equal is True


@pytest.mark.parametrize(
    "text",
    [
        "30 February 2024", "31/04/2024", "2024-13-01", "29 Feb 2023", "Sunday, January 5, 2024", "January", "2024", "5/6/20",
        "May 5 6 2024", "January February 2024", "5 Set", "the fifth", "5 apples 2024", "1/2/3", "3.14.2024.5", "12345-01-01",
        "5 Jan 2024 BC", "in May 2024 or June", r"\frac{5}{6}", "x = 5 Jan 2024", "44 March 2020",
    ],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert read_date(text) is None


def test_the_shipped_table_is_made_again_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "tools" / "tables" / "dates.py"), str(tmp_path)], check=True, timeout=HANG_S)
    assert (tmp_path / "dates.tsv").read_bytes() == (SHIPPED / "dates.tsv").read_bytes(), "run `python tools/tables/dates.py`"
