"""Rewards as trainers and reward functions give them, as one (B, K) tensor in which NaN is a reward that was not given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rewardkit.errors import BadParameter, WrongLength

__all__ = ["Rewards", "Weights", "column_weights", "columns"]

Rewards = Tensor | np.ndarray | Sequence[float | None] | Sequence[Sequence[float | None]] | Mapping[str, Sequence[float | None]]
GivenWeights = Sequence[float] | Tensor | Mapping[str, float]
Weights = GivenWeights | None


def columns(rewards: Rewards) -> Tensor:
    """(B, K) float32: a row a completion, a column a reward function, NaN where there is no reward.

    Raises:
        BadParameter: if a reward is infinite in float32 or not a number, or the shape is neither (B,) nor (B, K).
        WrongLength: if named rewards differ in length.
    """
    if isinstance(rewards, Mapping):
        table = _side_by_side({name: _tensor(column, name) for name, column in rewards.items()})
    else:
        table = _tensor(rewards, "rewards")
    if table.dim() == 1:
        table = table[:, None]
    if table.dim() != 2 or (table.shape[1] == 0 and table.shape[0] > 0):
        raise BadParameter(f"rewards have the shape {tuple(table.shape)}; give (B,) or (B, K), a column a reward function.")
    if table.device.type == "cpu" and not torch.compiler.is_compiling():
        _finite(table)
    return table


def column_weights(weights: GivenWeights, rewards: Rewards, count: int, device: torch.device) -> Tensor:
    """(K,) float32, in the order of the reward functions.

    Raises:
        BadParameter: if a weight is not finite, or the names differ from those of the rewards.
        WrongLength: if there is not one weight a reward function.
    """
    if isinstance(weights, Mapping):
        names = list(rewards) if isinstance(rewards, Mapping) else None
        if names is None or set(names) != set(weights):
            raise BadParameter(
                f"weights are named {', '.join(weights)}, rewards {', '.join(map(str, names or ())) or 'have no names'}; "
                "give both by the same names, or both in order."
            )
        weights = [weights[str(name)] for name in names]
    try:
        given = torch.as_tensor(weights, dtype=torch.float32).reshape(-1)
    except (TypeError, ValueError):
        raise _not_finite(weights) from None
    if given.shape[0] != count:
        raise WrongLength("weights", given.shape[0], count)
    if given.device.type == "cpu" and not torch.compiler.is_compiling() and not bool(given.isfinite().all()):
        raise _not_finite(weights)
    return given.to(device)


def _not_finite(weights: GivenWeights) -> BadParameter:
    return BadParameter(f"weights are {weights}; give a finite number for each reward function.")


def _side_by_side(named: Mapping[str, Tensor]) -> Tensor:
    if not named:
        return torch.empty(0, 0)
    rows = len(next(iter(named.values())))
    for name, column in named.items():
        if len(column) != rows:
            raise WrongLength(name, len(column), rows)
    return torch.stack(list(named.values()), dim=1)


def _tensor(rewards: Any, name: str) -> Tensor:
    if (isinstance(rewards, Tensor) and rewards.is_complex()) or (isinstance(rewards, np.ndarray) and rewards.dtype.kind == "c"):
        raise BadParameter(f"{name} are complex, which have no order; give a number or None for each completion.")
    if isinstance(rewards, Tensor):
        return rewards.to(torch.float32)
    try:
        # numpy reads None as NaN when it is asked for floats; what float32 cannot hold becomes infinite, and is refused as that.
        with np.errstate(over="ignore"):
            return torch.from_numpy(np.asarray(rewards, dtype=np.float32))
    except (TypeError, ValueError) as error:
        raise BadParameter(f"{name} cannot be read as numbers ({error}); give a number or None for each completion.") from None


def _finite(table: Tensor) -> None:
    if (infinite := table.isinf()).any():
        row, column = (int(place) for place in infinite.nonzero()[0])
        where = f"row {row}" if table.shape[1] == 1 else f"row {row}, column {column}"
        raise BadParameter(
            f"the reward of {where} is {table[row, column].item()} in float32; give a finite number, or None if there is none."
        )
