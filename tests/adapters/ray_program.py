"""One Ray program that does what the tests look at: `ray_program.py FOLDER` leaves files and facts.json there."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import ray

import rewardkit
from rewardkit import RewardFunction, cli, recipes
from rewardkit.adapters.ray import Placement, RayVerifier, connect, reward_pool
from rewardkit.commands import ranges

FOLDER = Path(sys.argv[1])
SLOW = str(Path(__file__).parents[1] / "serve")
STARTED = time.perf_counter()
COLUMNS: dict[str, Any] = {
    "prompts": ["?"] * 600,
    "completions": [f"It is {i}." if i % 7 else "41 or 42" for i in range(600)],
    "answer": [str(i - i % 2) if i % 5 else None for i in range(600)],
}


def actors(name: str) -> list[int]:
    """Process ids of the actors of that name that belong to this program's cluster."""
    parents, found = {}, []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            pid = int(entry.name)
            parents[pid] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if (entry / "cmdline").read_bytes().startswith(f"ray::{name}".encode()):
                found.append(pid)
    return [pid for pid in found if os.getpid() in ancestors(pid, parents)]


def ancestors(pid: int, parents: dict[int, int]) -> set[int]:
    line = set()
    while pid := parents.get(pid, 0):
        line.add(pid)
    return line


def kill_one(name: str, when: Any, killed: list[int]) -> threading.Thread:
    """Kill -9 one actor as soon as `when()` is true."""

    def body() -> None:
        while not killed:
            if when():
                for pid in actors(name)[:1]:
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
            time.sleep(0.01)

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    return thread


def score(source: str, output: str, *more: str) -> int:
    sys.stderr.write(f"{time.perf_counter() - STARTED:.1f} s: {source}\n")
    return cli.main(["score", str(FOLDER / source), "-o", str(FOLDER / output), "--engine", "ray", "--workers", "2", *more])


@ray.remote(num_cpus=0)
def in_a_task(reward: RewardFunction) -> list[float | None]:
    return reward(**COLUMNS)


def slow() -> Any:
    sys.path.insert(0, SLOW)
    importlib.import_module("slow_verifiers")  # registers it, in the actor
    return rewardkit.get("test.slow")


def main() -> None:
    facts: dict[str, Any] = {}
    ranges.RANGE_BYTES = 1 << 16
    with connect(Placement(actors=2)):
        facts["mixed"] = score("mixed.jsonl", "mixed.out", "--trace", str(FOLDER / "mixed.trace"))
        facts["parquet"] = score("rows.parquet", "parquet.out")
        facts["empty"] = score("empty.jsonl", "empty.out")
        facts["resumed"] = score("many.jsonl", "resumed.out", "--resume")
        killed: list[int] = []
        output = FOLDER / "killed.out"
        killer = kill_one("MapWorker", lambda: output.exists() and output.stat().st_size, killed)
        facts["killed"] = [score("many.jsonl", "killed.out"), len(killed)]
        killed.append(0)
        killer.join()
        facts["too many"] = cli.main(
            ["score", str(FOLDER / "mixed.jsonl"), "-o", str(FOLDER / "no.out"), "--engine", "ray", "--workers", "50"]
        )
        facts["no resource"] = score("mixed.jsonl", "no.out", "--actor", "num_cpus=0,moon=1")

        sys.stderr.write(f"{time.perf_counter() - STARTED:.1f} s: pools\n")
        pool = reward_pool(actors=2)
        facts["pool"] = [pool.__name__, pool(**COLUMNS) == rewardkit.load("auto")(**COLUMNS)]
        facts["in a task"] = ray.get(in_a_task.remote(pool)) == pool(**COLUMNS)
        del pool

        verifier = RayVerifier(slow, placement=Placement(2), name="slow", deadline_s=60)
        reward = RewardFunction(verifier)
        begun = FOLDER / "begun"
        begun.mkdir()
        (begun / "test").touch()  # the second to come, so that the first goes on
        texts = [f"meet {begun}", "no", *["sleep 0.01", "no"] * 99]
        assert reward(completions=["ok"], answer=["ok"]) == [1.0]
        killed = []
        killer = kill_one("_Rewarder", lambda: len(list(begun.iterdir())) > 1, killed)
        facts["killed pool"] = [reward(completions=texts, answer=["ok"] * 200) == [1.0, 0.0] * 100, len(killed)]
        killed.append(0)
        killer.join()
        facts["raised"] = _raised(lambda: reward(completions=["ok"], answer=None))
        verifier.deadline_s = 0.3
        facts["late"] = _raised(lambda: reward(completions=["sleep 20"], answer=["ok"]))
        facts["big"] = _raised(lambda: RayVerifier(partial(recipes.build, "auto"), placement=Placement(99)))
        facts["store mb"] = ray.cluster_resources()["object_store_memory"] / 2**20
    facts["shut down"] = not ray.is_initialized()
    sys.stderr.write(f"{time.perf_counter() - STARTED:.1f} s: done\n")
    (FOLDER / "facts.json").write_text(json.dumps(facts))


def _raised(call: Any) -> str:
    try:
        call()
    except rewardkit.RewardKitError as cause:
        return f"{type(cause).__name__}: {cause}"
    return "nothing was raised"


if __name__ == "__main__":
    main()
