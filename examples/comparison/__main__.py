"""The published rewards side by side, and two hacks as they happen; a row is written as soon as its run is done.

python -m examples.comparison                    # runs/comparison/compared.csv and hacked.csv
python -m examples.comparison --smoke            # two steps of everything, which need not learn
python -m examples.comparison --into benchmarks/data

What is in the tables already is passed over, so a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from benchmarks.rows import DATA, commit, device, keep, row
from examples.comparison.arms import ARMS, HACKS, Arm
from examples.comparison.measure import MEASURED, measured
from examples.comparison.model import Tiny, complete
from examples.comparison.train import run, warm_start
from examples.comparison.world import questions, too_hard

COMPARED, HACKED = "recipes_compared.csv", "recipes_hacked.csv"
WARM = "the warm start"
PLACE = ("device", "commit", "date")
ENDS = tuple(f"{way}_{name}" for way in ("sampled", "greedy") for name in MEASURED)
RUN_FIELDS = ("arm", "recipe", "published", "seed", "steps", *ENDS, "reward", "spread", "alarms", "cpu_s", *PLACE)
STEP_FIELDS = ("arm", "seed", "step", "reward", "accuracy", "form", "words", "tokens", "spread", "cpu_s", *PLACE)


def main() -> None:
    """Make the warm start, then every run that is not in the tables yet, seed by seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=Path("runs/comparison"), help="where the tables are written")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--smoke", action="store_true", help="runs of two steps that need not learn")
    options = parser.parse_args()
    from_nothing = not (options.into / COMPARED).exists()
    begun, begun_cpu = time.perf_counter(), time.process_time()
    torch.set_num_threads(1)
    # A model barely warm, steps, steps that show a hack, and questions of each kind.
    sizes = (5, 2, 2, 24) if options.smoke else (600, 24, 48, 400)
    book = Book(options.into, *sizes)
    for seed in options.seeds:
        book.start(seed)
        for arm in ARMS:
            book.compare(arm, seed)
        for arm in HACKS:
            book.hack(arm, seed)
    took = {"wall": time.perf_counter() - begun, "processor": time.process_time() - begun_cpu}
    print(", ".join(f"{name} {seconds:.0f} s" for name, seconds in took.items()))
    if from_nothing and options.into.resolve() == DATA.resolve():
        keep("comparison", [row("comparison", f"the whole command, {name}", "s", [seconds]) for name, seconds in took.items()])


class Book:
    """The two tables, and what the runs in them have in common."""

    def __init__(self, into: Path, warm_steps: int, steps: int, hack_steps: int, held_out: int) -> None:
        self.steps, self.hack_steps = steps, hack_steps
        into.mkdir(parents=True, exist_ok=True)
        self.runs, self.curves = into / COMPARED, into / HACKED
        self.place = {"device": device(), "commit": commit(), "date": time.strftime("%Y-%m-%d")}
        begun = time.process_time()
        self.model, self.words = warm_start(warm_steps)
        self.warm_s = time.process_time() - begun
        self.held_out = questions(held_out, 5, held_out=True)
        self.rows = {"questions": questions(2000, 4, held_out=False), "too hard": too_hard(2000, 6)}

    def start(self, seed: int) -> None:
        """What the warm start does, with the completions of this seed."""
        if self._is_new(self.runs, WARM, seed):
            self._write_run(WARM, seed, 0, self._ends(self.model, seed), {"cpu_s": self.warm_s})

    def compare(self, arm: Arm, seed: int) -> None:
        """One run and its ends."""
        if self._is_new(self.runs, arm.name, seed):
            model, told = self._run(arm, seed, self.steps)
            late = max(1, self.steps // 4)
            more = {"recipe": arm.recipe, "published": int(arm.published), "reward": fmean(told["rewards"][-late:])}
            more |= {"spread": fmean(told["spread"]), "alarms": "; ".join(told["alarms"]), "cpu_s": told["cpu_s"]}
            self._write_run(arm.name, seed, self.steps, self._ends(model, seed), more)

    def hack(self, arm: Arm, seed: int) -> None:
        """One run, step by step, and its ends."""
        if not self._is_new(self.curves, arm.name, seed):
            return
        model, told = self._run(arm, seed, self.hack_steps)
        curves = ("rewards", "accuracy", "form", "words", "lengths", "spread")
        shared = {"arm": arm.name, "seed": seed, **self.place}
        lines = []
        for step, values in enumerate(zip(*(told[name] for name in curves), strict=True)):
            own = dict(zip(("reward", "accuracy", "form", "words", "tokens", "spread"), map(_short, values), strict=True))
            lines.append(shared | {"step": step, "cpu_s": ""} | own)
        lines[-1]["cpu_s"] = round(told["cpu_s"])
        if self._is_new(self.runs, arm.name, seed):
            more = {
                "recipe": arm.recipe,
                "published": "",
                "reward": fmean(told["rewards"][-10:]),
                "spread": fmean(told["spread"]),
            }
            more |= {"alarms": "; ".join(told["alarms"]), "cpu_s": told["cpu_s"]}
            self._write_run(arm.name, seed, self.hack_steps, self._ends(model, seed), more)
        _append(self.curves, STEP_FIELDS, lines)

    def _run(self, arm: Arm, seed: int, steps: int) -> tuple[Tiny, dict[str, Any]]:
        return run(arm, self.rows[arm.rows], self.model, self.words, seed=seed, steps=steps)

    def _ends(self, model: Tiny, seed: int) -> dict[str, float]:
        torch.manual_seed(1000 + seed)
        prompts, found = self.words.padded([row["prompt"] for row in self.held_out]), {}
        for way in ("sampled", "greedy"):
            said = complete(model, prompts, sampled=way == "sampled")
            texts = [self.words.decode(own[mask].tolist()) for own, mask in zip(said.ids, said.mask, strict=True)]
            found |= {f"{way}_{name}": value for name, value in measured(texts, self.held_out).items()}
        return found

    def _is_new(self, table: Path, arm: str, seed: int) -> bool:
        if not table.exists():
            return True
        with table.open(encoding="utf-8", newline="") as source:
            return not any(line["arm"] == arm and line["seed"] == str(seed) for line in csv.DictReader(source))

    def _write_run(self, arm: str, seed: int, steps: int, ends: Mapping[str, float], more: Mapping[str, Any]) -> None:
        line = {**dict.fromkeys(RUN_FIELDS, ""), "arm": arm, "seed": seed, "steps": steps, **ends, **more, **self.place}
        _append(self.runs, RUN_FIELDS, [{name: _short(value) for name, value in line.items()}])
        accuracy = " ".join(f"{way} {ends[f'{way}_accuracy']:.3f}" for way in ("sampled", "greedy"))
        print(f"{time.strftime('%H:%M:%S')}  seed {seed}  {arm:30}  accuracy {accuracy}  {more['cpu_s']:.0f} s", flush=True)


def _append(table: Path, fields: Sequence[str], lines: Sequence[Mapping[str, Any]]) -> None:
    fresh = not table.exists()
    with table.open("a", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, fields, lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerows(lines)


def _short(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
