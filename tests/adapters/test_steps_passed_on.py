"""Scores of steps reach whatever a trainer keeps beside the reward, and rows without them look as ever."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import rewardkit
from rewardkit.adapters import mask, slime, verl
from rewardkit.serve.bodies import answer
from rewardkit.serve.client import _verdict
from rewardkit.serve.dialects.rewards import VERDICT
from rewardkit.types import Verdict

STEPS = [1.0, 0.25]


def test_trl_gets_them_as_a_column_of_its_log() -> None:
    told: dict[str, list[Any]] = {}
    reward = rewardkit.load("ar_mcts", values="v")
    columns: dict[str, Any] = {"v": [STEPS, None], "answer": ["42"] * 2}
    assert reward(completions=["x", "y"], **columns, log_extra=told.__setitem__) == [0.25, None]
    assert told["ar_mcts_steps"] == ["[1.0, 0.25]", ""]
    told.clear()
    rewardkit.load("auto")(completions=["42"], answer=["42"], log_extra=told.__setitem__)
    assert set(told) == {"auto_reason", "auto_extracted"}


def test_slime_keeps_them_in_the_samples_metadata() -> None:
    one = SimpleNamespace(prompt="?", response="x", label="42", remove_sample=False, metadata={"v": STEPS})
    assert asyncio.run(slime.reward_model("ar_mcts", values="v")(None, one)) == 0.25
    assert one.metadata["rewardkit"]["steps"] == STEPS


def test_verl_gets_one_text_a_row() -> None:
    rows = [{"v": STEPS}, {"v": None}]
    found = verl.compute_scores(["d"] * 2, ["x"] * 2, ["42"] * 2, rows, recipe="ar_mcts", values="v")
    assert [row["steps"] for row in found] == ["[1.0, 0.25]", ""]
    assert [row["score"] for row in found] == [0.25, 0.0]


def test_the_service_sends_them_and_its_client_reads_them() -> None:
    from rewardkit.batch.columns import to_row

    row = to_row({"completion": "x"}, {}, number=0, index=0)
    verdicts = [Verdict.scored(0.25, steps=STEPS), Verdict.scored(1.0)]
    first, second = (json.loads(json.dumps(one)) for one in answer([row, row], verdicts)["rows"])
    assert set(first) - set(second) == {"steps"} <= set(VERDICT["properties"])
    assert _verdict(first).info["steps"] == STEPS
    assert "steps" not in _verdict(second).info


def test_a_part_without_steps_gives_none() -> None:
    assert mask.steps_of(Verdict.scored(1.0)) == {}
    assert mask.steps_of(Verdict.scored(1.0, steps=(1, 0.5))) == {"steps": [1.0, 0.5]}
