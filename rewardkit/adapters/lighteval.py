"""lighteval: a metric whose values come from a recipe."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import columns_of, loaded
from rewardkit.errors import MissingExtra

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction

__all__ = ["metric"]


def metric(reward: RewardFunction | str = "auto", *, name: str | None = None, **options: Any) -> Any:
    """A `SampleLevelMetricGrouping` of two: NAME, the mean over the rows that have a score, and NAME_scored, their share.

    A row without a verdict is NaN in the first, which the mean leaves out, and 0 in the second. The reference is the
    document's gold, or all of them; a document with several choices passes them as `choices`; the entries of its `specific`
    are columns as well. Of several samples of one document the mean counts. Raises `MissingExtra`.
    """
    try:
        from lighteval.metrics.metrics_sample import SampleLevelComputation
        from lighteval.metrics.utils.metric_utils import SampleLevelMetricGrouping
        from lighteval.tasks.requests import SamplingMethod
    except ImportError as cause:
        raise MissingExtra("lighteval", "lighteval", "the metric") from cause

    function = loaded(reward, **options) if isinstance(reward, str) else reward
    label = name or function.__name__

    class Rewards(SampleLevelComputation):  # type: ignore[misc]
        """Scores every sample of every document as one batch."""

        def compute(self, responses: Sequence[Any], docs: Sequence[Any], **_: Any) -> list[dict[str, float]]:
            texts = [list(response.final_text) for response in responses]
            rows = [_row(doc) for doc, found in zip(docs, texts, strict=True) for _ in found]
            flat = [text for found in texts for text in found]
            verdicts = iter(function.decide(completions=flat, **columns_of(rows)) if flat else [])
            scores = [[next(verdicts).score for _ in found] for found in texts]
            return [_values(label, own) for own in scores]

    return SampleLevelMetricGrouping(
        metric_name=[label, f"{label}_scored"],
        higher_is_better={label: True, f"{label}_scored": True},
        category=SamplingMethod.GENERATIVE,
        sample_level_fn=Rewards(),
        corpus_level_fn={label: mean_of_scored, f"{label}_scored": mean_of_scored},
        batched_compute=True,
    )


def mean_of_scored(values: Sequence[float]) -> float:
    """The mean without NaN; NaN when nothing is left."""
    kept = [float(v) for v in values if not math.isnan(v)]
    return sum(kept) / len(kept) if kept else math.nan


def _row(doc: Any) -> dict[str, Any]:
    golds = [str(gold).strip() for gold in doc.get_golds()]
    choices = [str(choice).strip() for choice in doc.choices]
    extra = {k: v for k, v in dict(doc.specific or {}).items() if k not in ("prompts", "completions", "completion_ids")}
    several = {"choices": choices} if len(choices) > len(golds) else {}
    return {**extra, **several, "answer": golds[0] if len(golds) == 1 else golds, "prompts": doc.query}


def _values(label: str, scores: Sequence[float | None]) -> dict[str, float]:
    kept = [score for score in scores if score is not None]
    return {label: sum(kept) / len(kept) if kept else math.nan, f"{label}_scored": len(kept) / len(scores) if scores else 0.0}
