"""The sample that `make demo` scores gets the verdicts written down beside it, in this process and on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from patience import HANG_S

import rewardkit

DEMO = Path(__file__).parent.parent / "demo"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


SAMPLE, EXPECTED = lines(DEMO / "sample.jsonl"), lines(DEMO / "expected.jsonl")


def differences(seen: dict[str, tuple[float | None, str]]) -> str:
    """Every row that got another verdict than expected, one a line."""
    found = []
    for row, expected in zip(SAMPLE, EXPECTED, strict=True):
        wanted, got = (expected["reward"], expected["reason"]), seen.get(row["id"])
        if got != wanted:
            found.append(
                f"{row['id']}: wanted {wanted}, got {got}; {expected['why']}; {row['answer']!r} / {row['completion'][-120:]!r}"
            )
    return "\n".join(found)


def test_sample_is_whole() -> None:
    assert [row["id"] for row in SAMPLE] == [row["id"] for row in EXPECTED]
    assert len({row["id"] for row in SAMPLE}) == len(SAMPLE) >= 200
    schema = {"id", "problem", "answer", "category", "abilities", "reward", "completion"}
    assert all(schema <= row.keys() <= schema | {"choices"} for row in SAMPLE)
    assert {row["category"] for row in SAMPLE} == {"multiple_choice", "fill_in_blank", "descriptive"}
    assert {row["reward"] for row in SAMPLE} == {"rule", "model"}
    assert all(row.keys() == {"id", "reward", "reason", "why"} for row in EXPECTED)
    reasons = Counter(row["reason"] for row in EXPECTED)
    assert min(reasons[name] for name in ("match", "mismatch", "ambiguous", "no_answer", "no_reference", "needs_judge")) >= 3


def test_every_row_gets_its_verdict() -> None:
    columns = [{("prompt" if name == "problem" else name): value for name, value in row.items()} for row in SAMPLE]
    verdicts = [rewardkit.verify(**row) for row in columns]
    seen = {row["id"]: (verdict.score, verdict.reason) for row, verdict in zip(SAMPLE, verdicts, strict=True)}
    assert not (found := differences(seen)), found


def test_a_trainer_gets_the_same_rewards() -> None:
    columns = {name: [row.get(name) for row in SAMPLE] for name in ("answer", "category", "choices")}
    prompts, completions = ([row[name] for row in SAMPLE] for name in ("problem", "completion"))
    rewards = rewardkit.load("auto")(prompts=prompts, completions=completions, **columns)
    assert rewards == [row["reward"] for row in EXPECTED]


@pytest.mark.slow
def test_the_command_line_says_the_same_and_loses_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "rewardkit", "score", str(DEMO / "sample.jsonl"), "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 0, done.stderr
    written = lines(out)
    assert [row["id"] for row in written] == [row["id"] for row in SAMPLE]
    assert not (found := differences({row["id"]: (row["reward"], row["reason"]) for row in written})), found
