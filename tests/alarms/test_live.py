"""Alarms while a run goes on: each way of going wrong is told once, soon after it begins, and a run that learns is quiet."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from typing import Any

import pytest

import rewardkit
from rewardkit.alarms import Live, Log

Row = dict[str, Any]
Change = Callable[[int, Row], None]
STEPS, FROM = 60, 30


def steady(step: int, row: Row) -> None:
    """Nothing else happens."""


def no_answer(step: int, row: Row) -> None:
    row.update(reason="no_answer", extracted=None)


def one_answer(step: int, row: Row) -> None:
    if row["tokens"] % 2:
        row["extracted"] = "7"


def longer(step: int, row: Row) -> None:
    row["tokens"] *= 2


def judge_dies(step: int, row: Row) -> None:
    row.update(reason="judge_unavailable", status="error")


def run(change: Change, seed: int, *, rows: int = 64) -> dict[str, int]:
    """The alarms of a run and the step each came at; the change happens from step 30 on."""
    draw, live, found = random.Random(seed), Live(), dict[str, int]()
    for step in range(STEPS):
        batch = []
        for _ in range(rows):
            right = draw.random() < 0.3 + 0.3 * step / STEPS
            row: Row = {"status": "scored", "reason": "match" if right else "mismatch", "route": draw.choice(["a", "b"])}
            row |= {"extracted": str(draw.randrange(40)), "answer": str(draw.randrange(40)), "tokens": draw.randrange(80, 120)}
            if step >= FROM:
                change(step, row)
            batch.append((row, None if row["status"] == "error" else float(row["reason"] == "match")))
        for alarm in live.add(batch):
            key = f"{alarm.kind} {alarm.about}"
            assert key not in found
            found[key] = step
    return found


@pytest.mark.parametrize("seed", range(3))
def test_a_run_that_learns_is_quiet(seed: int) -> None:
    assert run(steady, seed) == {}


@pytest.mark.parametrize(
    ("change", "alarm"),
    [
        (no_answer, "reason no_answer"),
        (one_answer, "answer 7"),
        (longer, "length longer"),
        (judge_dies, "reason judge_unavailable"),
        (judge_dies, "unscored "),
    ],
)
@pytest.mark.parametrize("rows", [16, 64])
def test_what_goes_wrong_is_told_within_two_windows(change: Change, alarm: str, rows: int) -> None:
    found = run(change, 1, rows=rows)
    if rows == 64:
        assert FROM <= found[alarm] <= FROM + 10, found
    else:  # four calls are a step
        assert all(step >= FROM for step in found.values()), found


def test_a_run_without_any_reward_is_told_though_nothing_rises() -> None:
    live, row = Live(), {"status": "abstained", "reason": "needs_judge", "verifier": "text", "characters": 9}
    texts = [alarm.text for _ in range(20) for alarm in live.add([(row, None)] * 64)]
    assert texts == ["no row from step 5 on has a reward; 100% are needs_judge"]


def test_a_reward_function_warns_and_tells_the_trainer(caplog: pytest.LogCaptureFixture) -> None:
    reward, metrics = rewardkit.load("auto"), dict[str, float]()
    with caplog.at_level(logging.WARNING, "rewardkit"):
        for _ in range(10):
            reward(
                completions=["a tale"] * 64, answer=["A tale of two cities, told at length."] * 64, log_metric=metrics.__setitem__
            )
    assert metrics["auto/alarm/unscored"] == 1.0
    assert "auto: no row from step 5 on has a reward" in caplog.text
    caplog.clear()
    for _ in range(10):
        reward(completions=["a tale"] * 64, answer=["A tale of two cities, told at length."] * 64)
    assert not caplog.text


def test_slow_rows_are_told_once_and_when_one_is_twice_as_slow(caplog: pytest.LogCaptureFixture) -> None:
    log = Log("auto", slow_s=2.0)
    row = {"status": "scored", "reason": "match", "verifier": "code.python"}
    with caplog.at_level(logging.WARNING, "rewardkit"):
        for seconds in (2.0, 3.0, 5.9, 6.0, 9.0):
            numbers = log.step([({**row, "seconds": 1.0}, 1.0), ({**row, "seconds": seconds}, 1.0)])
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        "auto: 1 of 2 rows took over 2 s; row 1 the longest, 3.0 s, by code.python: match",
        "auto: 1 of 2 rows took over 2 s; row 1 the longest, 6.0 s, by code.python: match",
    ]
    assert (numbers["auto/seconds/max"], numbers["auto/seconds/mean"]) == (9.0, 5.0)


def test_a_step_without_rows_says_nothing() -> None:
    assert Log("auto").step([]) == {}
