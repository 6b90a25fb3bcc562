"""The torch operators. Importing this module imports torch and registers them for CUDA, for the CPU, and for tracing.

They are functions of raw tensors, as a kernel wants them; `rewardkit.advantages` is the friendly face.
"""

from __future__ import annotations

import contextlib
import math
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import Tensor

from rewardkit_cuda.library import Args, Library, cuda, host

__all__ = ["ESTIMATORS", "SCALES", "group_advantages", "spread_tokens"]

ESTIMATORS = {"grpo": 0, "rloo": 1, "gdpo": 2, "reinforce_pp": 3, "maxrl": 4}
SCALES = {"group": 0, "batch": 1, "none": 2}
MASKS = {torch.bool: 1, torch.uint8: 1, torch.float32: 2, torch.int32: 3, torch.int64: 4}
TOKENS = {torch.float32: 0, torch.bfloat16: 1}

Results = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]


def group_advantages(
    library: Library,
    rewards: Tensor,
    weights: Tensor | None,
    group_size: int,
    order: Tensor | None,
    offsets: Tensor | None,
    estimator: str,
    scale: str,
    ddof: int,
    eps: float,
    tol: float,
    clip: float | None,
    token_mask: Tensor | None,
    cu_seqlens: Tensor | None,
    total_tokens: int,
    token_dtype: torch.dtype,
) -> Results:
    """Advantages of a batch by one library; `torch.ops.rewardkit.group_advantages` is this with the device's library.

    Args:
        library: What computes it.
        rewards: (B, K) or (B,) float32, NaN = unscored.
        weights: (K,) float32; None: all are 1.
        group_size: Rows of a group, in runs; 0 where `offsets` says.
        order: (B,) int64, row numbers with the rows of a group side by side; None where they are already.
        offsets: (N + 1,) int64, where each group begins in `order`. On a GPU, where looking would mean waiting, a row that no
            group has gets 0, and an entry of `order` that is no row is passed over.
        estimator: One of `ESTIMATORS`.
        scale: One of `SCALES`; gdpo, reinforce_pp and maxrl have their own.
        ddof: Taken from the number of rows in a variance.
        eps: Added to a deviation before it divides.
        tol: A group is degenerate when max - min <= tol * max(1, max |r|).
        clip: Advantages stay in [-clip, clip]; None: as they are.
        token_mask: (B, T) bool, uint8, int32, int64 or float32, not zero = a token of the completion.
        cu_seqlens: (B + 1,) int64, for packed tokens; excludes `token_mask`.
        total_tokens: Length of the packed tensor.
        token_dtype: float32 or bfloat16.

    Returns:
        advantages (B,) float32; tokens (B, T), (total_tokens,) or (0,) of `token_dtype`; mean (N,), std (N,) float32; degenerate
        (N,) bool; scored (B,) bool, rows with a reward; kept (B,) bool, those of them whose group is not degenerate.

    Raises:
        ValueError: a shape, a type, a device or a value is wrong, or an input requires a gradient.
        RuntimeError: CUDA says no.
    """
    _want("estimator", estimator, ESTIMATORS)
    _want("scale", scale, SCALES)
    flat = rewards.dim() == 1
    _shape("rewards", rewards, 1 if flat else 2, _FLOAT, rewards)
    batch, functions = rewards.shape[0], 1 if flat else rewards.shape[1]
    groups = _groups(rewards, group_size, offsets)
    args = Args(_ARGS_BYTES, batch, functions, group_size, groups)
    inputs = [rewards.contiguous()]
    args.rewards = inputs[0].data_ptr()
    if weights is not None:
        _shape("weights", weights, 1, _FLOAT, rewards, functions)
        inputs.append(weights.contiguous())
        args.weights = inputs[-1].data_ptr()
    if offsets is not None:
        inputs += _rows_of_groups(args, rewards, order, offsets)
    args.eps, args.tol, args.clip, args.ddof = eps, tol, math.inf if clip is None else clip, ddof
    args.estimator, args.scale = ESTIMATORS[estimator], SCALES[scale]

    advantages, mean, std = rewards.new_empty(batch), rewards.new_empty(groups), rewards.new_empty(groups)
    degenerate, scored, kept = (rewards.new_empty(count, dtype=torch.bool) for count in (groups, batch, batch))
    tokens, held = _tokens(args, advantages, token_mask, cu_seqlens, total_tokens, token_dtype)
    args.mean, args.deviation, args.degenerate = mean.data_ptr(), std.data_ptr(), degenerate.data_ptr()
    args.scored, args.kept = scored.data_ptr(), kept.data_ptr()
    if doubles := library.workspace_doubles(args):
        held.append(rewards.new_empty(doubles, dtype=torch.float64))
        args.workspace = held[-1].data_ptr()
    # What is held lives until the launch is queued; after that the allocator keeps the order of the stream.
    with _on(rewards.device):
        library.group_advantages(args, _stream(rewards.device))
    del held, inputs
    return advantages, tokens, mean, std, degenerate, scored, kept


