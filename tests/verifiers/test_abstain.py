from __future__ import annotations

from pathlib import Path

import pytest

from rewardkit.errors import BadParameter, UnknownName
from rewardkit.registry import get
from rewardkit.testing import Case, read_cases


@pytest.mark.parametrize("case", read_cases(Path(__file__).parent / "cases" / "abstain.jsonl"), ids=lambda case: case.place)
def test_case(case: Case) -> None:
    case.check()


@pytest.mark.parametrize(
    "parameters", [{"tier": 1.0}, {"wrong": 0.1}, {"tier": -0.5}, {"by": "math.symbolic"}, {"options": {"x": 1}}]
)
def test_a_value_that_cannot_be_used(parameters: dict[str, object]) -> None:
    with pytest.raises(BadParameter):
        get("abstain.tier", **parameters)


def test_a_verifier_that_is_not_there() -> None:
    with pytest.raises(UnknownName, match=r"text\.contain"):
        get("abstain.tier", by="text.contain")
