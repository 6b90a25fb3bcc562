"""SEED-Bench-R1: the outcome alone, 1 or 0.

Source: arXiv 2503.24376 and its released `grpo.py`. The code compares the answer's first character with the reference's, so that
"Answer: B" is right where A is; `compat=True` does so too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit.lifted import FunctionVerifier, Spec
from rewardkit.recipes.auto import build as accuracy
from rewardkit.recipes.parts.letters import is_equal, same_first_letter
from rewardkit.types import Sample, Verdict, Verifier

if TYPE_CHECKING:
    from rewardkit.judges.rule_then_judge import Direction

__all__ = ["build"]


def build(
    judge: Any = None,
    *,
    judge_on: Direction = "abstain",
    judge_cache: str | None = None,
    judge_canaries: int = 1,
    compat: bool = False,
) -> Verifier:
    """The `seed_bench_r1` reward of a row: accuracy, with letters read by the whole grammar of options.

    Args:
        judge: What decides where rules cannot: a judge, a client or a spec. Default None: such rows abstain.
        judge_on: As in `auto`.
        judge_cache: As in `auto`.
        judge_canaries: As in `auto`.
        compat: As the released code does: mathematics, or else the first character; no judge is asked.
    """
    if compat:
        return FunctionVerifier(Spec("seed_bench_r1", _released, ("answer",)))
    return accuracy(judge, judge_on, judge_cache, judge_canaries)


def _released(sample: Sample) -> Verdict:
    return Verdict.scored(float(bool(is_equal(sample)) or same_first_letter(sample)))
