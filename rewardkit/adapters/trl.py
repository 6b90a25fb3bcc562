"""TRL: reward functions by import path, an awaitable face, and group advantages for its trainers.

`rewardkit.load(…)` goes into `reward_funcs` as it is; what stands here is for `trl grpo --reward_funcs
rewardkit.adapters.trl.auto`, for judges that should wait side by side, and for exact advantages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from rewardkit.adapters.mask import loaded

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction

__all__ = [
    "AsyncReward",
    "GroupAdvantageMixin",
    "ar_mcts",
    "auto",
    "general_reasoner",
    "insight_v",
    "lamm",
    "mammoth_vl",
    "mm_eureka",
    "observe_r1",
    "openvlthinker",
    "othink_mr1",
    "revisual_r1",
    "seed_bench_r1",
    "vision_r1",
    "wethink",
]


def _of(recipe: str) -> Callable[..., list[float | None]]:
    """A recipe with its defaults and no judge; with two parameters of its own, since axolotl takes no function of fewer."""

    def reward(prompts: Any = None, completions: Any = None, **batch: Any) -> list[float | None]:
        return loaded(recipe)(prompts, completions, **batch)

    reward.__name__ = reward.__qualname__ = recipe
    reward.__doc__ = f"The recipe `{recipe}` with its defaults, for the command line of TRL and for axolotl's `trl.reward_funcs`."
    return reward


ar_mcts = _of("ar_mcts")
auto = _of("auto")
general_reasoner = _of("general_reasoner")
insight_v = _of("insight_v")
lamm = _of("lamm")
mammoth_vl = _of("mammoth_vl")
mm_eureka = _of("mm_eureka")
observe_r1 = _of("observe_r1")
openvlthinker = _of("openvlthinker")
othink_mr1 = _of("othink_mr1")
revisual_r1 = _of("revisual_r1")
seed_bench_r1 = _of("seed_bench_r1")
vision_r1 = _of("vision_r1")
wethink = _of("wethink")


class AsyncReward:
    """A reward function that TRL awaits: all such functions of a trainer wait and compute side by side.

    TRL runs ordinary functions one after another, before those it awaits.
    """

    def __init__(self, reward: RewardFunction) -> None:
        self.reward = reward
        self.__name__ = reward.__name__

    def __repr__(self) -> str:
        return f"AsyncReward({self.reward!r})"

    async def __call__(self, **batch: Any) -> list[float | None]:
        """What the function itself gives for the batch."""
        return await self.reward.acall(**batch)


class GroupAdvantageMixin:
    """Advantages of a `GRPOTrainer` by `rewardkit.advantages`: `class Trainer(GroupAdvantageMixin, GRPOTrainer): ...`.

    Every mode of `scale_rewards` and `multi_objective_aggregation`, with TRL's numbers, except at the edges: a group whose
    rewards are equal gets exactly 0, where TRL gives what rounding leaves. `frac_reward_zero_std` is then the share of rows in
    such groups.

    `advantage_options` are further arguments of `group_advantages`, such as `{"estimator": "opo"}` or hooks; they win over what
    follows from the trainer's configuration. A row that a hook does not keep gets 0.
    """

    advantage_options: ClassVar[Mapping[str, Any]] = {}

    def _calculate_rewards(self, *args: Any, **kwargs: Any) -> Any:
        self._all_rewards = super()._calculate_rewards(*args, **kwargs)  # type: ignore[misc]
        return self._all_rewards

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        trainer: Any = self
        batch = super()._generate_and_score_completions(inputs)  # type: ignore[misc]
        from rewardkit.advantages import group_advantages

        training = trainer.model.training
        whitened = trainer.multi_objective_aggregation == "normalize_then_sum"
        options = {
            "group_size": trainer.num_generations if training else trainer.num_generations_eval,
            "weights": trainer.reward_weights.to(self._all_rewards.device),
            "lengths": trainer.accelerator.gather(batch["completion_mask"].sum(dim=1)),
            **({"estimator": "gdpo"} if whitened else {"estimator": "grpo", "scale": trainer.scale_rewards}),
        }
        if "estimator" in self.advantage_options:
            options.pop("scale", None)
        result = group_advantages(self._all_rewards, **{**options, **self.advantage_options})
        advantages = result.advantages.where(result.kept, 0.0)
        size = len(batch["advantages"])
        first = trainer.accelerator.process_index * size
        batch["advantages"] = advantages[first : first + size].to(batch["advantages"])
        logged = trainer._logs["advantages"]
        for _ in range(min(len(logged), len(advantages))):
            logged.pop()
        logged.extend(advantages.tolist())
        shares = trainer._metrics["train" if training else "eval"]["frac_reward_zero_std"]
        shares[-1] = result.degenerate[result.group].float().mean().item()
        return batch
