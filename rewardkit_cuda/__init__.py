"""Group-relative advantages in one or two kernel launches, as CUDA C++ behind a C ABI.

A house of its own: it knows tensors and groups, and nothing of `rewardkit`. Importing it loads neither torch nor the library;
`import rewardkit_cuda.ops` registers `torch.ops.rewardkit.group_advantages` and `torch.ops.rewardkit.spread_tokens`.
"""

from __future__ import annotations

from rewardkit_cuda.library import LibraryMissing, cuda, host

__all__ = ["LibraryMissing", "available", "host_available", "why_not"]


def available() -> bool:
    """Whether the CUDA library loads and a device that it has code for is there. Needs no torch, and never raises."""
    return not why_not()


def why_not() -> str:
    """What keeps the CUDA library from being used, and what to do about it; empty when nothing does."""
    try:
        library = cuda()
    except LibraryMissing as missing:
        return str(missing)
    if library.device_count() < 1:
        wanted = "no CUDA device of compute capability 8.0 or more"
        return (
            f"{library.path} loads, but sees {wanted}: check CUDA_VISIBLE_DEVICES and `nvidia-smi`, whose driver must be for the "
            "CUDA that built the library, or a newer one."
        )
    return ""


def host_available() -> bool:
    """Whether the same code is built for the CPU, which is what the operators use for CPU tensors."""
    try:
        host()
    except LibraryMissing:
        return False
    return True