def _rows_of_groups(args: Args, rewards: Tensor, order: Tensor | None, offsets: Tensor) -> list[Tensor]:
    """Tells `args` which rows the groups have, and returns what must stay alive."""
    batch = rewards.shape[0]
    _shape("offsets", offsets, 1, _LONG, rewards)
    if order is not None:
        _shape("order", order, 1, _LONG, rewards, batch)
    if rewards.device.type == "cpu":
        _covers(batch, order, offsets)
    held = [offsets.contiguous()]
    args.offsets = held[0].data_ptr()
    if order is not None:
        held.append(order.contiguous())
        args.order = held[1].data_ptr()
    return held


def _covers(batch: int, order: Tensor | None, offsets: Tensor) -> None:
    ends = (int(offsets[0]), int(offsets[-1])) if offsets.shape[0] else None
    if ends != (0, batch) or bool((offsets.diff() < 0).any()):
        message = f"rewardkit: offsets must ascend from 0 to the {batch} rows, one more than there are groups; it is "
        raise ValueError(message + _few(offsets))
    if order is not None and not torch.equal(order.sort().values, torch.arange(batch)):
        raise ValueError(f"rewardkit: order must name each of the {batch} rows once; it is {_few(order)}")


def _few(tensor: Tensor) -> str:
    return f"{tensor[:8].tolist()}{' …' if tensor.shape[0] > 8 else ''}"


def spread_tokens(
    library: Library,
    advantages: Tensor,
    token_mask: Tensor | None,
    cu_seqlens: Tensor | None,
    total_tokens: int,
    token_dtype: torch.dtype,
) -> Tensor:
    """Advantages (B,) float32 on the tokens of their completions and 0 elsewhere; the arguments are `group_advantages`' own."""
    _shape("advantages", advantages, 1, _FLOAT, advantages)
    source = advantages.contiguous()
    args = Args(_ARGS_BYTES, source.numel())
    tokens, held = _tokens(args, source, token_mask, cu_seqlens, total_tokens, token_dtype)
    with _on(source.device):
        library.spread_tokens(args, _stream(source.device))
    del held
    return tokens


def _tokens(
    args: Args, advantages: Tensor, mask: Tensor | None, cu_seqlens: Tensor | None, total: int, dtype: torch.dtype
) -> tuple[Tensor, list[Tensor]]:
    """The token tensor, not yet written, and what must stay alive; tells `args` of both."""
    batch = advantages.numel()
    _want("token_dtype", dtype, TOKENS)
    if mask is not None and cu_seqlens is not None:
        raise ValueError("rewardkit: give token_mask or cu_seqlens, not both")
    if total < 0 or (total and cu_seqlens is None):
        raise ValueError(f"rewardkit: total_tokens is the length of packed tokens, which need cu_seqlens; it is {total}")
    held: list[Tensor] = []
    if mask is not None:
        _shape("token_mask", mask, 2, tuple(MASKS), advantages, batch)
        held = [mask.contiguous()]
        args.mask, args.mask_type, args.columns, args.total_tokens = (
            held[0].data_ptr(),
            MASKS[mask.dtype],
            mask.shape[1],
            mask.numel(),
        )
    elif cu_seqlens is not None:
        _shape("cu_seqlens", cu_seqlens, 1, _LONG, advantages, batch + 1)
        if advantages.device.type == "cpu":
            _ascends(cu_seqlens, total)
        held = [cu_seqlens.contiguous()]
        args.cu_seqlens, args.total_tokens = held[0].data_ptr(), total
    tokens = _empty_tokens(advantages, mask, cu_seqlens, total, dtype)
    args.token_type = TOKENS[dtype]
    args.advantages, args.tokens = advantages.data_ptr(), tokens.data_ptr()
    return tokens, held


def _empty_tokens(like: Tensor, mask: Tensor | None, cu_seqlens: Tensor | None, total: int, dtype: torch.dtype) -> Tensor:
    shape = mask.shape if mask is not None else (total if cu_seqlens is not None else 0,)
    return like.new_empty(shape, dtype=dtype)


def _ascends(cu_seqlens: Tensor, total: int) -> None:
    if int(cu_seqlens[0]) < 0 or int(cu_seqlens[-1]) > total or bool((cu_seqlens.diff() < 0).any()):
        raise ValueError(
            f"rewardkit: cu_seqlens must ascend from 0 to at most the {total} packed tokens; it is {_few(cu_seqlens)}"
        )


