"""Group-relative advantages: what trainers do with rewards, right at the edges. Needs torch."""

from __future__ import annotations

from rewardkit.errors import MissingExtra

try:
    import torch as _torch  # noqa: F401
except ImportError:
    raise MissingExtra("torch", "advantages", "rewardkit.advantages") from None

from rewardkit.advantages.api import GroupAdvantages, group_advantages
from rewardkit.advantages.estimators import ESTIMATORS
from rewardkit.advantages.hooks import AccuracyBounds, DifficultyWeight, Hook, Rows, ShortestCorrectBonus
from rewardkit.advantages.pad import PadPower, PadSoftmax
from rewardkit.advantages.refill import Refill

__all__ = [
    "ESTIMATORS",
    "AccuracyBounds",
    "DifficultyWeight",
    "GroupAdvantages",
    "Hook",
    "PadPower",
    "PadSoftmax",
    "Refill",
    "Rows",
    "ShortestCorrectBonus",
    "group_advantages",
]
