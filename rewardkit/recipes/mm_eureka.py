"""MM-Eureka: accuracy + 0.5 · format, with an online filter of prompts that are too easy or too hard.

Source: arXiv 2503.07365 and its released `reward_func_qwen_instruct.py`. The filter is the group hook
`rewardkit.advantages.AccuracyBounds(0.1, 0.9)`, and `Refill` counts until a batch of kept prompts is full. What the code does
otherwise than one would expect, and `compat=True` does too: an unreadable reference earns every completion 1, a letter counts
when no other of a to f stands anywhere in the answer, and text may stand before `<think>` and behind `</answer>`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rewardkit.compose import Rubric
from rewardkit.lifted import FunctionVerifier, Spec
from rewardkit.recipes.auto import build as accuracy
from rewardkit.recipes.parts.letters import is_equal, sole_letter
from rewardkit.types import Sample, Verdict, Verifier

if TYPE_CHECKING:
    from rewardkit.judges.rule_then_judge import Direction

__all__ = ["FORMAT_WEIGHT", "build", "released_accuracy", "released_format"]

FORMAT_WEIGHT = 0.5
SEAM = re.compile(r"</think>\s*<answer>")


def build(
    judge: Any = None,
    *,
    judge_on: Direction = "abstain",
    judge_cache: str | None = None,
    judge_canaries: int = 1,
    compat: bool = False,
) -> Verifier:
    """The `mm_eureka` reward of a row: accuracy + 0.5 · (`<think>…</think><answer>…</answer>`).

    Args:
        judge: What decides where rules cannot: a judge, a client or a spec. Default None: such rows abstain.
        judge_on: As in `auto`.
        judge_cache: As in `auto`.
        judge_canaries: As in `auto`.
        compat: As the released code does, faults included; no judge is asked.
    """
    if compat:
        right = FunctionVerifier(Spec("mm_eureka.accuracy", released_accuracy, ("answer",)))
        form = FunctionVerifier(Spec("mm_eureka.format", released_format))
        return Rubric({right: 1.0, form: FORMAT_WEIGHT}, name="mm_eureka")
    return Rubric(
        {accuracy(judge, judge_on, judge_cache, judge_canaries): 1.0, "format.think_answer": FORMAT_WEIGHT}, name="mm_eureka"
    )


def released_accuracy(sample: Sample) -> Verdict:
    """Accuracy as the released code takes it; what cannot be read of the reference earns 1."""
    equal = is_equal(sample)
    if equal is None and not sole_letter(sample):
        letter = next(iter(sample.references), "").strip().lower()
        return Verdict.scored(0.0 if len(letter) == 1 and letter in "abcdef" else 1.0)
    return Verdict.scored(float(bool(equal) or sole_letter(sample)))


def released_format(sample: Sample) -> Verdict:
    """Form as the released code takes it: the two blocks somewhere in the text."""
    text = sample.text
    seam = SEAM.search(text)
    return Verdict.scored(float(seam is not None and "<think>" in text[: seam.start()] and "</answer>" in text[seam.end() :]))
