from __future__ import annotations

import pytest

from rewardkit.prose.last_formula import last_mathematics


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Therefore the angle is 90°.", "90°"),
        ("We find that $x \\neq 3$ here", "x \\neq 3"),
        ("the result is -5 exactly", "-5"),
        ("congruent to 2 modulo 4", None),
        ("no numbers at all", None),
        ("eval(42)", None),
        ("word " * 2000, None),
    ],
)
def test_sentences(text: str, found: str | None) -> None:
    assert last_mathematics(text) == found
