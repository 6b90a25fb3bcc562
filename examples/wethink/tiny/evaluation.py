"""The finished models, loaded from disk and measured on every held-out question: the last stage before table and plot.

python -m examples.wethink.tiny.evaluation --config FILE [--set NAME=VALUE]… MODEL…

Each MODEL is a folder that a run saved; `evaluation.json` in it then has the numbers of the table.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from examples.wethink.models import load_model, load_processor
from examples.wethink.settings import read
from examples.wethink.tiny.stages import MEASURED
from examples.wethink.training import held_out_of


def main() -> None:
    """Measure the models one after another, a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path, nargs="+", metavar="MODEL")
    parser.add_argument("--config", required=True, help="a file of examples/wethink/configs")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="overrides a value of the file")
    options = parser.parse_args()
    settings = read(options.config, options.set)
    held_out = held_out_of(settings, load_processor(str(options.models[0]), settings.max_pixels))
    for folder in options.models:
        measured = held_out.measure(load_model(str(folder), settings.dtype, settings.attention))
        (folder / MEASURED).write_text(json.dumps(measured) + "\n", encoding="utf-8")
        accuracy, greedy, reward = (measured[name] for name in ("sampled_accuracy", "greedy_accuracy", "sampled_reward"))
        print(f"{folder.parent.name}: accuracy {accuracy:.3f}, reward {reward:.3f}, greedy accuracy {greedy:.3f}", flush=True)


if __name__ == "__main__":
    main()
