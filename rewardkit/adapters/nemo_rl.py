"""NeMo RL: an environment whose rewards come from a recipe, and an advantage estimator without the defects of its own.

Checked against NeMo RL's documented interface (`nemo_rl.environments.interfaces`), since the index holds but a placeholder.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import columns_of, loaded, numbers, value
from rewardkit.types import Verdict

if TYPE_CHECKING:
    import torch

__all__ = ["GroupAdvantageEstimator", "RewardEnvironment", "register"]

NAME = "rewardkit.adapters.nemo_rl.RewardEnvironment"
REFERENCES = ("answer", "ground_truth", "solution", "gold")


class RewardEnvironment:
    """One turn: the last assistant message is scored and the episode ends.

    `cfg` holds `recipe` (default "auto"), `unscored` (default 0.0), `stop_strings`, and under `options` those of the recipe.
    The metadata of a row holds its columns; the reference is its `answer`, `ground_truth`, `solution` or `gold`. NeMo RL knows
    no None: a row without a verdict gets the reward `unscored`, and its metadata comes back with `scored` 0.0. Every row's
    metadata gains `scored`, `abstained`, `error` and `reason`.
    """

    def __init__(self, cfg: Mapping[str, Any]) -> None:
        self.stop_strings = cfg.get("stop_strings")
        self.unscored = float(cfg.get("unscored", 0.0))
        self.reward = loaded(str(cfg.get("recipe", "auto")), **dict(cfg.get("options") or {}))

    @classmethod
    def options(cls, **settings: Any) -> Any:
        """The environment as a Ray actor with these settings; NeMo RL calls `.options(…).remote(cfg)`."""
        import ray

        return ray.remote(max_restarts=-1, max_task_retries=-1)(cls).options(**settings)

    def step(self, message_log_batch: Sequence[Sequence[Mapping[str, Any]]], metadata: Sequence[Mapping[str, Any]]) -> Any:
        """An `EnvironmentReturn`: rewards float32 (B,), terminateds all 1, answers as they were read."""
        import torch
        from nemo_rl.environments.interfaces import EnvironmentReturn

        verdicts = self.reward.decide(**_call(message_log_batch, metadata))
        rewards = torch.tensor([value(verdict, self.unscored) for verdict in verdicts], dtype=torch.float32)
        return EnvironmentReturn(
            observations=[{"role": "environment", "content": f"Environment: {verdict.reason}"} for verdict in verdicts],
            metadata=[{**row, **numbers(v), "reason": v.reason} for row, v in zip(metadata, verdicts, strict=True)],
            next_stop_strings=[self.stop_strings] * len(verdicts),
            rewards=rewards,
            terminateds=torch.ones_like(rewards),
            answers=[_read(verdict) for verdict in verdicts],
        )

    def global_post_process_and_metrics(self, batch: Any) -> tuple[Any, dict[str, float]]:
        """The batch as it is, and the mean reward of the rows that have one."""
        finite = [r for r in batch["rewards"].tolist() if math.isfinite(r)]
        return batch, {
            "reward": sum(finite) / len(finite) if finite else 0.0,
            "num_problems_in_batch": float(len(batch["rewards"])),
        }

    def shutdown(self) -> None:
        """Nothing is held."""


def register(name: str = "rewardkit") -> None:
    """Make `env.NAME` of NeMo RL's configuration this environment, in the interpreter that the trainer itself runs in."""
    from nemo_rl.distributed.ray_actor_environment_registry import ACTOR_ENVIRONMENT_REGISTRY
    from nemo_rl.distributed.virtual_cluster import PY_EXECUTABLES
    from nemo_rl.environments.utils import register_env

    ACTOR_ENVIRONMENT_REGISTRY[NAME] = PY_EXECUTABLES.SYSTEM
    register_env(name, NAME)


class GroupAdvantageEstimator:
    """In place of NeMo RL's `GRPOAdvantageEstimator`: the same constructor and call, without a loop over prompts.

    With `use_leave_one_out_baseline` the baseline leaves the row itself out, as NeMo RL's; the divisor of `normalize_rewards` is
    always the deviation of the whole group, because without the row itself the only success of a group would be divided by
    nothing. Rows with a NaN reward or a 0 in `valid_mask` are out of the group's numbers and get 0.
    """

    def __init__(self, estimator_config: Any, loss_config: Any = None) -> None:
        self.use_leave_one_out_baseline = _setting(estimator_config, "use_leave_one_out_baseline")
        self.normalize_rewards = _setting(estimator_config, "normalize_rewards")

    def compute_advantage(
        self,
        prompt_ids: torch.Tensor,
        rewards: torch.Tensor,
        mask: torch.Tensor,
        valid_mask: torch.Tensor | None = None,
        **_: Any,
    ) -> torch.Tensor:
        """Advantages (B, S) in the rewards' type of prompts (B,) or (B, L), rewards (B,), `mask` (B, S), `valid_mask` (B,)."""
        import torch

        from rewardkit.advantages import group_advantages

        groups = torch.unique(prompt_ids, dim=0, return_inverse=True)[1].to(rewards.device)
        known = rewards if valid_mask is None else rewards.masked_fill(~valid_mask.bool().to(rewards.device), torch.nan)
        result = group_advantages(
            known,
            group_ids=groups,
            estimator="rloo" if self.use_leave_one_out_baseline else "grpo",
            scale="group" if self.normalize_rewards else "none",
            eps=1e-6,
        )
        return result.advantages.to(rewards.dtype).unsqueeze(-1).expand(mask.shape)


def _setting(config: Any, name: str) -> bool:
    return bool(config[name] if isinstance(config, Mapping) else getattr(config, name))


def _call(logs: Sequence[Sequence[Mapping[str, Any]]], metadata: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    rows = []
    for row in metadata:
        reference = next((row[name] for name in REFERENCES if row.get(name) is not None), None)
        rows.append({**row, "answer": reference})
    columns = {k: v for k, v in columns_of(rows).items() if k not in ("prompts", "completions", "completion_ids")}
    turns = [[{"role": m["role"], "content": m["content"]} for m in log] for log in logs]
    last = [max((i for i, m in enumerate(t) if m["role"] == "assistant"), default=len(t)) for t in turns]
    prompts = [turn[:place] for turn, place in zip(turns, last, strict=True)]
    completions = [turn[place : place + 1] for turn, place in zip(turns, last, strict=True)]
    return {**columns, "prompts": prompts, "completions": completions}


def _read(verdict: Verdict) -> str | None:
    extracted = verdict.info.get("extracted")
    return None if extracted is None else str(extracted)
