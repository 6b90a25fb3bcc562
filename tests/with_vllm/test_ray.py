"""A vLLM engine inside a Ray actor gives the verdicts that it gives here, also after the actor was killed under its work."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from patience import HANG_S

import rewardkit
from rewardkit import recipes
from rewardkit.adapters.ray import Placement, connect, reward_pool
from rewardkit.batch.on_ray import scored
from rewardkit.batch.ranges import plan
from rewardkit.judges.clients.vllm import VLLMRewardModel
from rewardkit.judges.judge import Judge

ROWS = 200
BATCH: dict[str, list[str]] = {
    "prompts": [f"What does chapter {number} tell?" for number in range(ROWS)],
    "completions": [f"<answer>A tale of {'wind and ' * (number % 9)}sea {number}.</answer>" for number in range(ROWS)],
    "answer": [f"A tale of the sea, number {number}." for number in range(ROWS)],
}
KEYS = ("status", "reason", "verifier", "source", "prompt_tokens")


@pytest.fixture(scope="module")
def options(reward_client: VLLMRewardModel) -> dict[str, Any]:
    """Every row is for the judge, a reward model in vLLM that is loaded where it is asked."""
    return {"judge": Judge(reward_client, "score"), "judge_on": "always"}


@pytest.fixture(scope="module")
def here(options: dict[str, Any]) -> list[dict[str, Any]]:
    """The verdicts of an engine of this process."""
    return facts(rewardkit.load("auto", **options).decide(**BATCH))


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    with connect(Placement(1)):
        yield


def facts(verdicts: list[Any]) -> list[dict[str, Any]]:
    return [{"score": v.score, "status": str(v.status), "reason": v.reason, "verifier": v.verifier, **v.info} for v in verdicts]


def same(found: list[dict[str, Any]], here: list[dict[str, Any]]) -> None:
    for one, other in zip(found, here, strict=True):
        assert one["score"] == pytest.approx(other["score"], abs=1e-4)
        assert {key: one[key] for key in KEYS} == {key: other[key] for key in KEYS}


def workers(title: str) -> list[psutil.Process]:
    """Processes of this program's cluster with that title."""
    found = []
    for one in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            found += [one] * " ".join(one.cmdline()).startswith(title)
    return found


@pytest.mark.usefixtures("cluster")
def test_a_pool_and_an_actor_that_dies(options: dict[str, Any], here: list[dict[str, Any]]) -> None:
    assert len({fact["score"] for fact in here}) > ROWS / 2
    assert {fact["source"] for fact in here} == {"judged"}
    pool = reward_pool("auto", actors=1, deadline_s=300, **options)
    same(facts(pool.decide(**BATCH)), here)

    [actor] = workers("ray::_Rewarder")
    engines = actor.children(recursive=True)
    assert engines
    killed = threading.Event()

    def kill() -> None:
        while not workers("ray::_Rewarder.verify"):
            time.sleep(0.001)
        os.kill(actor.pid, signal.SIGKILL)
        killed.set()

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    again = facts(pool.decide(**BATCH))
    killer.join(HANG_S)
    assert killed.is_set()
    same(again, here)
    [restarted] = workers("ray::_Rewarder")
    assert restarted.pid != actor.pid
    assert psutil.wait_procs(engines, timeout=HANG_S)[1] == [], "an engine outlived its actor"


@pytest.mark.usefixtures("cluster")
def test_a_file(options: dict[str, Any], here: list[dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    columns = zip(*BATCH.values(), strict=True)
    rows = [{"id": n, "prompt": p, "completion": c, "answer": a} for n, (p, c, a) in enumerate(columns)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    parts = scored(list(plan([str(path)])), partial(recipes.build, "auto", **options), placement=Placement(1))
    lines = [json.loads(line) for part in parts for line in part.verdicts.splitlines()]
    assert [line["id"] for line in lines] == list(range(ROWS))
    assert [line["reward"] for line in lines] == pytest.approx([fact["score"] for fact in here], abs=1e-4)
