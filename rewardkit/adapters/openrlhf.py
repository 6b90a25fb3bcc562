"""OpenRLHF: a `reward_func` for `--reward.remote_url FILE.py`, and its group advantages, right at the edges.

This file itself can be named there; it scores with the default recipe. With options, name a file of your own:

    from rewardkit.adapters.openrlhf import reward_function
    reward_func = reward_function("wethink", judge="http://127.0.0.1:8000/v1")

OpenRLHF keeps one label a prompt: the reference answer, or a JSON object with `answer` and the columns that routes need. A row
without a verdict gets the number `unscored` (default 0.0), and `scored` 0.0 among the logs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import columns_of, label_columns, loaded, numbers, value
from rewardkit.adapters.queries import completion_of
from rewardkit.errors import UnknownName

if TYPE_CHECKING:
    import torch

__all__ = ["reward_func", "reward_function", "shaped_rewards"]

SHAPES: dict[str, dict[str, Any]] = {
    "group_norm": {"estimator": "grpo"},
    "dr_grpo": {"estimator": "dr_grpo"},
    "reinforce_baseline": {"estimator": "dr_grpo"},
    "rloo": {"estimator": "rloo"},
}


def reward_func(
    queries: Sequence[str],
    prompts: Sequence[str],
    labels: Sequence[Any],
    *,
    recipe: str = "auto",
    unscored: float = 0.0,
    **options: Any,
) -> dict[str, Any]:
    """Rewards of queries (prompt and completion in one text), in the form OpenRLHF reads.

    `rewards` and `scores` are float32 (B,); `extra_logs` has `scored`, `abstained` and `error`, each float32 (B,), always.
    Safe to call from many threads.
    """
    import torch

    rows = [
        {**label_columns(label), "completion": _completion(query, prompt), "prompt": prompt}
        for query, prompt, label in zip(queries, prompts, labels, strict=True)
    ]
    columns = columns_of(rows)
    reserved = {"prompts": columns.pop("prompt", []), "completions": columns.pop("completion", [])}
    verdicts = loaded(recipe, **options).decide(**columns, **reserved)
    rewards = torch.tensor([value(verdict, unscored) for verdict in verdicts], dtype=torch.float32)
    logs = columns_of([numbers(verdict) for verdict in verdicts])
    extra = {name: torch.tensor(values, dtype=torch.float32) for name, values in logs.items()}
    return {"rewards": rewards, "scores": rewards, "extra_logs": extra}


def _completion(query: str, prompt: str) -> str:
    """What follows the prompt; a query that is not recognised as beginning with it is taken as the completion itself."""
    found = completion_of(query, prompt)
    return query if found is None else found


def reward_function(recipe: str = "auto", *, unscored: float = 0.0, **options: Any) -> Callable[..., dict[str, Any]]:
    """`reward_func` with a recipe and its options set. Raises `UnknownName` or `BadParameter` at once."""
    loaded(recipe, **options)
    return partial(reward_func, recipe=recipe, unscored=unscored, **options)


def shaped_rewards(rewards: torch.Tensor, n_samples_per_prompt: int, estimator: str) -> torch.Tensor:
    """What `RemoteExperienceMaker` makes of rewards (B,) before it spreads them over tokens, right at the edges.

    `rewards` are ordered by prompt, `n_samples_per_prompt` each; NaN means unscored: out of the baseline, and 0. `estimator` is
    OpenRLHF's: "group_norm" (its divisor keeps its 1e-9), "dr_grpo", "reinforce_baseline" (before its whitening) or "rloo". Equal
    rewards give exactly 0, where OpenRLHF's division by 1e-9 makes rounding errors into advantages near 1. Raises
    `UnknownName` for another estimator.
    """
    from rewardkit.advantages import group_advantages

    if estimator not in SHAPES:
        raise UnknownName("estimator of OpenRLHF", estimator, SHAPES)
    return group_advantages(rewards, group_size=n_samples_per_prompt, eps=1e-9, **SHAPES[estimator]).advantages
