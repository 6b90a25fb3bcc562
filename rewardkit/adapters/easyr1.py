"""EasyR1: a batch reward function for `worker.reward.reward_function=FILE.py:compute_score`.

EasyR1 keeps one `ground_truth` a row: the reference answer, or a JSON object with `answer` and the columns that routes need. Its
scores are numbers under the same keys for every row, so a row without a verdict gets `unscored` (default 0.0) as `overall`, and
`scored` 0.0 beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rewardkit.adapters.mask import columns_of, label_columns, loaded, numbers, value

__all__ = ["REWARD_NAME", "REWARD_TYPE", "compute_score"]

REWARD_NAME = "rewardkit"
REWARD_TYPE = "batch"


def compute_score(
    reward_inputs: Sequence[Mapping[str, Any]],
    *,
    recipe: str = "auto",
    unscored: float = 0.0,
    **options: Any,
) -> list[dict[str, float]]:
    """`overall`, `scored`, `abstained` and `error` of each row, floats.

    A row has `response` and `ground_truth`; what else EasyR1 gives (`response_length`) is a column. `recipe`, `unscored` and the
    options of the recipe come from `worker.reward.reward_function_kwargs`.
    """
    rows = [
        {**{k: v for k, v in row.items() if k not in ("response", "ground_truth")}, **label_columns(row.get("ground_truth"))}
        for row in reward_inputs
    ]
    columns = {k: v for k, v in columns_of(rows).items() if k not in ("prompts", "completions")}
    verdicts = loaded(recipe, **options).decide(completions=[row["response"] for row in reward_inputs], **columns)
    return [{"overall": value(verdict, unscored), **numbers(verdict)} for verdict in verdicts]
