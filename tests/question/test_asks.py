"""The table of phrases by which questions ask: every row finds its example and not its counter-example."""

from __future__ import annotations

import pytest

from rewardkit.prose.phrases import openings_of
from rewardkit.question.asks import Cue, Field, Row, cues_in, number_at, rows

LANGUAGES = {"en", "zh", "other", "mixed"}


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.field.value}-{row.language}-{row.value}")
def test_a_row_is_found_in_its_example_and_not_in_its_counter_example(row: Row) -> None:
    assert any((cue.field, cue.value) == (row.field, row.value) for cue in cues_in(row.example))
    assert not any((cue.field, cue.value) == (row.field, row.value) for cue in cues_in(row.counter))


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.field.value}-{row.language}-{row.value}")
def test_no_phrase_begins_with_a_stem(row: Row) -> None:
    """A phrase is looked up by its first word as it stands."""
    for phrase in row.alternatives:
        assert phrase.split()[0].strip("([").split("|")[0][-1:] != "*", phrase
        assert openings_of(phrase), phrase


def test_every_field_has_a_row_of_a_known_language() -> None:
    assert {row.field for row in rows()} == set(Field)
    assert {row.language for row in rows()} == LANGUAGES


@pytest.mark.parametrize(
    ("text", "field", "number"),
    [
        ("Round to two decimal places.", Field.DECIMALS, 2),
        ("Round to 4 decimal places.", Field.DECIMALS, 4),
        ("Runden Sie auf drei Nachkommastellen.", Field.DECIMALS, 3),
        ("Arrondir à deux décimales.", Field.DECIMALS, 2),
        ("Redondea a tres decimales.", Field.DECIMALS, 3),
        ("结果保留两位小数。", Field.DECIMALS, 2),
        ("保留3位有效数字。", Field.SIGNIFICANT, 3),
        ("Give decimals.", Field.DECIMALS, None),
        ("Use 3 significant figures.", Field.SIGNIFICANT, 3),
    ],
)
def test_the_number_of_a_phrase(text: str, field: Field, number: int | None) -> None:
    cues: list[Cue] = [cue for cue in cues_in(text) if cue.field is field]
    assert {number_at(text, cue) for cue in cues} == {number}
