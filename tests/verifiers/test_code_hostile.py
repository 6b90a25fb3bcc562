"""Programs that want to be paid for nothing, or to break what runs them: none is paid, and the sandboxes live."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sandboxed import needs_sandbox

from rewardkit import get, sandbox
from rewardkit.types import Sample, Verdict

PROGRAMS: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "hostile" / "code.jsonl").read_text("utf-8").splitlines()
]
# What none of the programs computes: three times a number, and one more.
ROWS: dict[str, dict[str, Any]] = {
    "printed": {"answer": {"inputs": ["17\n", "4\n"], "outputs": ["52\n", "13\n"]}},
    "returned": {"answer": {"inputs": [[17], [4]], "outputs": [52, 13], "fn_name": "f"}},
    "asserted": {"answer": ["assert f(17) == 52", "assert f(4) == 13"]},
}
HONEST = {
    "printed": "print(3 * int(input()) + 1)",
    "returned": "def f(x): return 3 * x + 1",
    "asserted": "def f(x): return 3 * x + 1",
}


def sample(code: str, shape: str) -> Sample:
    return Sample(0, "", f"```python\n{code}\n```", ROWS[shape])


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Verdict]:
    """Of every program, under short limits, all side by side, with honest ones among them."""
    samples = {program["why"]: sample(program["code"], program["shape"]) for program in PROGRAMS}
    assert len(samples) == len(PROGRAMS)
    samples |= {f"honest {place}": sample(HONEST["printed"], "printed") for place in range(20)}
    found = get("code.python", timeout_s=1, memory_mb=128).verify(list(samples.values()))
    return dict(zip(samples, found, strict=True))


@needs_sandbox
@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program["why"])
def test_a_hostile_program_is_never_paid(verdicts: dict[str, Verdict], program: dict[str, Any]) -> None:
    verdict = verdicts[program["why"]]
    assert verdict.score == 0.0, f"{program['code']}: {verdict}"
    assert verdict.info.get("passed", 0) == 0, verdict


@needs_sandbox
@pytest.mark.slow
def test_honest_programs_among_them_are_paid(verdicts: dict[str, Verdict]) -> None:
    honest = [verdict for why, verdict in verdicts.items() if why.startswith("honest")]
    assert [verdict.score for verdict in honest] == [1.0] * 20
    for shape, code in HONEST.items():
        assert get("code.python").verify([sample(code, shape)])[0].score == 1.0
    assert len(sandbox.shared().pids) <= sandbox.shared().count


def test_the_programs_are_many() -> None:
    assert len(PROGRAMS) >= 100
