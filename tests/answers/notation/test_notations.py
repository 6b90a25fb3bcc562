from __future__ import annotations

import pytest

from rewardkit.answers.notation.fields import FIELDS
from rewardkit.answers.notation.notations import NOTATIONS
from rewardkit.answers.notation.rewriting import Notation, Notations, rewrite
from rewardkit.answers.notation.selections import SELECTIONS

TABLES = (FIELDS, NOTATIONS, SELECTIONS)
ROWS = [pytest.param(table, row, id=row.example) for table in TABLES for row in dict.fromkeys(row for _, row in table)]


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_each_notation_reads_its_example_and_leaves_what_is_unlike_it(table: Notations, row: Notation) -> None:
    assert any(hint in row.example for hint in row.hints)
    assert row.rewritten(row.example) == row.becomes != row.example
    assert rewrite(row.example, table) == row.becomes
    assert rewrite(row.unlike, table) == row.unlike


def test_long_text_stays_as_it_is() -> None:
    assert rewrite("]0,1[" + " " * 400, NOTATIONS) == "]0,1[" + " " * 400
