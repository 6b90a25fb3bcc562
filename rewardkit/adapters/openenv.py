"""OpenEnv: a rubric whose score comes from a recipe, alone or inside OpenEnv's containers.

OpenEnv knows no None: a row without a verdict gets the number `unscored` (default 0.0), and `last_verdict` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import loaded, one_row, value
from rewardkit.errors import BadParameter, MissingExtra

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction

__all__ = ["row_of", "rubric"]

SAYS = ("completion", "response", "message", "content", "text", "answer")
STATE = ("done", "reward", "metadata")


def row_of(action: Any, observation: Any) -> dict[str, Any]:
    """The row of an action and the observation that came of it.

    The completion is the action itself where it is text, else the first of its fields `completion`, `response`, `message`,
    `content`, `text` and `answer` that is text. The columns are the observation's metadata and its own fields. Raises
    `BadParameter` when the action holds no text.
    """
    said = (
        action
        if isinstance(action, str)
        else next((t for name in SAYS if isinstance(t := getattr(action, name, None), str)), None)
    )
    if said is None:
        message = f"the action {type(action).__name__} has no text in {', '.join(SAYS)}; pass rubric(row=your function)"
        raise BadParameter(message)
    metadata = getattr(observation, "metadata", None)
    fields = {k: v for k, v in getattr(observation, "__dict__", {}).items() if k not in STATE and not k.startswith("_")}
    return {**fields, **(metadata if isinstance(metadata, Mapping) else {}), "completion": said}


def rubric(
    reward: RewardFunction | str = "auto",
    *,
    unscored: float = 0.0,
    row: Callable[[Any, Any], Mapping[str, Any]] = row_of,
    **options: Any,
) -> Any:
    """An OpenEnv `Rubric` that scores with a reward function, or with the recipe of that name.

    `row(action, observation)` gives the columns of a row with `completion` and, where there is one, `prompt`; the default is
    `row_of`. `last_verdict` keeps the verdict of the last call. Raises `MissingExtra`.
    """
    try:
        from openenv.core.rubrics.base import Rubric
    except ImportError as cause:
        raise MissingExtra("openenv", "openenv", "the rubric") from cause
    function = loaded(reward, **options) if isinstance(reward, str) else reward

    class RewardRubric(Rubric):  # type: ignore[misc]
        last_verdict: Any = None

        def forward(self, action: Any, observation: Any) -> float:
            columns = dict(row(action, observation))
            completion = columns.pop("completion")
            (verdict,) = function.decide([columns.get("prompt")], [completion], **one_row(columns))
            self.last_verdict = verdict
            return value(verdict, unscored)

    return RewardRubric()
