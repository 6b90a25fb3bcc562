"""Multimodal benchmarks scored three ways: as their authors do, as VLMEvalKit does, bugs included, and rightly.

Each benchmark is one `Benchmark` in the file of its family. `evaluate` decides every row and totals them; where the original
asks a model and no judge is given, the row stays undecided and the total is a range, never a guess. `differences.jsonl` lists
where the modes part, with the test case that shows each; `published.jsonl` holds the published numbers and how certain they are.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from rewardkit.errors import UnknownName

if TYPE_CHECKING:
    from rewardkit.evals.model import Benchmark

__all__ = ["BENCHMARKS", "benchmark"]

BENCHMARKS: dict[str, str] = {
    "MathVista": "mathvista",
    "MathVision": "mathvision",
    "MathVerse": "mathverse",
    "DynaMath": "dynamath",
    "WeMath": "wemath",
    "LogicVista": "logicvista",
    "MMMU": "mmmu",
    "MMBench": "choices",
    "MMStar": "choices",
    "AI2D": "choices",
    "HallusionBench": "yes_no",
    "MME": "yes_no",
    "OCRBench": "short",
    "ChartQA": "short",
    "MMVet": "mmvet",
}
"""Benchmarks by name, and the file of their family."""


def benchmark(name: str) -> Benchmark:
    """The benchmark of that name, in any capitals and with or without hyphens. Raises `UnknownName`."""
    plain = {key.casefold(): key for key in BENCHMARKS}
    key = plain.get(name.casefold().replace("-", "").replace("_", ""))
    if key is None:
        raise UnknownName("benchmark", name, BENCHMARKS)
    found: Benchmark = importlib.import_module(f"{__name__}.{BENCHMARKS[key]}").BENCHMARKS[key]
    return found
