"""Correctness scaled by length along half a cosine: short right answers earn most, short wrong ones lose most."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rewardkit.errors import BadParameter
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.length import Unit, completion_length
from rewardkit.verifiers.rightness import check_by, right_by

__all__ = ["cosine"]


def _check_cosine(
    *,
    maximum: int,
    right: tuple[float, float],
    wrong: tuple[float, float],
    by: str,
    options: Mapping[str, Any] | None,
    **_: Any,
) -> None:
    pairs = [pair for pair in (right, wrong) if isinstance(pair, (list, tuple)) and len(pair) == 2]
    finite = len(pairs) == 2 and all(isinstance(end, (int, float)) and math.isfinite(end) for pair in pairs for end in pair)
    if maximum <= 0 or not finite or max(wrong) >= min(right):
        message = (
            f"length.cosine: maximum={maximum}, right={right} and wrong={wrong} cannot be used; wanted a maximum above 0 and two "
            "pairs of numbers, every one for a right answer above every one for a wrong one."
        )
        raise BadParameter(message)
    check_by("length.cosine", by, options)


@verifier("length.cosine", requires=("answer",), validate=_check_cosine)
def cosine(
    sample: Sample,
    *,
    maximum: int = 1000,
    right: tuple[float, float] = (1.0, 0.5),
    wrong: tuple[float, float] = (-1.0, -0.5),
    unit: Unit = "tokens",
    by: str = "math.equal",
    options: Mapping[str, Any] | None = None,
) -> Verdict:
    """Correctness scaled by length: from one value for an empty completion to another at the maximum, along half a cosine.

    The score is end + (start - end) * (1 + cos(pi * length / maximum)) / 2, with the length cut off at the maximum, and start and
    end as `right` and `wrong` give them. With its defaults it is TRL's cosine-scaled reward, and the bounds are those of Yeo et
    al. (arXiv 2502.03373), appendix C.1. A row that `by` cannot decide keeps its abstention.

    Args:
        sample: The sample, with what `by` needs; its `completion_ids` are counted, or its text.
        maximum: Length from which the value at the end is due, in `unit`.
        right: Scores of a right answer, of no length and of the maximum.
        wrong: Scores of a wrong one; each must be below those of a right one.
        unit: "tokens" (the length of `completion_ids`) or "characters".
        by: Name of the verifier that tells right from wrong, by a score of 1; none that runs in worker processes.
        options: Parameters of that verifier.

    Raises:
        BadParameter: For values that cannot be used, or tokens asked for where the batch has no `completion_ids`.
    """
    length = completion_length(sample, unit, "length.cosine")
    verdict = right_by(sample, by, options)
    if verdict.score is None:
        return verdict
    start, end = right if verdict.score >= 1 else wrong
    score = end + (start - end) * (1 + math.cos(math.pi * min(length / maximum, 1.0))) / 2
    reason = verdict.reason if verdict.score < 1 else "match" if score == 1 else "partial"
    return Verdict.scored(score, reason, **{**verdict.info, "length": length, "unit": unit})
