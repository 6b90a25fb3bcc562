"""Observe-R1: accuracy + 0.5 · (observe, think, answer), with a bonus to the shortest right completion of a group.

Source: arXiv 2505.12432 and its released code. The bonus and the weight belong to groups and not to rows: give
`rewardkit.advantages.group_advantages` the hooks `ShortestCorrectBonus()` and `DifficultyWeight()`, whose numbers are the
paper's. `compat=True` takes accuracy and form as the code does: an unreadable reference earns every completion 1, and a letter
counts when no other of a to f stands anywhere in the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit import registry
from rewardkit.compose import Rubric
from rewardkit.lifted import FunctionVerifier, Spec
from rewardkit.recipes.auto import build as accuracy
from rewardkit.recipes.mm_eureka import released_accuracy
from rewardkit.types import Verifier

if TYPE_CHECKING:
    from rewardkit.judges.rule_then_judge import Direction

__all__ = ["FORMAT_WEIGHT", "build"]

FORMAT_WEIGHT = 0.5


def build(
    judge: Any = None,
    *,
    judge_on: Direction = "abstain",
    judge_cache: str | None = None,
    judge_canaries: int = 1,
    compat: bool = False,
) -> Verifier:
    """The `observe_r1` reward of a row: accuracy + 0.5 · (`<observe>…</observe><think>…</think><answer>…</answer>`).

    Args:
        judge: What decides where rules cannot: a judge, a client or a spec. Default None: such rows abstain.
        judge_on: As in `auto`.
        judge_cache: As in `auto`.
        judge_canaries: As in `auto`.
        compat: Accuracy as the released code takes it, faults included; no judge is asked.
    """
    form = registry.get("format.observe_think_answer", nested=True)
    right = (
        FunctionVerifier(Spec("observe_r1.accuracy", released_accuracy, ("answer",)))
        if compat
        else accuracy(judge, judge_on, judge_cache, judge_canaries)
    )
    return Rubric({right: 1.0, form: FORMAT_WEIGHT}, name="observe_r1")
