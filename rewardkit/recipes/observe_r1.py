"""Observe-R1: accuracy + 0.5 · (observe, think, answer), with a bonus to the shortest right completion of a group.

Source: arXiv 2505.12432 and its released code. The bonus and the weight belong to groups and not to rows: give
`rewardkit.advantages.group_advantages` the hooks `ShortestCorrectBonus()` and `DifficultyWeight()`, whose numbers are the
paper's. `compat=True` takes accuracy and form as the code does: an unreadable reference earns every completion 1, a letter counts
when no other of a to f stands anywhere in the answer, and where the observation is inside of the thoughts, blocks may repeat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit import registry
from rewardkit.compose import Rubric
from rewardkit.lifted import FunctionVerifier, Spec
from rewardkit.recipes.auto import build as accuracy
from rewardkit.recipes.mm_eureka import SEAM, released_accuracy
from rewardkit.types import Sample, Verdict, Verifier

if TYPE_CHECKING:
    from rewardkit.judges.rule_then_judge import Direction

__all__ = ["FORMAT_WEIGHT", "build"]

FORMAT_WEIGHT = 0.5
STRICT = registry.get("format.observe_think_answer", nested=True)


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
        compat: As the released code does, faults included; no judge is asked.
    """
    if compat:
        right = FunctionVerifier(Spec("observe_r1.accuracy", released_accuracy, ("answer",)))
        form = FunctionVerifier(Spec("observe_r1.format", _released_format))
        return Rubric({right: 1.0, form: FORMAT_WEIGHT}, name="observe_r1")
    return Rubric({accuracy(judge, judge_on, judge_cache, judge_canaries): 1.0, STRICT: FORMAT_WEIGHT}, name="observe_r1")


def _released_format(sample: Sample) -> Verdict:
    """Form as the released code takes it: its guard against a second block is bound to the observation that comes first."""
    strict = STRICT.verify([sample])[0].score
    return Verdict.scored(float(bool(strict) or _observed_inside(sample.text.strip())))


def _observed_inside(text: str) -> bool:
    begun = text.find("<observe>") if text.startswith("<think>") else -1
    ended = text.find("</observe>", begun) if begun >= 0 else -1
    seam = SEAM.search(text, ended) if ended >= 0 else None
    return seam is not None and text.endswith("</answer>") and "</think>" not in text[:ended]
