"""Which implementation computes: the kernel of `rewardkit_cuda` where it can, else the reference on the rewards' own device."""

from __future__ import annotations

import importlib
import sys
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

from rewardkit.advantages.groups import Groups
from rewardkit.advantages.tokens import Tokens
from rewardkit.errors import BadParameter

__all__ = ["BACKENDS", "Fused", "fused", "fused_spread", "uses_kernel"]

BACKENDS = ("auto", "reference", "cuda")
_MASKS = (torch.bool, torch.uint8, torch.int32, torch.int64, torch.float32)


class Fused(NamedTuple):
    """What the kernel returns: (B,) float32, the tokens or (0,), (N,) float32 twice, (N,) bool, (B,) bool twice."""

    advantages: Tensor
    tokens: Tensor
    mean: Tensor
    std: Tensor
    degenerate: Tensor
    scored: Tensor
    kept: Tensor


def uses_kernel(backend: str, device: torch.device) -> bool:
    """Whether the kernel computes for rewards on this device.

    "auto" takes it for CUDA tensors if it can run; "cuda" insists, also on CPU tensors, for which rewardkit_cuda may have a host
    build.

    Raises:
        BadParameter: if the kernel is insisted on and cannot run, with what is missing.
    """
    if backend not in BACKENDS:
        raise BadParameter(f"backend is {backend!r}; give one of {', '.join(BACKENDS)}.")
    if backend == "reference" or (backend == "auto" and device.type != "cuda"):
        return False
    missing = _missing(device.type)
    if missing and backend == "cuda":
        raise BadParameter(f"backend='cuda' cannot run: {missing} Or leave backend='auto', which computes in plain torch.")
    return not missing


@torch.compiler.assume_constant_result  # type: ignore[untyped-decorator,unused-ignore]
def _missing(device_type: str) -> str:
    """Why the kernel cannot run on such a device, or nothing."""
    try:
        # What is there already is found in a tenth of the time that the import takes.
        kernels = sys.modules.get("rewardkit_cuda") or importlib.import_module("rewardkit_cuda")
        if not sys.modules.get("rewardkit_cuda.ops"):
            importlib.import_module("rewardkit_cuda.ops")
    except ImportError as error:
        return f"rewardkit_cuda cannot be imported ({error})."
    if device_type == "cpu":
        built = kernels.host_available()
        return (
            ""
            if built
            else "its code built for the host is not there: run `python -m rewardkit_cuda.build` beside a C++ compiler."
        )
    return "" if kernels.available() else str(kernels.why_not())


def fused(
    columns: Tensor,
    weights: Tensor | None,
    groups: Groups,
    tokens: Tokens,
    *,
    estimator: str,
    scale: str,
    ddof: int,
    eps: float,
    tol: float,
    clip: float | None,
) -> Fused:
    """Rewards to advantages and tokens in one call of the custom op."""
    result = _ops().group_advantages(
        columns,
        weights,
        0 if groups.order is not None else groups.size,
        *_layout(groups),
        estimator,
        scale,
        ddof,
        eps,
        tol,
        clip,
        _mask(tokens),
        tokens.cu_seqlens,
        tokens.total,
        tokens.dtype,
    )
    return Fused(*result)


def fused_spread(advantages: Tensor, tokens: Tokens) -> Tensor:
    """`Tokens.spread` by the kernel's writer."""
    return cast(Tensor, _ops().spread_tokens(advantages, _mask(tokens), tokens.cu_seqlens, tokens.total, tokens.dtype))


def _layout(groups: Groups) -> tuple[Tensor | None, Tensor | None]:
    return (None, None) if groups.size and groups.order is None else (groups.order, groups.offsets)


def _mask(tokens: Tokens) -> Tensor | None:
    if tokens.mask is None:
        return None
    return tokens.mask if tokens.mask.dtype in _MASKS else tokens.mask != 0


def _ops() -> Any:
    return torch.ops.rewardkit
