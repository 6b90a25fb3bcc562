from __future__ import annotations

from pathlib import Path

import pytest

from rewardkit.errors import BadParameter, UnknownName
from rewardkit.registry import get
from rewardkit.testing import Case, read_cases


@pytest.mark.parametrize("case", read_cases(Path(__file__).parent / "cases" / "calibration.jsonl"), ids=lambda case: case.place)
def test_case(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("name", ["calibration.brier", "calibration.rlcr"])
def test_a_verifier_that_cannot_be_asked(name: str) -> None:
    with pytest.raises(BadParameter, match="worker processes"):
        get(name, by="math.symbolic")
    with pytest.raises(UnknownName):
        get(name, by="math.equals")
