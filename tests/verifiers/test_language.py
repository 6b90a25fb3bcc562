from __future__ import annotations

from pathlib import Path

import pytest

from rewardkit.errors import BadParameter
from rewardkit.registry import get
from rewardkit.testing import Case, read_cases


@pytest.mark.parametrize("case", read_cases(Path(__file__).parent / "cases" / "language.jsonl"), ids=lambda case: case.place)
def test_case(case: Case) -> None:
    pytest.importorskip("py3langid", reason="the extra instruct is not installed")
    case.check()


def test_a_threshold_that_cannot_be_reached() -> None:
    with pytest.raises(BadParameter, match="threshold"):
        get("language.consistent", threshold=1.5)
