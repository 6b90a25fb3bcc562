"""The CUDA library's own source as a library that runs on the CPU, and how the emulator runs it."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

from patience import HANG_S

HERE = Path(__file__).parent
# Hidden, so that two of them in one process share no state.
FLAGS = ["-std=c++17", "-ffp-contract=off", "-fPIC", "-shared", "-fvisibility=hidden", "-Wno-unknown-pragmas", "-Wall", "-Werror"]
# Blocks in ascending order, and the threads of a block, then descending, then shuffled: a real device knows no order.
ORDERS = (0, 1, 7)
EVERYTHING = (0, 2**62)


def compiler() -> str | None:
    return os.environ.get("CXX") or shutil.which("g++")


def compiled(sources: Path, into: Path, level: str = "-O1") -> Path:
    """Build `sources`, a copy of `rewardkit_cuda/csrc`, for the emulator."""
    command = [compiler(), level, *FLAGS, "-I", HERE / "emulator/include", "-x", "c++", sources / "rewardkit_cuda.cu", "-o", into]
    subprocess.run(command, check=True, timeout=HANG_S)
    return into


class Traffic(ctypes.Structure):
    """Bytes that threads asked for of masks, and gave of tokens."""

    _fields_ = [("read", ctypes.c_int64), ("written", ctypes.c_int64)]


def scheduled(library, order=0, blocks=EVERYTHING):
    """From now on blocks, and threads between barriers, run in this order; of each grid only blocks [first, last)."""
    library._loaded.rewardkit_emulated_schedule(*map(ctypes.c_int64, (order, *blocks)))


def launches(library) -> int:
    """How many kernels were launched so far."""
    return library._loaded.rewardkit_emulated_launches()


def traffic(library) -> Traffic:
    """Counts since the library was loaded; may be set back to 0."""
    library._loaded.rewardkit_emulated_traffic.restype = ctypes.POINTER(Traffic)
    return library._loaded.rewardkit_emulated_traffic().contents