def _groups(rewards: Tensor, group_size: int, offsets: Tensor | None) -> int:
    if group_size < 0 or (group_size == 0) != (offsets is not None):
        raise ValueError(
            f"rewardkit: give either a group_size above 0 or offsets (order beside them); group_size is {group_size}"
        )
    if offsets is not None:
        return max(offsets.shape[0] - 1, 0)
    batch = rewards.shape[0]
    if batch % group_size:
        raise ValueError(f"rewardkit: {batch} rows are not a whole number of groups of {group_size}")
    return batch // group_size


def _on(device: torch.device) -> AbstractContextManager[object]:
    if device.type != "cuda" or device.index == torch.cuda.current_device():
        return contextlib.nullcontext()
    return torch.cuda.device(device)


def _stream(device: torch.device) -> int:
    return int(torch.cuda.current_stream(device).cuda_stream) if device.type == "cuda" else 0


def _want(name: str, value: object, known: dict[object, int] | dict[str, int] | dict[torch.dtype, int]) -> None:
    if value not in known:
        raise ValueError(f"rewardkit: {name} is {value}; it must be one of {', '.join(map(str, known))}")


def _shape(
    name: str, tensor: Tensor, dimensions: int, dtypes: tuple[torch.dtype, ...], beside: Tensor, length: int | None = None
) -> None:
    if tensor.dim() != dimensions or (length is not None and tensor.shape[0] != length):
        wanted = f"{dimensions} dimension{'s' if dimensions > 1 else ''}" + ("" if length is None else f" and {length} rows")
        raise ValueError(f"rewardkit: {name} has shape {tuple(tensor.shape)}; it must have {wanted}")
    if tensor.dtype not in dtypes:
        raise ValueError(f"rewardkit: {name} is {tensor.dtype}; it must be {' or '.join(map(str, dtypes))}")
    if tensor.device != beside.device:
        raise ValueError(f"rewardkit: {name} is on {tensor.device}, the rest is on {beside.device}")
    if tensor.requires_grad and torch.is_grad_enabled():
        raise ValueError(f"rewardkit: {name} requires a gradient, and advantages have none; give {name}.detach()")


_ARGS_BYTES = Args.reserved.offset + Args.reserved.size
_FLOAT, _LONG = (torch.float32,), (torch.int64,)


def _group_advantages_fake(
    rewards: Tensor,
    weights: Tensor | None,
    group_size: int,
    order: Tensor | None,
    offsets: Tensor | None,
    estimator: str,
    scale: str,
    ddof: int,
    eps: float,
    tol: float,
    clip: float | None,
    token_mask: Tensor | None,
    cu_seqlens: Tensor | None,
    total_tokens: int,
    token_dtype: torch.dtype,
) -> Results:
    groups = _groups(rewards, group_size, offsets)
    tokens = _empty_tokens(rewards, token_mask, cu_seqlens, total_tokens, token_dtype)
    mean, std = rewards.new_empty(groups), rewards.new_empty(groups)
    degenerate, scored, kept = (rewards.new_empty(n, dtype=torch.bool) for n in (groups, rewards.shape[0], rewards.shape[0]))
    return rewards.new_empty(rewards.shape[0]), tokens, mean, std, degenerate, scored, kept


def _spread_tokens_fake(
    advantages: Tensor, token_mask: Tensor | None, cu_seqlens: Tensor | None, total_tokens: int, token_dtype: torch.dtype
) -> Tensor:
    return _empty_tokens(advantages, token_mask, cu_seqlens, total_tokens, token_dtype)


_TOKEN_SCHEMA = "Tensor? token_mask, Tensor? cu_seqlens, SymInt total_tokens, ScalarType token_dtype"
_LIBRARY: Any = torch.library  # it has no types
_OPS = _LIBRARY.Library("rewardkit", "DEF")
_OPS.define(
    "group_advantages(Tensor rewards, Tensor? weights, SymInt group_size, Tensor? order, Tensor? offsets, str estimator, "
    f"str scale, int ddof, float eps, float tol, float? clip, {_TOKEN_SCHEMA}) "
    "-> (Tensor advantages, Tensor tokens, Tensor mean, Tensor std, Tensor degenerate, Tensor scored, Tensor kept)",
    tags=(torch.Tag.pt2_compliant_tag,),
)
_OPS.define(f"spread_tokens(Tensor advantages, {_TOKEN_SCHEMA}) -> Tensor", tags=(torch.Tag.pt2_compliant_tag,))
_OPS.impl("group_advantages", lambda *args: group_advantages(cuda(), *args), "CUDA")
_OPS.impl("group_advantages", lambda *args: group_advantages(host(), *args), "CPU")
_OPS.impl("spread_tokens", lambda *args: spread_tokens(cuda(), *args), "CUDA")
_OPS.impl("spread_tokens", lambda *args: spread_tokens(host(), *args), "CPU")
torch.library.register_fake("rewardkit::group_advantages", _group_advantages_fake, lib=_OPS)
torch.library.register_fake("rewardkit::spread_tokens", _spread_tokens_fake, lib=_OPS)
