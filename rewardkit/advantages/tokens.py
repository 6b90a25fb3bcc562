"""From one advantage a completion to one a token, written once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from rewardkit.errors import BadParameter, WrongLength

__all__ = ["PerToken", "Tokens"]

DTYPES = (torch.float32, torch.bfloat16)
IN_CACHE = 1 << 17  # tokens, 4 bytes each
PerToken = Tensor | np.ndarray | Sequence[int] | Sequence[Sequence[int]]


@dataclass(frozen=True)
class Tokens:
    """Where the tokens of B completions are: in a (B, T) mask, or packed one after another; or nowhere.

    Attributes:
        mask: (B, T) bool, integers or floats, not 0 = the completion's token.
        cu_seqlens: (B+1,) int64, where each completion begins in the packed tokens, and where the last one ends.
        total: length of the packed tokens.
        dtype: float32 or bfloat16, of the tokens' advantages.
    """

    mask: Tensor | None
    cu_seqlens: Tensor | None
    total: int
    dtype: torch.dtype

    @classmethod
    def of(
        cls,
        mask: PerToken | None,
        cu_seqlens: PerToken | None,
        total: int | None,
        dtype: torch.dtype,
        rows: int,
        device: torch.device,
    ) -> Tokens:
        """Checked, and on the device of the rewards.

        Raises:
            BadParameter: if both forms are given, a shape or a type is wrong, or `cu_seqlens` does not ascend.
            WrongLength: if there is not one mask row or one packed piece a completion.
        """
        if dtype not in DTYPES:
            raise BadParameter(f"token_dtype is {dtype}; give torch.float32 or torch.bfloat16.")
        if mask is not None and cu_seqlens is not None:
            raise BadParameter("both token_mask and cu_seqlens are given; give the one that describes your token tensor.")
        if total is not None and cu_seqlens is None:
            raise BadParameter(f"total_tokens is {total} without cu_seqlens; give both, or neither.")
        if mask is not None:
            found = _tensor(mask, "token_mask")
            if found.dim() != 2:
                raise BadParameter(f"token_mask has the shape {tuple(found.shape)}; give (B, T).")
            if found.shape[0] != rows:
                raise WrongLength("token_mask", found.shape[0], rows)
            return cls(found.to(device), None, 0, dtype)
        if cu_seqlens is None:
            return cls(None, None, 0, dtype)
        ends = _tensor(cu_seqlens, "cu_seqlens")
        if ends.dim() != 1 or not ends.shape[0]:
            raise BadParameter(f"cu_seqlens has the shape {tuple(ends.shape)}; give (B+1,), from 0 to the last end.")
        if ends.is_floating_point() or ends.is_complex() or ends.dtype == torch.bool:
            raise BadParameter(f"cu_seqlens are {ends.dtype}; give integers, the ends of completions packed one after another.")
        if ends.shape[0] != rows + 1:
            raise WrongLength("cu_seqlens less its last entry", ends.shape[0] - 1, rows)
        ends = ends.to(device, torch.int64)
        last = int(ends[-1]) if total is None else total
        if device.type == "cpu" and (int(ends[0]) < 0 or bool((ends.diff() < 0).any()) or int(ends[-1]) > last):
            raise BadParameter(f"cu_seqlens must ascend from 0 to at most the {last} packed tokens; it is {ends.tolist()[:8]} ….")
        return cls(None, ends, last, dtype)

    @property
    def wanted(self) -> bool:
        """Whether there are tokens to write."""
        return self.mask is not None or self.cu_seqlens is not None

    def lengths(self) -> Tensor | None:
        """(B,) int64 tokens of each completion, None if there are no tokens."""
        if self.mask is not None:
            return (self.mask != 0).sum(dim=1)
        return None if self.cu_seqlens is None else self.cu_seqlens.diff()

    def spread(self, advantages: Tensor) -> Tensor:
        """(B,) float32 to (B, T) or (total,), contiguous: every token its completion's advantage, everything else exactly 0."""
        values = advantages.to(self.dtype)
        if self.mask is not None:
            looks = self.mask.device.type == "cpu" and not torch.compiler.is_compiling()
            if looks and self.dtype == torch.float32 and bool(values.isfinite().all()):
                return _written(self.mask, values)
            mask = self.mask if self.mask.dtype == torch.bool else self.mask != 0
            return torch.where(mask, values[:, None], values.new_zeros(())).contiguous()
        if self.cu_seqlens is None:
            return advantages
        ends = self.cu_seqlens
        zero = values.new_zeros(1)
        pieces = torch.cat([ends[:1], ends.diff(), self.total - ends[-1:]])
        return torch.repeat_interleave(torch.cat([zero, values, zero]), pieces, output_size=self.total)


def _tensor(values: PerToken, name: str) -> Tensor:
    if isinstance(values, Tensor):
        return values
    try:
        return torch.from_numpy(np.asarray(values))
    except (TypeError, ValueError) as error:
        raise BadParameter(f"{name} cannot be read ({error}); give a tensor, an array or a list of numbers.") from None


def _written(mask: Tensor, values: Tensor) -> Tensor:
    """The product of finite values by numpy, which asks for huge pages, so many rows at a time as a cache holds."""
    rows, tokens = mask.shape
    product, factors = np.empty((rows, tokens), np.float32), values[:, None].numpy()
    step = max(IN_CACHE // max(tokens, 1), 1)
    for first in range(0, rows, step):
        part = slice(first, first + step)
        on = mask[part] if mask.dtype == torch.bool else mask[part] != 0
        np.multiply(on.numpy(), factors[part], out=product[part])
        product[part] += 0.0  # makes 0.0 of -0.0
    return torch.from_numpy(product)
