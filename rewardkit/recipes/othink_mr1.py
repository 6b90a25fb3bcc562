"""OThink-MR1: accuracy + α · format.

Source: arXiv 2503.16081; no code is public. The weight of the divergence from the reference model moves in the run (GRPO-D):
`rewardkit.schedules.grpo_d`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit.compose import Rubric
from rewardkit.errors import BadParameter
from rewardkit.recipes.auto import build as accuracy
from rewardkit.types import Verifier

if TYPE_CHECKING:
    from rewardkit.judges.rule_then_judge import Direction

__all__ = ["build"]


def build(
    judge: Any = None,
    *,
    alpha: float = 1.0,
    judge_on: Direction = "abstain",
    judge_cache: str | None = None,
    judge_canaries: int = 1,
) -> Verifier:
    """The `othink_mr1` reward of a row: accuracy + `alpha` · (`<think>…</think><answer>…</answer>`).

    Args:
        judge: What decides where rules cannot: a judge, a client or a spec. Default None: such rows abstain.
        alpha: Weight of the form (default 1, the paper's).
        judge_on: As in `auto`.
        judge_cache: As in `auto`.
        judge_canaries: As in `auto`.

    Raises:
        BadParameter: For a negative `alpha`.
    """
    if not 0 <= alpha < float("inf"):
        message = f"alpha={alpha!r} cannot be used; wanted a number from 0"
        raise BadParameter(message)
    return Rubric({accuracy(judge, judge_on, judge_cache, judge_canaries): 1.0, "format.think_answer": alpha}, name="othink_mr1")
