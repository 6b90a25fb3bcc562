"""WeThink's benchmarks over a folder of predictions: the table, both averages, and a chart beside the published numbers.

    python examples/wethink/evaluate.py PREDICTIONS --judge http://127.0.0.1:8000/v1 --chart wethink.svg

PREDICTIONS holds VLMEvalKit's `MODEL_DATASET.xlsx` files or lmms-eval's samples, one a benchmark. Without a judge, what
VLMEvalKit asks a model stays undecided and its value is a range. Averages are those of the leaderboards, over all of their
benchmarks or not at all: six of mathematics, and eight in general, which count MathVista again and OCRBench by ten.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from rewardkit.errors import RewardKitError
from rewardkit.evals import BENCHMARKS, benchmark
from rewardkit.evals.chart import write_chart
from rewardkit.evals.compare import LEADERBOARD, Figure, published, records, spelled
from rewardkit.evals.files import benchmark_of, model_of, read_predictions
from rewardkit.evals.model import MODES
from rewardkit.evals.run import Result, evaluate

MATHEMATICS = ("MathVista", "MathVision", "MathVerse", "DynaMath", "WeMath", "LogicVista")
GENERAL = ("MMBench", "MMStar", "MMMU", "MathVista", "HallusionBench", "AI2D", "OCRBench", "MMVet")
CANDIDATES = ("MME", "ChartQA")
ENDINGS = (".xlsx", ".tsv", ".csv", ".json", ".jsonl")


def average(names: Iterable[str], figures: Mapping[str, Figure]) -> tuple[float, float] | None:
    """The mean on a scale of 100, low and high; None when a benchmark is missing."""
    shares = [figures[name].share if name in figures else None for name in names]
    there = [share for share in shares if share is not None]
    if len(there) < len(shares):
        return None
    return 100 * sum(low for low, _ in there) / len(there), 100 * sum(high for _, high in there) / len(there)


def results_of(options: argparse.Namespace) -> list[tuple[str, Result]]:
    """One result a file that is named after a benchmark, in the order of the table."""
    files = sorted(path for path in Path(options.predictions).iterdir() if path.suffix in ENDINGS)
    found: dict[str, tuple[str, Result]] = {}
    for path in files:
        name = benchmark_of(str(path))
        if name is None:
            print(f"passed over, no benchmark's name in it: {path.name}", file=sys.stderr)
            continue
        if name in found:
            sys.exit(f"{path.name} is a second file of {name}; keep one a benchmark")
        how = {"judge": options.judge, "cache": options.judge_cache, "partial": options.partial, "sheet": path.suffix != ".json"}
        rows = read_predictions(str(path), name)
        found[name] = model_of(str(path)), evaluate(benchmark(name), rows, options.mode, **how)
    return [found[name] for name in BENCHMARKS if name in found]


def line(*cells: str) -> str:
    """One line of the table."""
    return f"{cells[0]:<18}" + "".join(f"{cell:>18}" for cell in cells[1:])


def main() -> int:
    """Evaluate, print, draw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("predictions", help="folder with one file a benchmark")
    parser.add_argument("--mode", choices=MODES, default="vlmevalkit", help="published numbers are VLMEvalKit's (default)")
    parser.add_argument("--judge", help="a URL, vllm:MODEL or hf:MODEL")
    parser.add_argument("--judge-cache", help="keep the judge's replies in this file")
    parser.add_argument("--partial", action="store_true", help="score groups that lack rows as they are")
    parser.add_argument("--chart", default="wethink.svg", help="where the chart goes: .svg, .png or .html")
    options = parser.parse_args()
    try:
        results = results_of(options)
        if not results:
            sys.exit(f"{options.predictions} holds no file that is named after a benchmark: {', '.join(BENCHMARKS)}")
        ours = records(results)
        write_chart(options.chart, [*ours, *published()], f"WeThink's benchmarks, {options.mode}")
    except RewardKitError as cause:
        sys.exit(str(cause))
    columns = {"yours": {one.benchmark: one for one in ours}}
    columns |= {model: {one.benchmark: one for one in published((model,))} for model in LEADERBOARD}
    print(line("benchmark", f"yours, {options.mode}", "WeThink", "base model", "undecided rows"))
    undecided = {result.benchmark: f"{sum(result.undecided.values()):,} of {result.rows:,}" for _, result in results}
    for name in (*MATHEMATICS, *(name for name in GENERAL if name not in MATHEMATICS), *CANDIDATES):
        shown = [figures.get(name) for figures in columns.values()]
        cells = [spelled(one.low, one.high) if one else "–" for one in shown]
        print(line(name, *cells, undecided.get(name, "no file")))
    for title, names in (("mathematics", MATHEMATICS), ("general", GENERAL)):
        means = [average(names, figures) for figures in columns.values()]
        print(line(f"mean, {title}", *(spelled(*mean) if mean else "–" for mean in means), ""))
    print(f"chart: {options.chart}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
