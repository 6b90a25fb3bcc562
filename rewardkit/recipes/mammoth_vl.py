"""MAmmoTH-VL: a rewritten answer is kept where a judge finds that it says what the answer before it said.

Source: arXiv 2412.05237; no reward is trained on there, and its code was not read. `rewardkit.data.rewriting.rewrite`
runs the writer and this filter and counts by category what was dropped, `audit` draws rows for people, and `kappa` is the
agreement with them (the paper's: 0.64 of judge and people, 0.55 among people).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit.recipes import judge_of
from rewardkit.recipes.auto import rules
from rewardkit.types import Verifier

if TYPE_CHECKING:
    from rewardkit.judges.rule_then_judge import Direction

__all__ = ["build"]


def build(
    judge: Any = None,
    *,
    judge_on: Direction = "always",
    judge_cache: str | None = None,
    judge_canaries: int = 1,
    image: str | None = None,
) -> Verifier:
    """The `mammoth_vl` verdict on a rewritten answer: 1 to keep it, 0 to drop it.

    Args:
        judge: What looks rewritten answers over: a judge, a client or a spec. Default None: rules alone, which abstain on
            free text.
        judge_on: As in `auto`; by default every row is judged, as in the paper.
        judge_cache: As in `auto`.
        judge_canaries: As in `auto`.
        image: Name of the column with the row's image, for a judge that sees, as the paper's does. Default None: text alone.
    """
    if judge is None:
        return rules()
    from rewardkit.judges.rule_then_judge import RuleThenJudge

    asked = judge_of(judge, "binary", cache=judge_cache, canaries=judge_canaries, image=image)
    return RuleThenJudge(rules(), asked, on=judge_on, name="mammoth_vl")
