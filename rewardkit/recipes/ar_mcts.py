"""AR-MCTS: a rollout is worth 1 or 0, a step the share of right rollouts behind it, and a solution what its steps come to.

Source: arXiv 2412.14835; no code is public here. Without `values` this is the reward of a rollout, whose mean over the rollouts
from a step is that step's value. With `values` each row brings the values of its steps, from rollouts or from a process reward
model, and the reward is their least, their product, their mean or the last of them; `info["steps"]` has them all. Training rows
are written by `rewardkit.data.preferences`: `step_pairs` for step-DPO (a step above 0.8 against one at 0), `soft_labels` for the
second stage, `step_labels` for TRL's PRMTrainer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit.lifted import FunctionVerifier, Spec
from rewardkit.recipes.auto import build as accuracy
from rewardkit.steps import Aggregation, aggregated, check_aggregation
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
    values: str | None = None,
    aggregation: Aggregation = "min",
) -> Verifier:
    """The `ar_mcts` reward of a row: whether the rollout is right, or what the values of its steps come to.

    Args:
        judge: What decides where rules cannot: a judge, a client or a spec. Default None: such rows abstain.
        judge_on: As in `auto`.
        judge_cache: As in `auto`.
        judge_canaries: As in `auto`.
        values: Name of a column with the values of a row's steps, each from 0 to 1. Default None: the row is a rollout.
        aggregation: What the values come to: the least ("min", the default), their product ("prod"), the last ("last"), or their
            mean ("mean").

    Raises:
        BadParameter: For another `aggregation`.
    """
    check_aggregation(aggregation)
    if values is None:
        return accuracy(judge, judge_on, judge_cache, judge_canaries)
    return FunctionVerifier(Spec("ar_mcts.steps", _of_steps, (values,)), {"column": values, "aggregation": aggregation})


def _of_steps(sample: Sample, *, column: str, aggregation: Aggregation) -> Verdict:
    values = sample.columns[column]
    values = values.tolist() if hasattr(values, "tolist") else values
    if values is None or len(values) == 0 or None in values:
        return Verdict.abstained("no_reference", problem=f"{column}={values!r:.200} has no value for every step")
    if not all(isinstance(value, (int, float)) and 0 <= value <= 1 for value in values):
        return Verdict.error("bad_row", error="BadParameter", message=f"{column}={values!r:.200}; wanted values from 0 to 1")
    steps = [float(value) for value in values]
    return Verdict.scored(aggregated(steps, aggregation), steps=steps)
