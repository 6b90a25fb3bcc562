"""The reward of a run, from the `reward` section of its settings."""

from __future__ import annotations

from typing import Any

import rewardkit
from rewardkit import RewardFunction

__all__ = ["KINDS", "reward_of"]

KINDS = ("hybrid", "rule", "judge", "format")


def reward_of(kind: str = "hybrid", *, judge: Any = None, trace: str | None = None, **options: Any) -> RewardFunction:
    """The reward function of a run.

    Args:
        kind: "hybrid", the recipe; or one of its sources alone, for the ablation: "rule" (no judge: descriptive rows that are not
            word for word right have no reward), "judge" (every row is judged), "format" (form alone).
        judge: What decides descriptive rows, as in the recipe: a server's URL, "vllm:MODEL", a judge.
        trace: Path to which every verdict is appended.
        options: Other options of the recipe `wethink`.

    Raises:
        ValueError: For another kind, or "judge" without one.
    """
    if kind not in KINDS:
        message = f"reward.kind={kind!r} must be one of {KINDS}"
        raise ValueError(message)
    if kind in ("hybrid", "judge") and judge is None:
        message = f"reward.kind={kind!r} needs reward.judge: a URL such as http://127.0.0.1:8000/v1"
        raise ValueError(message)
    if kind == "format":
        return RewardFunction("format.think_answer", name="wethink", trace=trace)
    if kind == "judge":
        options["routes"] = dict.fromkeys(options.pop("routes", ("rule", "model")), "model")
    return rewardkit.load("wethink", judge=None if kind == "rule" else judge, trace=trace, **options)
