"""ms-swift: a reward for `--reward_funcs` by an external plugin, and advantages that leave rows without a verdict out.

A plugin is a file of yours, named with `--external_plugins`:

    from rewardkit.adapters import ms_swift

    ms_swift.register("rewardkit", "auto")
    ms_swift.use_our_advantages()

With `--callbacks rewardkit` beside `--reward_funcs rewardkit`, the numbers that TRL logs reach the logs of ms-swift's trainers.

ms-swift's own baseline counts a None as 0 (`swift/rl_core/advantage.py`): `[None, None, 1, None]` becomes -0.5, -0.5, 1.5, -0.5.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import loaded
from rewardkit.errors import MissingExtra, UnknownName

if TYPE_CHECKING:
    import torch

    from rewardkit.reward import RewardFunction

__all__ = ["callback_class", "compute_advantages", "register", "reward_class", "use_our_advantages"]

EPS = 1e-4
OWN = ("completions", "prompts", "completion_ids", "log_extra", "log_metric", "messages", "response_token_ids")
ESTIMATORS = {"grpo": "grpo", "rloo": "rloo", "reinforce_plus_plus": "grpo"}


_loggers: dict[str, Any] = {}  # the trainer that logs, by the name that its reward has


def register(name: str = "rewardkit", reward: RewardFunction | str = "auto", **options: Any) -> None:
    """Make `--reward_funcs NAME` a reward function, or the recipe of that name, and `--callbacks NAME` what logs its numbers.

    Raises `MissingExtra`, and what `rewardkit.load` raises.
    """
    try:
        from swift.callbacks import callbacks_map
        from swift.rewards import orms
    except ImportError as cause:
        raise MissingExtra("ms-swift>=4.5", "ms_swift", "its reward") from cause
    orms[name] = reward_class(loaded(reward, **options) if isinstance(reward, str) else reward, name)
    callbacks_map[name] = callback_class(name)


def reward_class(function: RewardFunction, name: str = "rewardkit") -> type:
    """A class as ms-swift's `orms` hold them: made with `args`, called with completions and columns; None is no verdict.

    A row's prompt is its messages but the last; every other column of the data set is a column. Where a trainer has the callback
    of this `name`, numbers go into its metrics and reasons, answers and parts into its table of completions.
    """

    class Reward:
        def __init__(self, args: Any = None, **_: Any) -> None:
            self.args = args

        def __call__(self, completions: Sequence[Any], **given: Any) -> list[float | None]:
            columns = {k: v for k, v in given.items() if k not in OWN}
            prompts = [messages[:-1] for messages in given["messages"]] if given.get("messages") else None
            ids = [_flat(turns) for turns in given.get("response_token_ids") or ()]
            return function(prompts, completions, ids if ids and all(ids) else None, **_logging(name), **columns)

    Reward.__name__ = Reward.__qualname__ = function.__name__
    return Reward


def callback_class(name: str = "rewardkit") -> type:
    """A class as ms-swift's `callbacks_map` holds them, which makes the trainer it belongs to the one that a reward logs to."""
    from swift.callbacks import TrainerCallback

    class Callback(TrainerCallback):  # type: ignore[misc]  # untyped
        def __init__(self, args: Any, trainer: Any) -> None:
            super().__init__(args, trainer)
            _loggers[name] = trainer

    return Callback


def _logging(name: str) -> dict[str, Any]:
    """The callbacks of a reward function that write into a trainer's metrics and table; none where no trainer logs."""
    trainer = _loggers.get(name)
    metrics, table = getattr(trainer, "_metrics", None), getattr(trainer, "_logs", None)
    if trainer is None or metrics is None or table is None:
        return {}

    def log_metric(key: str, value: float) -> None:
        metrics["train" if trainer.model.training else "eval"][key].append(value)

    def log_extra(column: str, values: list[Any]) -> None:
        # Its table has the rows of a rollout; these are as many and in its order unless some were dropped and drawn anew.
        if getattr(trainer, "dynamic_sample", False) or getattr(trainer, "dynamic_num_samples", False):
            return
        # Gathered as its own columns are: every rank asks its reward of its rows at the same time.
        rows = table.setdefault(column, deque(maxlen=trainer.args.generation_batch_size))
        rows.extend(trainer._gather_and_flatten(values, flatten_level=0))

    return {"log_metric": log_metric, "log_extra": log_extra}


