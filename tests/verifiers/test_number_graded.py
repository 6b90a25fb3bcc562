from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit.errors import BadParameter
from rewardkit.registry import get
from rewardkit.testing import Case, read_cases, sample


@pytest.mark.parametrize("case", read_cases(Path(__file__).parent / "cases" / "graded.jsonl"), ids=lambda case: case.place)
def test_case(case: Case) -> None:
    case.check()


@given(st.integers(1, 999), st.integers(1, 999))
@settings(max_examples=examples(200), deadline=None)
def test_the_score_falls_with_the_relative_error(given: int, wanted: int) -> None:
    score = get("graded.number", limit=0.25).check(sample(completion=f"<answer>{given}</answer>", answer=str(wanted))).score
    assert score == pytest.approx(max(0.0, 1 - abs(given - wanted) / wanted / 0.25))


def test_a_limit_that_cannot_be_used() -> None:
    with pytest.raises(BadParameter, match="limit"):
        get("graded.number", limit=0.0)
