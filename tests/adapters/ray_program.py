"""One Ray program that does what the tests look at: `ray_program.py FOLDER` leaves files and facts.json there."""

from __future__ import annotations

import importlib
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import ray

sys.path.insert(0, str(Path(__file__).parents[1] / "batch"))
from actors import kill_one

import rewardkit
from rewardkit import RewardFunction, recipes
from rewardkit.adapters.ray import Placement, RayVerifier, connect, reward_pool

FOLDER = Path(sys.argv[1])
SLOW = str(Path(__file__).parents[1] / "serve")
COLUMNS: dict[str, Any] = {
    "prompts": ["?"] * 600,
    "completions": [f"It is {i}." if i % 7 else "41 or 42" for i in range(600)],
    "answer": [str(i - i % 2) if i % 5 else None for i in range(600)],
}


@ray.remote(num_cpus=0)
def in_a_task(reward: RewardFunction) -> list[float | None]:
    return reward(**COLUMNS)


def slow() -> Any:
    sys.path.insert(0, SLOW)
    importlib.import_module("slow_verifiers")  # registers it, in the actor
    return rewardkit.get("test.slow")


def main() -> None:
    facts: dict[str, Any] = {}
    with connect(Placement(actors=2)):
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
        killed: list[int] = []
        killer = kill_one("_Rewarder", lambda: len(list(begun.iterdir())) > 1, killed)
        facts["killed pool"] = [reward(completions=texts, answer=["ok"] * 200) == [1.0, 0.0] * 100, len(killed)]
        killed.append(0)
        killer.join()
        facts["raised"] = _raised(lambda: reward(completions=["ok"], answer=None))
        verifier.deadline_s = 0.3
        facts["late"] = _raised(lambda: reward(completions=["sleep 20"], answer=["ok"]))
        facts["big"] = _raised(lambda: RayVerifier(partial(recipes.build, "auto"), placement=Placement(99)))
    (FOLDER / "facts.json").write_text(json.dumps(facts))


def _raised(call: Any) -> str:
    try:
        call()
    except rewardkit.RewardKitError as cause:
        return f"{type(cause).__name__}: {cause}"
    return "nothing was raised"


if __name__ == "__main__":
    main()
