from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit.errors import BadParameter
from rewardkit.registry import get
from rewardkit.testing import sample

words = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=7)


def distance(given: list[str], wanted: list[str]) -> int:
    """Edits between two lists, by the recurrence that defines them."""
    row = list(range(len(wanted) + 1))
    for i, one in enumerate(given, 1):
        left, row = row, [i]
        for j, other in enumerate(wanted, 1):
            row.append(min(left[j] + 1, row[j - 1] + 1, left[j - 1] + (one != other)))
    return row[-1]


@given(words, words)
@settings(max_examples=examples(200), deadline=None)
def test_rates_agree_with_the_definition(given: list[str], wanted: list[str]) -> None:
    one = sample(completion=" ".join(given), answer=" ".join(wanted))
    for name, units in (("text.wer", lambda text: text), ("text.cer", lambda text: list(" ".join(text)))):
        rate = distance(units(given), units(wanted)) / len(units(wanted))
        assert get(name).check(one).score == pytest.approx(max(0.0, 1 - rate))


@pytest.mark.parametrize("name", ["text.wer", "text.cer"])
def test_a_threshold_that_is_no_rate(name: str) -> None:
    with pytest.raises(BadParameter, match=name):
        get(name, threshold=1.0)
