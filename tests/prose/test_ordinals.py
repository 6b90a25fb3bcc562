"""Every row of the table of places means what it says, and each of its phrases is found."""

from __future__ import annotations

import pytest

from rewardkit.prose.ordinals import PlaceRow, counted, is_list, place_rows, places

ROWS = [pytest.param(row, id=str(row.at)) for row in place_rows()]


@pytest.mark.parametrize("row", ROWS)
def test_the_example_names_the_place_and_the_counter_example_does_not(row: PlaceRow) -> None:
    assert [place.at for place in places(row.example)] == [row.at]
    assert row.at not in [place.at for place in places(row.counter)]


@pytest.mark.parametrize("row", ROWS)
def test_every_plain_phrase_of_a_row_is_found(row: PlaceRow) -> None:
    plain = [phrase for phrase in row.alternatives if not set("([") & set(phrase)]
    assert [phrase for phrase in plain if row.at not in [place.at for place in places(f"x {phrase}")]] == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("the last one on the list", True),
        ("the last of these four", True),
        ("die letzte Antwort", True),
        ("最后一个选项", True),
        ("the last digit", False),
        ("the last", False),
    ],
)
def test_a_noun_or_a_list_stands_behind_a_place(text: str, named: bool) -> None:
    assert counted(text, places(text)[0].end)[0] is named


def test_a_list_is_told_from_a_sentence() -> None:
    assert is_list("Of the four, ")
    assert not is_list("Of the four boys, ")
