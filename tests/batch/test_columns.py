"""Which column is what, and what is said when none is."""

from __future__ import annotations

import pytest

from rewardkit.batch.columns import to_row


@pytest.mark.parametrize("fields", [{}, {"answer": "B"}, {"completion": None}])
def test_a_problem_names_the_columns_there_are(fields: dict[str, object]) -> None:
    row = to_row(fields, {}, number=3, index=0)
    assert row.sample.text == ""
    assert all(name in row.problem for name in fields)
