"""OpenRLHF: a `reward_func` for `--reward.remote_url FILE.py`, and its group advantages, right at the edges.

This file itself can be named there; it scores with the default recipe. With options, name a file of your own:

    from rewardkit.adapters.openrlhf import reward_function
    reward_func = reward_function("wethink", judge="http://127.0.0.1:8000/v1")

OpenRLHF keeps one label a prompt: the reference answer, or a JSON object with `answer` and the columns that routes need. A row
without a verdict gets the number `unscored` (default 0.0), and `scored` 0.0 among the logs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import columns_of, label_columns, loaded, numbers, value
from rewardkit.errors import UnknownName

if TYPE_CHECKING:
    import torch

__all__ = ["completion_of", "reward_func", "reward_function", "shaped_rewards"]

# What a tokenizer leaves at the end when it keeps special tokens.
TRAILING = re.compile(r"(?:\s*(?:<\|[A-Za-z0-9_▁|]{1,40}\|>|<(?:/s|eos|pad|end_of_turn)>))+\s*\Z")
SHAPES: dict[str, dict[str, Any]] = {
    "group_norm": {"estimator": "grpo"},
    "dr_grpo": {"estimator": "dr_grpo"},
    "reinforce_baseline": {"estimator": "dr_grpo"},
    "rloo": {"estimator": "rloo"},
}
LEAST_SHARED = 16  # fewer characters may be shared by chance


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
        {**label_columns(label), "completion": completion_of(query, prompt), "prompt": prompt}
        for query, prompt, label in zip(queries, prompts, labels, strict=True)
    ]
    columns = columns_of(rows)
    reserved = {"prompts": columns.pop("prompt", []), "completions": columns.pop("completion", [])}
    verdicts = loaded(recipe, **options).decide(**columns, **reserved)
    rewards = torch.tensor([value(verdict, unscored) for verdict in verdicts], dtype=torch.float32)
    logs = columns_of([numbers(verdict) for verdict in verdicts])
    extra = {name: torch.tensor(values, dtype=torch.float32) for name, values in logs.items()}
    return {"rewards": rewards, "scores": rewards, "extra_logs": extra}


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


def completion_of(query: str, prompt: str) -> str:
    """What follows the prompt in a query, without the special tokens it ends in.

    OpenRLHF cuts a long prompt at its head, so the query may begin inside it: the longest end of the prompt that the query
    begins with is taken off then. A query that begins with no such end is taken as the completion itself.
    """
    if query.startswith(prompt):
        rest = query[len(prompt) :]
    else:
        query = query.lstrip("\N{REPLACEMENT CHARACTER}")  # a cut inside a character
        shared = _overlap(prompt, query)
        rest = query[shared if shared >= LEAST_SHARED else 0 :]
    return TRAILING.sub("", rest)


def _overlap(first: str, second: str) -> int:
    """Length of the longest end of `first` that `second` begins with, in linear time (Knuth, Morris and Pratt)."""
    borders = [0] * len(second)
    matched = 0
    for place in range(1, len(second)):
        while matched and second[place] != second[matched]:
            matched = borders[matched - 1]
        matched += second[place] == second[matched]
        borders[place] = matched
    matched = 0
    for character in first:
        while matched and (matched == len(second) or character != second[matched]):
            matched = borders[matched - 1]
        matched += bool(second) and character == second[matched]
    return matched
