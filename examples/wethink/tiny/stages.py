"""The stages of the small world, each of which is passed over when what it makes is there already."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from examples.wethink.synthesis.report import summary
from examples.wethink.tiny.made import synthesised
from examples.wethink.tiny.plan import Run
from examples.wethink.tiny.world import Slips, draw_pictures, make_rows, write_rows

__all__ = ["evaluation", "judge_server", "lint", "run_all", "synthesis"]

CONFIG = Path(__file__).parents[1] / "configs" / "tiny.yaml"
ROOT = Path(__file__).parents[3]
MEASURED = "evaluation.json"
CORRUPTED = Slips(wrong=0.55, broken=0.30)
SETS: dict[str, tuple[int, int, bool, Slips]] = {
    "noisy": (8000, 1000, False, CORRUPTED),
    "clean": (8000, 1000, False, Slips()),
    "rl": (4000, 2000, False, Slips()),
    "held_out": (600, 3000, True, Slips()),
}
"""Rows, seed, whether the layouts are held out, and how demonstrations are corrupted. Clean and noisy show the same pictures."""


def synthesis(home: Path, share: float = 1.0) -> str:
    """Write the rows of every set to `home/world`, or a share of them, and say in a line what became of the synthesis.

    The rows for GRPO are what the pipeline of `synthesize.py` makes of their pictures; its report is `report.json` beside them.
    The generator writes the other sets: demonstrations must be corrupted as often as said, held-out answers beyond doubt.
    """
    world = home / "world"
    for name, (count, seed, held_out, slips) in SETS.items():
        if name != "rl" and not (world / f"{name}.jsonl").is_file():
            pictures = world / ("sft" if name in ("noisy", "clean") else name)
            rows = make_rows(round(count * share), seed, held_out=held_out, slips=slips, images=pictures)
            write_rows(world / f"{name}.jsonl", rows)
    told = world / "report.json"
    if not (told.is_file() and (world / "rl.jsonl").is_file()):
        count, seed, held_out, _ = SETS["rl"]
        drawn = draw_pictures(round(count * share), seed, held_out=held_out, images=world / "rl")
        rows, report = synthesised(drawn, world / "synthesis")
        told.write_text(report, encoding="utf-8")
        write_rows(world / "rl.jsonl", rows)
    return summary(json.loads(told.read_text(encoding="utf-8")))


def lint(home: Path) -> str:
    """What `rewardkit lint` says of the rows that are trained on. Raises `RuntimeError` when a reference cannot be used."""
    command = [sys.executable, "-m", "rewardkit", "lint", str(home / "world" / "rl.jsonl")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"rewardkit lint found rows that cannot be used:\n{done.stdout}{done.stderr}"
        raise RuntimeError(message)
    return done.stdout


@contextmanager
def judge_server(home: Path) -> Iterator[str]:
    """The URL of a scripted judge, in a process of its own for the length of the block."""
    address = home / "judge-url.txt"
    address.unlink(missing_ok=True)
    command = [sys.executable, "-m", "examples.wethink.tiny.judge_server", "--url-file", str(address)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if address.is_file() and address.read_text(encoding="utf-8"):
                break
            time.sleep(0.1)
        else:
            message = "the scripted judge did not start within 20 s"
            raise RuntimeError(message)
        yield address.read_text(encoding="utf-8")
    finally:
        process.terminate()
        process.wait(10)


def command_of(run: Run, home: Path, judge: str, shared: Sequence[str]) -> list[str]:
    """The command line of a run; `shared` are overrides, NAME=VALUE, that all runs have."""
    world = home / "world"
    start = home / f"model-{run.sft_seed}" if run.after is None else home / run.after / "sft"
    settings: dict[str, Any] = {
        **run.settings,
        "model": start,
        "warm_start": start,
        "out": home / run.name,
        "images": world,
        "train": world / f"{run.settings.get('train', 'noisy')}.jsonl",
        "rl": world / "rl.jsonl",
        "held_out": world / "held_out.jsonl",
        "reward.judge": judge,
    }
    texts = [*(f"{name}={_yaml(value)}" for name, value in settings.items()), *shared]
    overrides = [part for text in texts for part in ("--set", text)]
    return [sys.executable, "-m", f"examples.wethink.{run.stage}", "--config", str(CONFIG), "--resume", *overrides]


def evaluation(runs: Sequence[Run], home: Path, judge: str, shared: Sequence[str], jobs: int) -> None:
    """Measure the saved models of these runs in `jobs` processes on one thread each; what is measured is passed over.

    Raises `RuntimeError` with the end of what a process said when one fails.
    """
    folders = [home / run.name / run.stage for run in runs]
    waiting = [str(folder) for folder in folders if not (folder / MEASURED).is_file()]
    world = home / "world"
    settings = {"held_out": world / "held_out.jsonl", "images": world, "reward.judge": judge}
    overrides = [part for text in (*(f"{n}={v}" for n, v in settings.items()), *shared) for part in ("--set", text)]
    command = [sys.executable, "-m", "examples.wethink.tiny.evaluation", "--config", str(CONFIG), *overrides, "--"]
    going: list[tuple[Path, subprocess.Popen[bytes]]] = []
    try:
        for number, own in enumerate(waiting[first::jobs] for first in range(min(jobs, len(waiting)))):
            said = home / f"evaluation-{number}.txt"
            with said.open("wb") as sink:
                going.append((said, subprocess.Popen([*command, *own], cwd=ROOT, env=_environment(), stderr=sink)))
        for said, process in going:
            if process.wait():
                end = said.read_text(encoding="utf-8", errors="replace")[-3000:]
                message = f"the evaluation ended with status {process.returncode}:\n{end}"
                raise RuntimeError(message)
    finally:
        for _, process in going:
            process.terminate()
            process.wait(20)


def _environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


def _yaml(value: Any) -> str:
    return str(value) if isinstance(value, Path) else json.dumps(value)


def is_done(run: Run, home: Path) -> bool:
    """Whether its model has been saved."""
    return (home / run.name / run.stage / "done.json").is_file()


def run_all(runs: Sequence[Run], home: Path, judge: str, shared: Sequence[str], jobs: int) -> None:
    """Train every run that is not done, `jobs` at a time on one thread each, in the order of the plan as far as each can start.

    Raises `RuntimeError` with the end of its output when one fails.
    """
    waiting = [run for run in runs if not is_done(run, home)]
    going: dict[str, tuple[Run, subprocess.Popen[bytes]]] = {}
    environment = _environment()
    try:
        while waiting or going:
            ready = [run for run in waiting if run.after is None or is_done(_named(run.after), home)]
            for run in ready[: jobs - len(going)]:
                waiting.remove(run)
                output = home / run.name / "output.txt"
                output.parent.mkdir(parents=True, exist_ok=True)
                print(f"{time.strftime('%H:%M:%S')}  {run.name}", flush=True)
                with output.open("wb") as sink:
                    process = subprocess.Popen(
                        command_of(run, home, judge, shared), cwd=ROOT, env=environment, stdout=sink, stderr=subprocess.STDOUT
                    )
                going[run.name] = (run, process)
            if not going:
                message = f"{[run.name for run in waiting]} wait for runs that are not in the plan"
                raise RuntimeError(message)
            time.sleep(0.5)
            for name, (run, process) in list(going.items()):
                status = process.poll()
                if status is None:
                    continue
                del going[name]
                if status or not is_done(run, home):
                    said = (home / name / "output.txt").read_text(encoding="utf-8", errors="replace")
                    message = f"{name} ended with status {status}:\n{said[-3000:]}"
                    raise RuntimeError(message)
    finally:
        for _, process in going.values():
            process.terminate()
            process.wait(20)


def _named(name: str) -> Run:
    return Run(name, name.partition("-")[0], "", 0, 0)
