"""AReaL: a reward for its workflows, by import path or as an object.

AReaL calls a reward in worker processes, a row at a time, and gives a row up with 0 after 15 s (`AsyncRewardWrapper`). It knows
no mask: a row without a verdict gets the number `unscored` (default 0.0).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import loaded, one_row, value

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction

__all__ = ["RewardFn", "auto", "wethink"]


class RewardFn:
    """A reward function, or the recipe of that name, as AReaL's workflows call it.

    Pickles when the reward does; a recipe is built at the first call of each process. The columns of a row are the fields of the
    data set; `messages` is the prompt, where there is one.
    """

    def __init__(self, reward: RewardFunction | str = "auto", *, unscored: float = 0.0, **options: Any) -> None:
        self.reward, self.unscored, self.options = reward, unscored, options
        self.__name__ = reward if isinstance(reward, str) else reward.__name__

    def __call__(
        self, prompt: Any, completions: str, prompt_ids: Sequence[int], completion_ids: Sequence[int], **row: Any
    ) -> float:
        """The reward of one row."""
        function = loaded(self.reward, **self.options) if isinstance(self.reward, str) else self.reward
        columns = one_row({name: column for name, column in row.items() if name != "messages"})
        asked = row.get("messages") or prompt
        ids = None if completion_ids is None else [[int(one) for one in completion_ids]]
        (verdict,) = function.decide([asked], [completions], ids, **columns)
        return value(verdict, self.unscored)


def auto(prompt: Any, completions: str, prompt_ids: Any, completion_ids: Any, **row: Any) -> float:
    """The recipe `auto` with its defaults, for `reward_fn="rewardkit.adapters.areal.auto"`."""
    return RewardFn("auto")(prompt, completions, prompt_ids, completion_ids, **row)


def wethink(prompt: Any, completions: str, prompt_ids: Any, completion_ids: Any, **row: Any) -> float:
    """The recipe `wethink` with its defaults and no judge."""
    return RewardFn("wethink")(prompt, completions, prompt_ids, completion_ids, **row)
