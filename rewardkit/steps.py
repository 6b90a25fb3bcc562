"""Process rewards: what the scores of a completion's steps come to.

A verdict has them in `info["steps"]`, one a step and in order. Which steps are right by the share of right rollouts behind them
is said in `rewardkit.data.preferences`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, get_args

from rewardkit.errors import BadParameter

__all__ = ["Aggregation", "aggregated", "check_aggregation"]

Aggregation = Literal["min", "prod", "last", "mean"]


def check_aggregation(aggregation: str) -> None:
    """Raise `BadParameter` for another word than those of `Aggregation`."""
    if aggregation not in get_args(Aggregation):
        message = f"aggregation={aggregation!r} cannot be used; wanted one of {', '.join(map(repr, get_args(Aggregation)))}"
        raise BadParameter(message)


def aggregated(values: Sequence[float], aggregation: Aggregation = "min") -> float:
    """What the scores of steps, one at least, come to.

    Only "min" and "prod" (of scores up to 1) cannot be raised by writing more steps: under "mean" and "last" easy steps pay.
    Sources: "min" and "prod" Lightman et al. (arXiv 2305.20050), "last" and "mean" Snell et al. (arXiv 2408.03314).
    """
    if aggregation == "last":
        return values[-1]
    if aggregation == "mean":
        return math.fsum(values) / len(values)
    return math.prod(values) if aggregation == "prod" else min(values)
