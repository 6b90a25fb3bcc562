"""verl: reward functions for `custom_reward_function`, a reward manager for its reward loop, advantage estimators.

verl knows no None: such a score breaks its tensors. A row without a verdict gets the number `unscored` (default 0.0) and
`scored` 0.0 in the extra info. With `unscored=nan` and one of the estimators here, the row is left out of its group's
baseline and its advantage is 0, as in TRL; verl's own estimators would make the whole group NaN.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import columns_of, loaded, numbers, value
from rewardkit.adapters.verl_logs import log_metrics
from rewardkit.compose import part_names
from rewardkit.types import Verdict

if TYPE_CHECKING:
    import torch

    from rewardkit.reward import RewardFunction

__all__ = ["ESTIMATORS", "RewardManager", "compute_score", "compute_scores", "extra_info_of", "register_estimators"]


ESTIMATORS = {
    "grpo": "grpo",
    "dr_grpo": "grpo",
    "rloo": "rloo",
    "opo": "opo",
    "reinforce_pp": "reinforce_plus_plus_baseline",
    "passk": "grpo_passk",
    "gpg": "",
    "maxrl": "",
}
"""Names behind `algorithm.adv_estimator=rewardkit_…`, and verl's own name where it has the same estimator.

Its own gpg counts the rows whose reward is not 0; ours, those whose group has a spread.
"""


def compute_score(
    data_source: Any = None,
    solution_str: str = "",
    ground_truth: Any = None,
    extra_info: Mapping[str, Any] | None = None,
    *,
    recipe: str = "auto",
    unscored: float = 0.0,
    reward_router_address: Any = None,
    reward_model_tokenizer: Any = None,
    **options: Any,
) -> dict[str, Any]:
    """The reward of one row, for verl's single managers: `score` and the fixed keys of `extra_info_of`.

    `recipe`, `unscored` and the options of the recipe come from `custom_reward_function.reward_kwargs`. The entries of
    `extra_info` are columns of the row, beside `data_source`; the reference is `ground_truth`. Safe to call from many threads.
    """
    row = _row(data_source, solution_str, ground_truth, extra_info)
    return _results([row], recipe, unscored, options)[0]


def compute_scores(
    data_sources: Sequence[Any],
    solution_strs: Sequence[str],
    ground_truths: Sequence[Any],
    extra_infos: Sequence[Mapping[str, Any] | None],
    *,
    recipe: str = "auto",
    unscored: float = 0.0,
    **options: Any,
) -> list[dict[str, Any]]:
    """The rewards of a batch, for verl's `batch` manager; what one call of `compute_score` gives, a row each."""
    rows = [_row(*row) for row in zip(data_sources, solution_strs, ground_truths, extra_infos, strict=True)]
    return _results(rows, recipe, unscored, options)


def extra_info_of(verdict: Verdict, parts: Sequence[str] = (), unscored: float = 0.0) -> dict[str, Any]:
    """The same keys for every row: `scored`, `abstained`, `error` (0.0 or 1.0), `seconds`, and texts of the row.

    The texts are `reason`, `route`, `extracted`, and `steps`, which has the scores of the completion's steps as JSON: verl makes
    an array of each key, and lists of any length fit none.

    And `part/NAME` for each of the `parts` of a rubric: its score, or `unscored`. verl takes the keys of the first row for those
    of the batch.
    """
    scores = {name: verdict.info.get("parts", {}).get(name, {}).get("score") for name in parts}
    texts = {name: verdict.info.get(name) for name in ("route", "extracted")}
    told = {f"part/{name}": unscored if score is None else score for name, score in scores.items()}
    return {
        **numbers(verdict),
        **told,
        "seconds": verdict.seconds,
        "reason": verdict.reason,
        "steps": json.dumps(verdict.info["steps"]) if "steps" in verdict.info else "",
        **{k: "" if v is None else str(v)[:200] for k, v in texts.items()},
    }


