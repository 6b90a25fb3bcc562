"""Calls of `load` for a type checker: those that end in `# wrong` it must refuse, and no others. Not run."""

from __future__ import annotations

from typing import Any

import rewardkit


def calls(name: str, table: dict[str, Any]) -> rewardkit.RewardFunction:
    """Every way of calling it."""
    rewardkit.load()
    rewardkit.load("wethink", judge="http://127.0.0.1:8000/v1", format_weight=0.2, slow_s=2.0, time_limit_s=1.0)
    rewardkit.load("number.equal", rel_tol=0.01)
    rewardkit.load("reward.toml", columns={"answer": "reward_model.ground_truth"})
    rewardkit.load(rewardkit.get("math.equal"), trace="trace.jsonl")
    rewardkit.load(lambda sample: len(sample.text) < 9)
    rewardkit.load(name, judge_canaries=0)
    rewardkit.load("wethink", jugde="http://127.0.0.1:8000/v1")  # wrong
    rewardkit.load("wethink", format_weight="much")  # wrong
    rewardkit.load("number.equal", rel_tolerance=0.01)  # wrong
    rewardkit.load("auto", trace=3)  # wrong
    rewardkit.load(rewardkit.get("math.equal"), judge="http://127.0.0.1:8000/v1")  # wrong
    return rewardkit.load(name, **table)
