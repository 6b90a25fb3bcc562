"""What a comparison found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from rewardkit.answers.steps import Step

__all__ = ["Comparison"]


class Comparison(NamedTuple):
    """Whether an answer equals the reference, and how that was found.

    Attributes:
        equal: None when nothing decided.
        step: What decided.
        reason: match, match_rounded, mismatch, undecided, gold_unparseable, no_answer or too_complex.
        reference_shape: The kind of the reference in words, empty where the text was never parsed.
        answer_shape: The same of the answer.
        info: `info["symbolic"]` is set on an undecided pair when both sides were read as single values, so that a computer
            algebra system may still settle it.
    """

    equal: bool | None
    step: Step
    reason: str
    reference_shape: str
    answer_shape: str
    info: Mapping[str, Any]
