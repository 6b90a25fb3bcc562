"""Which row belongs to which group: any ids in any order become numbers from 0, and rows that lie group by group."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from rewardkit.errors import BadParameter, WrongLength

__all__ = ["GroupIds", "Groups"]

GroupIds = Sequence[Hashable] | np.ndarray | Tensor


@dataclass(frozen=True)
class Groups:
    """The groups of B rows, numbered 0 … N-1 in the order in which they first appear.

    Attributes:
        batch: B, the number of rows.
        count: N, the number of groups.
        size: rows of every group when all are of one size, else 0.
        order: (B,) int64, row numbers group by group and ascending inside a group; None if they lie so already.
        device: where the rows are.
        counted: `number` and `offsets` where they are made; else they are made of the size whenever they are asked for.
    """

    batch: int
    count: int
    size: int
    order: Tensor | None
    device: torch.device
    counted: tuple[Tensor, Tensor] | None = None

    @property
    def number(self) -> Tensor:
        """(B,) int64, the group of each row."""
        return self.counted[0] if self.counted else torch.arange(self.batch, device=self.device) // self.size

    @property
    def offsets(self) -> Tensor:
        """(N+1,) int64, where each group begins once rows lie group by group."""
        return self.counted[1] if self.counted else torch.arange(0, self.batch + 1, self.size, device=self.device)

    @classmethod
    def of_size(cls, size: int, rows: int, device: torch.device) -> Groups:
        """Consecutive groups of one size, as samplers that repeat each prompt leave them.

        Raises:
            BadParameter: if the rows cannot be divided into such groups.
        """
        if isinstance(size, np.integer):
            size = int(size)
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            raise BadParameter(f"group_size is {size!r}; give the number of completions a prompt, an integer of 1 or more.")
        if rows % size:
            raise BadParameter(
                f"{rows} rewards are no whole number of groups of group_size={size}. "
                "If groups differ in size, give group_ids, one id a row, instead."
            )
        return cls(rows, rows // size, size, None, device)

    @classmethod
    def of_ids(cls, ids: GroupIds, rows: int, device: torch.device) -> Groups:
        """Groups by equal ids, wherever the rows are.

        Raises:
            WrongLength: if there is not one id a row.
            BadParameter: if ids are floats or None, which cannot be told apart reliably, or more than one a row.
        """
        number, count = _numbered(ids, rows)
        number = number.to(device)
        sizes = torch.bincount(number, minlength=count)
        offsets = torch.cat([sizes.new_zeros(1), sizes.cumsum(0)])
        ascending = bool((number[1:] >= number[:-1]).all())
        order = None if ascending else torch.sort(number, stable=True).indices
        size = rows // count if count and bool((sizes == rows // count).all()) else 0
        return cls(rows, count, size, order, device, (number, offsets))

    def laid_out(self) -> Groups:
        """The same with `number` and `offsets` made once."""
        return self if self.counted else replace(self, counted=(self.number, self.offsets))

    def gathered(self, values: Tensor) -> Tensor:
        """(B, …) in row order, group by group."""
        return values if self.order is None else values[self.order]

    def ascending(self, values: Tensor) -> Tensor:
        """(B,) group by group, ascending inside each group and NaN last, so that no sum depends on the order of rows."""
        values = self.gathered(values)
        if self.size:
            return values.view(-1, self.size).sort(dim=1).values.view(-1)
        number = self.gathered(self.number)
        by_value = torch.sort(values).indices
        return values[by_value[torch.sort(number[by_value], stable=True).indices]]

    def sums(self, values: Tensor) -> Tensor:
        """(N,) sums of (B,) that lie group by group, each added up from its first to its last."""
        return torch.segment_reduce(values, "sum", offsets=self.offsets, unsafe=True, initial=0)

    def rows(self, values: Tensor) -> Tensor:
        """(B,) in row order, every row with the value of its group in (N,)."""
        return values[self.number]


def _numbered(ids: GroupIds, rows: int) -> tuple[Tensor, int]:
    """(B,) int64 numbers in order of first appearance, and how many there are."""
    if isinstance(ids, np.ndarray | Tensor):
        if ids.ndim != 1 and tuple(ids.shape) != (rows, 1):
            raise BadParameter(f"group_ids have the shape {tuple(ids.shape)}; give (B,), one id a row.")
        ids = ids.reshape(-1)
    if isinstance(ids, np.ndarray) and ids.dtype.kind in "iub":
        same_bits = ids.astype(np.uint64).view(np.int64) if ids.dtype.kind == "u" else ids.astype(np.int64)
        ids = torch.from_numpy(same_bits)
    if isinstance(ids, Tensor):
        if ids.is_floating_point() or ids.is_complex():
            raise BadParameter(f"group_ids are {ids.dtype}; give integers or strings, which are equal or are not.")
        _same_length(ids.shape[0], rows)
        return _by_first_appearance(ids.long())
    listed = ids.tolist() if isinstance(ids, np.ndarray) else list(ids)
    _same_length(len(listed), rows)
    try:
        unique = dict.fromkeys(listed)
        if any(isinstance(key, Tensor) for key in unique):  # each is a key of its own, whatever its value
            listed = [key.item() if isinstance(key, Tensor) else key for key in listed]
            unique = dict.fromkeys(listed)
    except (TypeError, RuntimeError) as error:
        raise BadParameter(f"group_ids cannot be told apart ({error}); give one integer or string a row.") from None
    wrong = next((key for key in unique if key is None or isinstance(key, float | np.floating)), "")
    if wrong != "":
        raise BadParameter(f"{wrong!r} is no group id; give one integer or string a row.")
    numbers = dict(zip(unique, range(len(unique)), strict=True))
    return torch.tensor(list(map(numbers.__getitem__, listed)), dtype=torch.int64), len(numbers)


def _by_first_appearance(ids: Tensor) -> tuple[Tensor, int]:
    unique, number = torch.unique(ids, return_inverse=True)
    count, rows = unique.shape[0], ids.shape[0]
    first = torch.full((count,), rows, device=ids.device).scatter_reduce_(
        0, number, torch.arange(rows, device=ids.device), "amin"
    )
    rank = torch.empty_like(first)
    rank[torch.argsort(first)] = torch.arange(count, device=ids.device)
    return rank[number], count


def _same_length(seen: int, rows: int) -> None:
    if seen != rows:
        raise WrongLength("group_ids", seen, rows)
