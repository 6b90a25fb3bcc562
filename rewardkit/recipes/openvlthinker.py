"""OpenVLThinker: accuracy, halved where nothing is explained between the thoughts and the answer.

Source: arXiv 2503.17352 and its released `r1v.py`. Its form is only logged, for it forbids the very text that accuracy asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit import registry
from rewardkit.lifted import FunctionVerifier, Spec
from rewardkit.recipes.auto import build as accuracy
from rewardkit.recipes.parts.product import Product
from rewardkit.types import Sample, Verdict, Verifier

if TYPE_CHECKING:
    from rewardkit.judges.rule_then_judge import Direction

__all__ = ["build"]

UNEXPLAINED = 0.5
_THOUGHT, _ANSWER = "</think>", "<answer>"


def build(
    judge: Any = None,
    *,
    judge_on: Direction = "abstain",
    judge_cache: str | None = None,
    judge_canaries: int = 1,
    compat: bool = False,
) -> Verifier:
    """The `openvlthinker` reward of a row: accuracy · (1, or 0.5 where no text stands between `</think>` and `<answer>`).

    Args:
        judge: What decides where rules cannot: a judge, a client or a spec. Default None: such rows abstain.
        judge_on: As in `auto`.
        judge_cache: As in `auto`.
        judge_canaries: As in `auto`.
        compat: Accuracy as the released code takes it (`easyr1.accuracy`, or the same text in small letters); no judge is asked.
    """
    explained = FunctionVerifier(Spec("openvlthinker.explained", _explained))
    if compat:
        return Product(FunctionVerifier(Spec("openvlthinker.accuracy", _released, ("answer",))), explained, name="openvlthinker")
    return Product(accuracy(judge, judge_on, judge_cache, judge_canaries), explained, name="openvlthinker")


def _explained(sample: Sample) -> Verdict:
    """Whether something is said between the last thought and the answer; where either tag is missing nothing is taken off."""
    text = sample.text
    end = text.find(_ANSWER)
    begin = text.rfind(_THOUGHT, 0, end) if end >= 0 else -1
    empty = begin >= 0 and not text[begin + len(_THOUGHT) : end].strip()
    return Verdict.scored(UNEXPLAINED if empty else 1.0)


def _released(sample: Sample) -> Verdict:
    verdict = registry.get("easyr1.accuracy").check(sample)
    given = str(verdict.info.get("extracted", "")).strip().lower()
    same = any(given == reference.strip().lower() for reference in sample.references)
    return Verdict.scored(1.0 if same else verdict.score or 0.0, **verdict.info)
