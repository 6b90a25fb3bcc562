"""Vision-R1: 1 for a completion that is right and well-formed, else 0.

Source: arXiv 2503.06749; no code of its reinforcement learning is public.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit.compose import Gate
from rewardkit.recipes.auto import build as accuracy
from rewardkit.types import Verifier

if TYPE_CHECKING:
    from rewardkit.judges.rule_then_judge import Direction

__all__ = ["build"]


def build(
    judge: Any = None, *, judge_on: Direction = "abstain", judge_cache: str | None = None, judge_canaries: int = 1
) -> Verifier:
    """The `vision_r1` reward of a row: accuracy where the form is `<think>…</think><answer>…</answer>`, else 0.

    Args:
        judge: What decides where rules cannot: a judge, a client or a spec. Default None: such rows abstain.
        judge_on: As in `auto`.
        judge_cache: As in `auto`.
        judge_canaries: As in `auto`.
    """
    return Gate("format.think_answer", accuracy(judge, judge_on, judge_cache, judge_canaries), name="vision_r1")
