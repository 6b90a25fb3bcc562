"""PrimeIntellect's `verifiers` (0.1.14 to 0.3): a rubric whose rewards come from a recipe.

Its own rubric turns whatever a reward function raises into a 0. This one scores a group as one batch, lets a broken
verifier stop the run, and keeps a row without a verdict apart: it gets the number `unscored` (default 0.0), counts for no
baseline, and its advantage is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import columns_of, loaded, numbers, value
from rewardkit.adapters.turns import turns_of
from rewardkit.errors import MissingExtra

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction
    from rewardkit.types import Verdict

__all__ = ["rubric"]


def rubric(reward: RewardFunction | str = "auto", *, unscored: float = 0.0, **options: Any) -> Any:
    """A `verifiers.Rubric` that scores with a reward function, or with the recipe of that name.

    `state["reward"]` is the score; `state["metrics"]` holds it under the function's name, with `scored`, `abstained` and
    `error` (0.0 or 1.0). The completion is the rollout's whole conversation, with its calls of tools and what they answered. The
    columns of a row are its `info`, its other fields, and `answer`. Raises `MissingExtra`.
    """
    try:
        import verifiers as vf

        base: Any = vf.Rubric
    except (ImportError, AttributeError) as cause:  # from 0.4 on there is none
        raise MissingExtra("verifiers<0.4", "verifiers", "the rubric") from cause
    function = loaded(reward, **options) if isinstance(reward, str) else reward

    class RewardRubric(base):  # type: ignore[misc]
        async def score_rollout(self, state: Any) -> None:
            await self.score_group([state])

        async def score_group(self, states: list[Any]) -> None:
            if not states:
                return
            rows = [_row(state) for state in states]
            columns = {k: v for k, v in columns_of(rows).items() if k not in ("prompts", "completions", "completion_ids")}
            prompts, completions = columns.pop("prompt"), columns.pop("completion")
            verdicts = await function.adecide(prompts, completions, **columns)
            _tell(states, verdicts, function.__name__, unscored)

        def _get_reward_func_names(self) -> list[str]:
            return [function.__name__, "scored", "abstained", "error"]

    return RewardRubric()


def _row(state: Any) -> dict[str, Any]:
    own = {k: v for k, v in dict(state.get("input") or {}).items() if k not in ("prompt", "answer", "info", "example_id")}
    info = state.get("info") or {}
    return {
        **own,
        **(info if isinstance(info, dict) else {}),
        "prompt": turns_of(state["prompt"]),
        "completion": turns_of(state["completion"]),
        "answer": state.get("answer"),
    }


def _tell(states: Sequence[Any], verdicts: Sequence[Verdict], name: str, unscored: float) -> None:
    scores = [v.score for v in verdicts if v.score is not None]
    mean = sum(scores) / len(scores) if scores else 0.0
    for state, verdict in zip(states, verdicts, strict=True):
        state["reward"] = value(verdict, unscored)
        state["advantage"] = 0.0 if verdict.score is None else verdict.score - mean
        state["metrics"] = {name: state["reward"], **numbers(verdict)}
        for turn in state["trajectory"]:
            for key in ("advantage", "reward"):
                if turn[key] is None:
                    turn[key] = state[key]
