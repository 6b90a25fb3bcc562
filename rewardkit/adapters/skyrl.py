"""SkyRL: an environment of one turn whose reward comes from a recipe.

SkyRL knows no None: a row without a verdict gets the number `unscored` (default 0.0), and `scored` 0.0 among the metrics of its
episode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import label_columns, loaded, numbers, one_row, parts_of, steps_of, value
from rewardkit.errors import MissingExtra

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction

__all__ = ["environment", "register"]

OWN = ("reward_spec", "max_turns", "env_class", "data_source_prompt")


def register(name: str = "rewardkit", reward: RewardFunction | str = "auto", *, unscored: float = 0.0, **options: Any) -> None:
    """Make `environment.env_class=NAME` an environment with this reward, in each process that makes environments.

    Raises `MissingExtra`, and what `rewardkit.load` raises.
    """
    made = environment(reward, unscored=unscored, **options)
    from skyrl_gym.envs.registration import register as registered

    registered(id=name, entry_point=made)


def environment(reward: RewardFunction | str = "auto", *, unscored: float = 0.0, **options: Any) -> Any:
    """A class of SkyRL's `BaseTextEnv`: the action is the completion, and the episode ends.

    The reference is `reward_spec["ground_truth"]` of the row, or that is an object with `answer` and columns; the row's other
    extras are columns too. The step's metadata has reason, route, extracted answer and scores of steps; `get_metrics` has
    `scored`, `abstained`, `error` and the score of each part of a `Rubric`. Raises `MissingExtra`.
    """
    try:
        from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput
    except ImportError as cause:
        raise MissingExtra("skyrl-gym", "skyrl", "the environment") from cause
    function = loaded(reward, **options) if isinstance(reward, str) else reward

    class RewardEnv(BaseTextEnv):  # type: ignore[misc]
        def __init__(self, env_config: Any = None, extras: dict[str, Any] | None = None) -> None:
            super().__init__()
            given = extras or {}
            self.columns = {k: v for k, v in given.items() if k not in OWN}
            self.columns.update(label_columns(given["reward_spec"]["ground_truth"]) if "reward_spec" in given else {})
            self.prompt: Any = None
            self.metrics: dict[str, float] = {}

        def init(self, prompt: Any) -> tuple[Any, dict[str, Any]]:
            self.prompt = prompt
            return prompt, {}

        def step(self, action: str) -> Any:
            (verdict,) = function.decide([self.prompt], [action], **one_row(self.columns))
            self.metrics = {**numbers(verdict), **parts_of(verdict)}
            told = {key: verdict.info.get(key) for key in ("route", "extracted")}
            metadata = {"reason": verdict.reason, "verifier": verdict.verifier, **told, **steps_of(verdict)}
            return BaseTextEnvStepOutput(observations=[], reward=value(verdict, unscored), done=True, metadata=metadata)

        def get_metrics(self) -> dict[str, float]:
            return self.metrics

    return RewardEnv
