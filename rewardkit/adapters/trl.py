"""TRL: reward functions by import path, an awaitable face, and group advantages for its trainers.

`rewardkit.load(…)` goes into `reward_funcs` as it is; what stands here is for `trl grpo --reward_funcs
rewardkit.adapters.trl.auto`, for judges that should wait side by side, and for exact advantages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import loaded

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction

__all__ = ["AsyncReward", "auto", "wethink"]


def auto(**batch: Any) -> list[float | None]:
    """The recipe `auto` with its defaults, for the command line of TRL."""
    return loaded("auto")(**batch)


def wethink(**batch: Any) -> list[float | None]:
    """The recipe `wethink` with its defaults and no judge, for the command line of TRL."""
    return loaded("wethink")(**batch)


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
