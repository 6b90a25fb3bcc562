"""A training run's trace as curves and alarms: what goes well is quiet, and each way of going wrong is seen where it begins."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import rewardkit
from rewardkit.cli import main
from rewardkit.report.training import Training

STEPS, ROWS = 120, 64
Change = Callable[[int, dict[str, Any]], None]


def run(seed: int, change: Change = lambda step, row: None, steps: int = STEPS) -> Iterator[dict[str, Any]]:
    """A run that learns: from 20 to 85 % right on two routes, lengths that wander, answers as various as the references."""
    draw = random.Random(seed)
    for step in range(steps):
        right_share = 0.2 + 0.65 / (1 + math.exp(-(step - steps / 3) / (steps / 12)))
        for _ in range(ROWS):
            answer = str(draw.randrange(40))
            judged = draw.random() < 0.3
            right = draw.random() < right_share
            undecided = draw.random() < 0.03
            row = {
                "step": step,
                "route": "model" if judged else "rule/number",
                "reward": None if undecided else float(right),
                "status": "abstained" if undecided else "scored",
                "reason": "needs_judge" if undecided else "match" if right else draw.choice(["mismatch"] * 4 + ["no_answer"]),
                "verifier": "judge.wethink" if judged else "number.equal",
                "extracted": answer if right else str(draw.randrange(40)),
                "answer": answer,
                "tokens": max(5, int(draw.gauss(200 + step / 4, 40))),
            }
            change(step, row)
            yield row


def kinds(records: Iterator[dict[str, Any]]) -> dict[str, int]:
    """The first step of each alarm by its kind and subject."""
    return {f"{alarm.kind} {alarm.about}".strip(): alarm.first for alarm in Training.of(records).alarms}


@pytest.mark.parametrize("seed", range(12))
def test_a_run_that_learns_is_quiet(seed: int) -> None:
    assert kinds(run(seed)) == {}


def no_answer(step: int, row: dict[str, Any]) -> None:
    if step >= 70 and int(row["answer"]) % 3 == 0:
        row.update(reason="no_answer", reward=0.0, status="scored", extracted=None)


def judge_gives_in(step: int, row: dict[str, Any]) -> None:
    if step >= 80 and row["route"] == "model":
        row.update(reason="match", reward=1.0, status="scored")
    elif row["route"] == "model":
        row["reward"] = 0.4


def one_answer(step: int, row: dict[str, Any]) -> None:
    if step >= 60 and int(row["tokens"]) % 2:
        row["extracted"] = "7"


def longer(step: int, row: dict[str, Any]) -> None:
    row["tokens"] = int(row["tokens"] * (1 + max(step - 50, 0) / 40))


def no_contrast(step: int, row: dict[str, Any]) -> None:
    if row["route"] == "model" and row["reward"] != 1.0:
        row.update(reason="needs_judge", reward=None, status="abstained")


def judge_dies(step: int, row: dict[str, Any]) -> None:
    if step >= 90 and row["route"] == "model":
        row.update(reason="judge_unavailable", reward=None, status="error")


@pytest.mark.parametrize(
    ("change", "alarm", "begins"),
    [
        (no_answer, "reason no_answer", 70),
        (judge_gives_in, "route model", 80),
        (one_answer, "answer 7", 60),
        (longer, "length longer", 62),
        (judge_dies, "reason judge_unavailable", 90),
        (judge_dies, "unscored", 90),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_each_way_of_going_wrong_is_seen_where_it_begins(change: Change, alarm: str, begins: int, seed: int) -> None:
    found = kinds(run(seed, change))
    assert alarm in found, found
    assert abs(found[alarm] - begins) <= 14


def test_a_short_or_flat_run_has_no_alarms_and_a_file_without_steps_no_curves() -> None:
    assert kinds(run(0, judge_dies, steps=5)) == {}
    rows = [{"reward": 1.0, "status": "scored", "reason": "match"}] * 10
    assert Training.of(rows).as_json() is None


def test_many_steps_are_joined_and_memory_is_bounded() -> None:
    records = ({"step": s, "reward": 1.0, "status": "scored", "reason": "match", "extracted": str(s)} for s in range(5000))
    said = Training.of(records).as_json()
    assert said is not None
    assert len(said["steps"]) <= 300
    assert said["last"] == 4999
    assert all(len(series) == len(said["steps"]) for curves in said["curves"].values() for series in curves.values())


def test_the_command_merges_ranks_and_points_at_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(run(1, one_answer))
    for rank in range(2):
        lines = "".join(json.dumps(row) + "\n" for row in rows[rank::2])
        (tmp_path / f"trace-{rank}.jsonl").write_text(lines)
    page = tmp_path / "run.html"
    assert main(["report", str(tmp_path / "trace-0.jsonl"), str(tmp_path / "trace-1.jsonl"), "-o", str(page)]) == 0
    assert "alarm: " in capsys.readouterr().err
    data = json.loads(page.read_text().split('id="data">', 1)[1].split("</script>", 1)[0])
    assert data["training"]["steps"][-1] == STEPS - 1
    (alarm,) = [alarm for alarm in data["training"]["alarms"] if alarm["kind"] == "answer"]
    columns = data["columns"]
    by_number = {row[columns.index("number")]: row for row in data["rows"]}
    assert len(alarm["rows"]) == 5
    for number in alarm["rows"]:
        assert by_number[number][columns.index("extracted")] == "7"


def test_a_reward_function_writes_what_the_report_reads(tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    reward = rewardkit.load("auto", trace=trace)
    for step in range(4):
        ids = [[1] * (step + 2), [1] * (step + 4)]
        reward(prompts=["?", "?"], completions=["42", "41"], completion_ids=ids, answer=["42", "42"])
    said = Training.of(map(json.loads, trace.read_text().splitlines())).as_json()
    assert said is not None
    assert said["length_unit"] == "tokens"
    assert said["curves"]["Length"]["mean"] == [3, 4, 5, 6]
    assert said["curves"]["Mean reward"]["all"] == [0.5] * 4


def test_a_route_in_which_nothing_was_ever_wrong_is_told_once() -> None:
    found = [alarm for alarm in Training.of(run(0, no_contrast)).alarms if alarm.kind == "contrast"]
    assert [(alarm.about, alarm.first, alarm.last) for alarm in found] == [("model", 0, STEPS - 1)]
    assert found[0].shows({"step": 3, "route": "model", "reward": None})
    assert not found[0].shows({"step": 3, "route": "model", "reward": 1.0})


def test_one_wrong_row_is_contrast_and_so_is_a_route_that_is_always_right() -> None:
    def one_wrong(step: int, row: dict[str, Any]) -> None:
        no_contrast(step, row)
        if step == 60 and row["route"] == "model":
            row.update(reason="mismatch", reward=0.0, status="scored")

    def always_right(step: int, row: dict[str, Any]) -> None:
        if row["route"] == "model":
            row.update(reason="match", reward=1.0, status="scored")

    for change in (one_wrong, always_right):
        assert not [alarm for alarm in Training.of(run(1, change)).alarms if alarm.kind == "contrast"]
