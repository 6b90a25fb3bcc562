"""Bytes of mask and tokens that the kernels' threads ask for, beside the fewest.

`python -m benchmarks.advantages.kernel_traffic`: counted on the emulator that the tests run the kernels on, so it needs a C++
compiler and no GPU. What a cache adds or takes is not in it. Rows go to `data/kernel_traffic.csv`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import ROOT, Row, keep, row, write_page

sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "tests" / "cuda"))

import emulate
import torch

from rewardkit_cuda import build, ops
from rewardkit_cuda.library import Library

LENGTHS = (1_000, 1_337, 4_096)
MASKS = {torch.bool: "1-byte", torch.float32: "4-byte", torch.int64: "8-byte"}
TOKENS = (torch.float32, torch.bfloat16)
B, GROUP = 64, 16


def asked_for(library: Library, length: int, mask: torch.dtype, tokens: torch.dtype, off: int = 0) -> tuple[float, float]:
    """Bytes of one call, over the fewest: mask read, tokens written. The mask stands `off` elements off a 16-byte boundary."""
    whole = torch.ones(off + B * length, dtype=mask)[off:].view(B, length)
    count = emulate.traffic(library)
    count.read = count.written = 0
    rewards = torch.linspace(0.0, 1.0, B)
    ops.group_advantages(library, rewards, None, GROUP, None, None, "grpo", "group", 1, 1e-4, 1e-6, None, whole, None, 0, tokens)
    return count.read / (whole.numel() * whole.element_size()), count.written / (whole.numel() * tokens.itemsize)


def measured(library: Library) -> Iterator[Row]:
    """A row a form: of bytes read and written together."""
    for length in LENGTHS:
        for mask, width in MASKS.items():
            for tokens in TOKENS:
                for off in (0, 1):
                    read, written = asked_for(library, length, mask, tokens, off)
                    moved = (read * mask.itemsize + written * tokens.itemsize) / (mask.itemsize + tokens.itemsize)
                    what = f"T={length}, {width} mask{', off its boundary' * off}, {str(tokens).removeprefix('torch.')} tokens"
                    yield row("rewardkit", f"bytes moved, {what}", "times the fewest", [moved])


def main() -> None:
    """Measure and keep."""
    with tempfile.TemporaryDirectory() as folder:
        library = Library(emulate.compiled(build.SOURCES, Path(folder) / "emulated.so"))
        path = keep("kernel_traffic", measured(library))
    print(f"→ {path.relative_to(ROOT)}")
    write_page()


if __name__ == "__main__":
    main()
