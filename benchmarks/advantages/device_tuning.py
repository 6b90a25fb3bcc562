"""The part `tune` of `make bench-gpu`: the largest size with other launch bounds, longer pieces, and two launches for one."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path
from typing import Any

import torch

from benchmarks.advantages.advantage_forms import Inputs
from benchmarks.advantages.device_numbers import BIG, DTYPES, MASKS, Size
from benchmarks.advantages.device_timing import measure
from rewardkit_cuda import build, library, ops

# What is given to nvcc. Without a definition it is as it is built otherwise.
VARIANTS = {
    "as it is": [],
    "three blocks": ["-DRK_BLOCKS=3"],
    "five blocks": ["-DRK_BLOCKS=5"],
    "pieces of 8,192": ["-DRK_PIECE=8192"],
    "pieces of 32,768": ["-DRK_PIECE=32768"],
    "two launches": ["-DRK_READ_AGAIN=0"],
}
Verdicts = list[tuple[bool | None, str]]


def tune(device: str, out: Path, repeats: int) -> Verdicts:
    """Build each, measure it, and write it down at once; on a CPU the host build alone."""
    with (out / "gpu_tune.csv").open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(("variant", "tokens", "dtype", "mask", "called_us", "graph_us"))
        for variant, flags in VARIANTS.items() if device == "cuda" else [("host build", [])]:
            loaded = library.host() if device == "cpu" else built(variant, flags, out)
            for size in wanted(device):
                inputs = size.inputs(device)
                times = measure(lambda one, on=loaded: advantages(on, one), inputs, repeats)
                writer.writerow(
                    (variant, size.tokens, size.dtype, size.mask, round(times.called_us, 2), round(times.graph_us, 2))
                )
                sink.flush()
                print(f"{variant}, {size}: called {times.called_us:.1f} µs, in a graph {times.graph_us:.1f} µs", flush=True)
    return [(None, f"{len(VARIANTS)} variants in {out / 'gpu_tune.csv'}")]


def wanted(device: str) -> list[Size]:
    """The largest size with each type, and with a length that is no power of two."""
    rows, group_size, tokens = (64, 16, 33) if device == "cpu" else BIG
    lengths = (tokens, tokens // 3)
    return [Size(rows, group_size, length, dtype, mask) for length in lengths for dtype in DTYPES for mask in list(MASKS)[:2]]


def built(variant: str, flags: list[str], out: Path) -> library.Library:
    """A library of this machine's device alone."""
    compiler = build.nvcc()
    if compiler is None:
        raise build.BuildError("nvcc was not found")
    path = out / f"tune_{variant.replace(' ', '_').replace(',', '')}.so"
    command = [compiler, *build.NVCC_FLAGS, "-arch=native", *flags, str(build.SOURCES / "rewardkit_cuda.cu"), "-o", str(path)]
    subprocess.run(command, check=True, timeout=build.TIMEOUT_S)
    return library.Library(path)


def advantages(on: library.Library, inputs: Inputs) -> Any:
    """One call of the operator's own code with this library."""
    return ops.group_advantages(
        *(on, inputs.rewards, inputs.weights, inputs.group_size, None, None, "grpo", "group", 1, 1e-4, 1e-6, None),
        *(inputs.mask, None, 0, inputs.dtype or torch.float32),
    )
