"""The whole chain in small: synthesis → lint → SFT → GRPO → evaluation, with controls, ending with a table and a plot.

python -m examples.wethink.tiny                 # about a quarter of an hour on two cores
python -m examples.wethink.tiny --sweeps        # also the ablation, the weights and the tiers
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from examples.wethink.settings import read
from examples.wethink.tiny import plan, report, stages, tables
from examples.wethink.tiny.model import build


def main() -> None:
    """Run what the command line asks for; what is done already is passed over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path("runs/tiny"), help="where everything is written")
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time, one thread each")
    parser.add_argument("--smoke", action="store_true", help="few rows, 40 steps of SFT and 10 of GRPO: runs, and need not learn")
    parser.add_argument("--sweeps", action="store_true", help="also the ablation and the sweeps, 33 runs more")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="overrides configs/tiny.yaml in every run"
    )
    parser.add_argument("--keep", action="store_true", help="write the numbers and the plot into benchmarks/data and docs")
    options = parser.parse_args()
    begun, home = time.perf_counter(), options.home.resolve()
    shared = [*(plan.SMOKE if options.smoke else ()), *options.set]
    read(stages.CONFIG, shared)

    print("synthesis", flush=True)
    print(stages.synthesis(home, 0.05 if options.smoke else 1), flush=True)
    print("lint", flush=True)
    print(next(line for line in stages.lint(home).splitlines() if "unusable" in line), flush=True)
    for seed in (0, 1):
        build(home / f"model-{seed}", seed)
    runs = [*(plan.smoke() if options.smoke else plan.core()), *(plan.sweeps() if options.sweeps else ())]
    with stages.judge_server(home) as judge:
        print("SFT and GRPO", flush=True)
        stages.run_all(runs, home, judge, shared, options.jobs)
        print("evaluation of the saved models on the held-out questions", flush=True)
        stages.evaluation(runs, home, judge, shared, options.jobs)
    rows = report.collect(runs, home)
    report.write(rows, home, keep=options.keep)
    print(tables.whole(rows))
    print(f"\n{time.perf_counter() - begun:.0f} s; numbers and plot: {home / 'wethink_tiny.csv'}, {home / 'wethink_tiny.svg'}")


if __name__ == "__main__":
    main()
