from __future__ import annotations

from pathlib import Path

import pytest

from rewardkit.testing import read_cases

CASES = read_cases(Path(__file__).parent / "cases" / "math.jsonl", verifier="math.equal")


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case.why[:50]}" for i, case in enumerate(CASES)])
def test_case(case):
    case.check()
