from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit.errors import BadParameter
from rewardkit.registry import get
from rewardkit.testing import sample

times = st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda pair: pair[0] < pair[1])


@given(times, times)
@settings(max_examples=examples(200), deadline=None)
def test_overlap_agrees_with_counting_seconds(given: tuple[int, int], wanted: tuple[int, int]) -> None:
    a, b = set(range(*given)), set(range(*wanted))
    one = sample(completion=f"<answer>{given[0]} - {given[1]} s</answer>", answer=list(wanted))
    assert get("grounding.segment").check(one).score == pytest.approx(len(a & b) / len(a | b))


def test_a_threshold_that_cannot_be_reached() -> None:
    with pytest.raises(BadParameter, match="threshold"):
        get("grounding.segment", threshold=0.0)
