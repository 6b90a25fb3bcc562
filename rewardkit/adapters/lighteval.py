"""lighteval: a metric whose values come from a recipe."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import columns_of, loaded, value
from rewardkit.errors import MissingExtra

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction

__all__ = ["metric"]


def metric(reward: RewardFunction | str = "auto", *, name: str | None = None, **options: Any) -> Any:
    """A `SampleLevelMetric` that scores all documents as one batch; its value is the mean over the rows that have a score.

    A row without a verdict is NaN among the details, and the mean leaves it out. The reference is the document's gold, or all of
    them; a document with more choices than golds passes them as `choices`; the entries of its `specific` are columns as well. Of
    several samples of one document the mean counts. Raises `MissingExtra`.
    """
    try:
        from lighteval.metrics.metrics_sample import SampleLevelComputation
        from lighteval.metrics.utils.metric_utils import SampleLevelMetric
        from lighteval.tasks.requests import SamplingMethod
    except ImportError as cause:
        raise MissingExtra("lighteval", "lighteval", "the metric") from cause

    function = loaded(reward, **options) if isinstance(reward, str) else reward

    class Rewards(SampleLevelComputation):  # type: ignore[misc]
        def compute(self, responses: Sequence[Any], docs: Sequence[Any], **_: Any) -> list[float]:
            texts = [list(response.final_text) for response in responses]
            rows = [_row(doc) for doc, found in zip(docs, texts, strict=True) for _ in found]
            flat = [text for found in texts for text in found]
            verdicts = iter(function.decide(completions=flat, **columns_of(rows)) if flat else [])
            return [average_of_scored([value(next(verdicts), math.nan) for _ in found]) for found in texts]

    return SampleLevelMetric(
        metric_name=name or function.__name__,
        higher_is_better=True,
        category=SamplingMethod.GENERATIVE,
        sample_level_fn=Rewards(),
        corpus_level_fn=average_of_scored,
        batched_compute=True,
    )


def average_of_scored(values: Sequence[float]) -> float:
    """The mean without NaN; NaN when nothing is left.

    lighteval takes the plain formula for the error of whatever has "mean" in its name, and would get NaN; of this it
    bootstraps the error.
    """
    kept = [float(v) for v in values if not math.isnan(v)]
    return sum(kept) / len(kept) if kept else math.nan


def _row(doc: Any) -> dict[str, Any]:
    golds = [str(gold).strip() for gold in doc.get_golds()]
    choices = [str(choice).strip() for choice in doc.choices]
    extra = {k: v for k, v in dict(doc.specific or {}).items() if k not in ("prompts", "completions", "completion_ids")}
    several = {"choices": choices} if len(choices) > len(golds) else {}
    return {**extra, **several, "answer": golds[0] if len(golds) == 1 else golds, "prompts": doc.query}