def _flat(turns: Any) -> list[int]:
    return [one for turn in turns or () for one in (turn if isinstance(turn, (list, tuple)) else [turn])]


def use_our_advantages() -> None:
    """Have ms-swift's trainers compute with `compute_advantages` of this module, from now on; on every rank.

    Turns of one rollout that are counted apart (`dynamic_num_samples`) stay with ms-swift's own.
    """
    from swift.rl_core import advantage

    own = advantage.compute_advantages
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("swift.") and getattr(module, "compute_advantages", None) is own:
            module.compute_advantages = compute_advantages  # type: ignore[attr-defined]  # it was there


def compute_advantages(
    rewards_per_func: torch.Tensor,
    reward_weights: torch.Tensor,
    num_generations: int,
    advantage_estimator: str = "grpo",
    scale_rewards: str = "group",
    kl_in_reward: bool = False,
    beta: float = 0.0,
    kl_values: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Advantages and rewards (B,) of rewards (B, K) with weights (K,), in the place of ms-swift's function of this name.

    A row whose functions all said None is out of its group's baseline and deviation, and its advantage is 0; its reward, which is
    logged only, is the mean of the others of its group. Equal rewards give exactly 0. All else is as ms-swift's: groups are
    consecutive, 1e-4 is added to deviations, and `kl_values` (B,) times `beta` are taken off first. Raises `UnknownName` for
    another estimator.
    """
    import torch

    from rewardkit.advantages import group_advantages

    if advantage_estimator not in ESTIMATORS:
        raise UnknownName("estimator of ms-swift", advantage_estimator, ESTIMATORS)
    unscored = rewards_per_func.isnan().all(dim=1)
    rewards = (rewards_per_func * reward_weights).nansum(dim=1).masked_fill(unscored, torch.nan)
    if kl_in_reward and beta != 0.0 and kl_values is not None:
        rewards = rewards - beta * kl_values
    options: Mapping[str, Any] = {"group_size": num_generations, "eps": EPS}
    if scale_rewards == "gdpo" and advantage_estimator != "reinforce_plus_plus":
        advantages = group_advantages(rewards_per_func, weights=reward_weights, estimator="gdpo", **options).advantages
    else:
        centred = group_advantages(rewards, estimator=ESTIMATORS[advantage_estimator], scale="none", **options).advantages
        advantages = centred / _divisor(centred, rewards, num_generations, advantage_estimator, scale_rewards)
    means = rewards.view(-1, num_generations).nanmean(dim=1).nan_to_num(0.0).repeat_interleave(num_generations)
    return advantages.to(rewards), torch.where(unscored, means, rewards)


def _divisor(centred: torch.Tensor, rewards: torch.Tensor, size: int, estimator: str, scale: str) -> torch.Tensor | float:
    """What advantages are divided by: the deviation of the scored rows, of the group or the batch; 1 without a scale."""
    import torch

    if scale not in ("group", "batch"):
        return 1.0
    # ms-swift takes the deviation of what is centred for REINFORCE++, and of the rewards for the others.
    values = (centred if estimator == "reinforce_plus_plus" else rewards).masked_fill(rewards.isnan(), torch.nan)
    rows = values.view(-1, size) if scale == "group" else values.view(1, -1)
    count = (~rows.isnan()).sum(dim=1, keepdim=True)
    spread = (rows - rows.nanmean(dim=1, keepdim=True)).square().nansum(dim=1, keepdim=True)
    deviations = (spread / (count - 1).clamp(min=1)).sqrt()
    return deviations.expand_as(rows).reshape(-1) + EPS
