from __future__ import annotations

from pathlib import Path

import pytest
from patience import least_cpu_s

from rewardkit.registry import get
from rewardkit.testing import read_cases, sample

EQUAL = get("number.equal")
HOSTILE = (
    "1 ", "1, ", "1 or ", "1 / ", "-", "– 1 ", "1.234.", "1,234,", "1'234", "5'3\"", "1 in ", "1 and ", "1 hour ", "minus ",
    "two ", "vierzig ", "四十", "hundred ", "two hundred and ", "one half ", "from 1 to ", "not ", "is it 1? ", "if 1 ",
    "1 times ", "= 1 ", "cm^2 ", "1 cm^2, ", " ", "1" + " " * 999, "a" * 999 + "1 ", "\\frac12",
)  # fmt: skip
CASES = read_cases(Path(__file__).parent / "cases" / "number.jsonl", verifier="number.equal")


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{case.why[:50]}" for i, case in enumerate(CASES)])
def test_case(case):
    case.check()


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("dress", ["{}", "<answer>{}</answer>", "So it is 7{}", "The answer is {} 7"])
def test_a_megabyte_takes_linear_time(unit, dress):
    row = sample(completion=dress.replace("{}", unit * (1_000_000 // len(unit))), answer="7")
    assert least_cpu_s(lambda: EQUAL.check(row), within=0.4) < 0.4