class RewardManager:
    """A reward manager for verl's reward loop that scores what arrives together as one batch.

    Name it with `reward.reward_manager.source=importlib`, `.name=RewardManager` and
    `.module.path=pkg://rewardkit.adapters.verl`. Rows whose requests arrive in the same turn of the event loop are one call,
    so judges see batches and rules overlap with waiting. Options come from `custom_reward_function.reward_kwargs` in `config`, as
    for `compute_score`.
    """

    def __init__(self, config: Any, tokenizer: Any, compute_score: Any = None, **_: Any) -> None:
        kwargs = dict(((config.get("reward") or {}).get("custom_reward_function") or {}).get("reward_kwargs") or {})
        self.tokenizer = tokenizer
        self.unscored = float(kwargs.pop("unscored", 0.0))
        self.reward: RewardFunction = loaded(**kwargs)
        self._waiting: list[tuple[dict[str, Any], asyncio.Future[dict[str, Any]]]] = []
        self._flushes: set[asyncio.Task[None]] = set()

    async def run_single(self, data: Any) -> dict[str, Any]:
        """`reward_score` and `reward_extra_info` of the last row of a `DataProto`."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._flush)
        done: asyncio.Future[dict[str, Any]] = loop.create_future()
        self._waiting.append((self._row(data[-1:][0]), done))
        return await done

    @classmethod
    def assemble_rm_scores(cls, data: Any, scores: list[float]) -> torch.Tensor:
        """(B, T) float32: each score at the last token of its completion, by verl's own rule."""
        from verl.experimental.reward_loop.reward_manager.base import RewardManagerBase

        rm_scores: torch.Tensor = RewardManagerBase.assemble_rm_scores(data, scores)
        return rm_scores

    def _row(self, item: Any) -> dict[str, Any]:
        ids = item.batch["responses"]
        length = int(item.batch["attention_mask"][-ids.shape[-1] :].sum())
        text = self.tokenizer.decode(ids[:length], skip_special_tokens=True)
        meta = item.non_tensor_batch
        extra = {**(meta.get("extra_info") or {}), **(meta.get("tool_extra_fields") or {})}
        row = _row(meta.get("data_source"), text, meta["reward_model"]["ground_truth"], extra)
        if meta.get("raw_prompt") is not None:
            row["prompt"] = list(meta["raw_prompt"])
        return row

    def _flush(self) -> None:
        batch, self._waiting = self._waiting, []
        task = asyncio.ensure_future(self._decide(batch))
        self._flushes.add(task)
        task.add_done_callback(self._flushes.discard)

    async def _decide(self, batch: Sequence[tuple[dict[str, Any], asyncio.Future[dict[str, Any]]]]) -> None:
        batch = [entry for entry in batch if not entry[1].done()]
        if not batch:
            return
        try:
            verdicts = await self.reward.adecide(**_call([row for row, _ in batch]))
        except Exception as cause:
            for _, done in batch:
                if not done.done():
                    done.set_exception(cause)
            return
        names = part_names(self.reward.verifier)
        for (_, done), verdict in zip(batch, verdicts, strict=True):
            if not done.done():
                score = value(verdict, self.unscored)
                done.set_result(
                    {"reward_score": score, "reward_extra_info": {"score": score, **extra_info_of(verdict, names, self.unscored)}}
                )


def _row(data_source: Any, completion: str, answer: Any, extra_info: Mapping[str, Any] | None) -> dict[str, Any]:
    extra = dict(extra_info or {})
    prompt = extra.get("prompt", extra.get("question"))
    return {**extra, "data_source": data_source, "answer": answer, "prompt": prompt, "completion": completion}


def _call(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    columns = columns_of(rows)
    reserved = {"prompts": columns.pop("prompt"), "completions": columns.pop("completion")}
    for name in ("prompts", "completions", "completion_ids", "log_extra", "log_metric"):
        columns.pop(name, None)
    return {**columns, **reserved}


def _results(rows: Sequence[Mapping[str, Any]], recipe: str, unscored: float, options: dict[str, Any]) -> list[dict[str, Any]]:
    reward = loaded(recipe, **options)
    names = part_names(reward.verifier)
    verdicts = reward.decide(**_call(rows))
    return [{"score": value(verdict, unscored), **extra_info_of(verdict, names, unscored)} for verdict in verdicts]


def register_estimators() -> None:
    """Make `algorithm.adv_estimator=rewardkit_NAME` known to verl, for every name in `ESTIMATORS`.

    Done by itself where verl loads this module: as its plugin (an installed rewardkit is one), or with the variable
    VERL_USE_EXTERNAL_MODULES=rewardkit.adapters.verl.
    """
    from verl.trainer.ppo.core_algos import ADV_ESTIMATOR_REGISTRY, register_adv_est

    for name in ESTIMATORS:
        if f"rewardkit_{name}" not in ADV_ESTIMATOR_REGISTRY:
            register_adv_est(f"rewardkit_{name}")(partial(_advantage, name))


def _advantage(
    name: str, token_level_rewards: torch.Tensor, response_mask: torch.Tensor, index: Any, config: Any = None, **_: Any
) -> tuple[torch.Tensor, torch.Tensor]:
    """Advantages and returns, both (B, T); a row whose rewards hold a NaN is unscored."""
    from rewardkit.advantages import group_advantages

    scale = None
    if name in ("grpo", "passk") and config is not None and not config.get("norm_adv_by_std_in_grpo", True):
        scale = "none"
    result = group_advantages(
        token_level_rewards.sum(dim=-1),
        group_ids=index,
        estimator=name,
        scale=scale,
        eps=1e-6,
        whiten="tokens" if name == "reinforce_pp" else "rows",
        token_mask=response_mask,
    )
    return result.advantages, result.advantages


if "verl" in sys.modules:
    register_estimators()
    log_metrics()
