"""slime and miles: a reward for `--custom-rm-path`, with `--group-rm` or without, and advantages that leave removed samples out.

Written against the interface of slime/rollout/rm_hub/__init__.py and slime/ray/rollout.py; slime is on no package index. A sample
without a verdict gets the number `unscored` (default 0.0) and `remove_sample`, by which its loss mask becomes 0; only with
`--custom-reward-post-process-path rewardkit.adapters.slime.post_process_rewards` is it out of its group's baseline too.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import columns_of, label_columns, loaded, numbers, parts_of, steps_of, value

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction
    from rewardkit.types import Verdict

__all__ = ["auto", "post_process_rewards", "reward_model", "wethink"]

NOTE = "rewardkit"
CENTRED = ("reinforce_plus_plus_baseline",)
"""Estimators of slime that it centres without dividing."""


def reward_model(
    reward: RewardFunction | str = "auto", *, unscored: float = 0.0, **options: Any
) -> Callable[..., Awaitable[Any]]:
    """A function `(args, sample or samples) -> number or numbers` of a reward function, or of the recipe of that name.

    The reference is the sample's `label`, or its label is a JSON object with `answer` and the columns that routes need; the
    entries of its `metadata` are columns as well. `metadata["rewardkit"]` gets status, reason, route and extracted answer, and
    the scores of steps where there are some.
    """

    async def scored(args: Any, samples: Any, **_: Any) -> Any:
        function = loaded(reward, **options) if isinstance(reward, str) else reward
        group = samples if isinstance(samples, Sequence) else [samples]
        columns = columns_of([_row(sample) for sample in group])
        prompts, completions = [sample.prompt for sample in group], [sample.response for sample in group]
        verdicts = await function.adecide(prompts, completions, **columns)
        for sample, verdict in zip(group, verdicts, strict=True):
            _note(sample, verdict)
        rewards = [value(verdict, unscored) for verdict in verdicts]
        return rewards if isinstance(samples, Sequence) else rewards[0]

    scored.__name__ = reward if isinstance(reward, str) else reward.__name__
    return scored


def _row(sample: Any) -> dict[str, Any]:
    metadata = sample.metadata if isinstance(sample.metadata, Mapping) else {}
    row = {**metadata, **label_columns(sample.label)}
    return {k: v for k, v in row.items() if k not in (NOTE, "prompt", "prompts", "completions", "completion_ids")}


def _note(sample: Any, verdict: Verdict) -> None:
    if verdict.score is None:
        sample.remove_sample = True
    told = {key: str(verdict.info[key])[:200] for key in ("route", "extracted") if verdict.info.get(key) is not None}
    note = {**numbers(verdict), **parts_of(verdict), **steps_of(verdict), "reason": verdict.reason, **told}
    sample.metadata = {**(sample.metadata or {}), NOTE: note}


def post_process_rewards(args: Any, samples: Sequence[Any]) -> tuple[list[float], list[float]]:
    """Raw rewards and what slime trains on, in the place of its own normalisation: floats, one a sample.

    Groups are `args.n_samples_per_prompt` consecutive samples. A removed sample is out of its group's numbers and gets 0, and so
    does every sample of a group whose rewards are equal. Else as slime's: centred, and divided by the deviation plus 1e-6 where
    `grpo_std_normalization` says so; as they are without `rewards_normalization`. Answers of our service's `/slime`, with
    `--reward-key score`, are read as well.
    """
    import torch

    from rewardkit.advantages import group_advantages

    flat = [one for sample in samples for one in (sample if isinstance(sample, Sequence) else [sample])]
    known = [_known(sample) for sample in flat]
    raw = [0.0 if math.isnan(reward) else reward for reward in known]
    if not args.rewards_normalization:
        return raw, raw
    divided = args.grpo_std_normalization and args.advantage_estimator not in CENTRED
    result = group_advantages(
        torch.tensor(known),
        group_size=args.n_samples_per_prompt,
        estimator="grpo",
        scale="group" if divided else "none",
        eps=1e-6,
    )
    return raw, result.advantages.tolist()


def _known(sample: Any) -> float:
    """The reward of a sample; NaN where it has none, and then it is removed."""
    reward = sample.reward
    if isinstance(reward, Mapping):
        reward = reward.get("score") if reward.get("scored", 1.0) else None
    if reward is None:
        sample.remove_sample = True
    return math.nan if sample.remove_sample else float(reward)


auto = reward_model("auto")
wethink = reward_model("wethink")
