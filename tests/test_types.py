"""What a verdict refuses to be."""

from __future__ import annotations

import pytest

from rewardkit.types import Verdict


@pytest.mark.parametrize(
    "verdict", [Verdict.scored(1.0), Verdict.scored(0.0), Verdict.abstained("no_route"), Verdict.error("bad_row")]
)
def test_a_verdict_is_neither_true_nor_false_and_says_what_to_ask(verdict: Verdict) -> None:
    for ask in (bool, lambda one: not one, lambda one: one or None, lambda one: [1 for _ in "x" if one], lambda one: any([one])):
        with pytest.raises(
            TypeError, match=rf"score {verdict.score}, {verdict.reason}.*verdict\.score == 1 .*verdict\.score is not None"
        ):
            ask(verdict)


def test_what_needs_no_truth_still_works() -> None:
    right, wrong = Verdict.scored(1.0), Verdict.scored(0.0)
    assert (right == Verdict.scored(1.0), right in [wrong, right], right is not None) == (True, True, True)
    assert [one.score for one in (wrong, right) if one.score == 1] == [1.0]
