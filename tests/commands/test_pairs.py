"""Pairs on the command line."""

from __future__ import annotations

import pytest

from rewardkit.commands.pairs import parse_columns
from rewardkit.errors import UsageError


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        (None, {}),
        ("", {}),
        ("answer=gold", {"answer": "gold"}),
        ("answer=gold, completion = response,", {"answer": "gold", "completion": "response"}),
        ("answer=a=b", {"answer": "a=b"}),
    ],
)
def test_columns_are_pairs(text: str | None, mapping: dict[str, str]) -> None:
    assert parse_columns(text) == mapping


@pytest.mark.parametrize("text", ["answer", "answer=", "=gold", "answer=gold,completion", " = "])
def test_a_pair_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--columns wants NAME=YOURS"):
        parse_columns(text)
