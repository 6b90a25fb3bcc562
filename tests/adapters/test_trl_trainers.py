"""TRL's other ways in: RLOO, the command line, and judges that wait while rules compute."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from fake import accept
from patience import HANG_S
from servers import Seen, Server, Writer, completion, send
from small import ROWS

import rewardkit
from rewardkit import RewardFunction, Router, verifier
from rewardkit.adapters import trl as adapter
from rewardkit.judges.client import Request
from rewardkit.judges.judge import Judge
from rewardkit.recipes import names

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("trl") is None, reason="needs trl"),
    # These packages deprecate one another's names.
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]


def test_rloo_learns_from_it_and_leaves_out_what_abstains(model: Path, tmp_path: Path) -> None:
    from datasets import Dataset
    from trl import RLOOConfig, RLOOTrainer

    config = RLOOConfig(
        output_dir=str(tmp_path / "training"),
        max_steps=2,
        per_device_train_batch_size=32,
        num_generations=8,
        max_completion_length=1,
        learning_rate=0.01,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        bf16=False,
        disable_tqdm=True,
        beta=0.0,
    )
    trainer = RLOOTrainer(str(model), rewardkit.load("auto"), config, Dataset.from_list(ROWS))
    before = {name: weight.detach().clone() for name, weight in trainer.model.named_parameters()}
    trainer.train()
    assert any(not weight.equal(before[name]) for name, weight in trainer.model.named_parameters())
    steps = [entry for entry in trainer.state.log_history if "reward" in entry]
    assert len(steps) == 2
    assert all({"rewards/auto/mean", "auto/abstained", "auto/errors", "auto/reward/choice"} <= entry.keys() for entry in steps)
    advantages, reasons = list(trainer._logs["advantages"]), list(trainer._logs["extra"]["auto_reason"])
    assert any(advantages)
    unscored = [advantage for advantage, reason in zip(advantages, reasons, strict=True) if reason == "no_reference"]
    assert unscored
    assert set(unscored) == {0.0}


@pytest.mark.parametrize("path", ["rewardkit.adapters.trl.auto", "my_rewards.reward"])
def test_the_command_line_takes_it_by_its_import_path(path: str, model: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS[:4] * 2))
    (tmp_path / "my_rewards.py").write_text("import rewardkit\n\nreward = rewardkit.load('auto', trace='trace.jsonl')\n")
    command = f"""grpo --model_name_or_path {model} --dataset_name {tmp_path}/data --reward_funcs {path}
        --output_dir {tmp_path}/out --max_steps 2 --per_device_train_batch_size 8 --num_generations 8 --max_completion_length 1
        --logging_steps 1 --save_strategy no --report_to none --use_cpu --bf16 False --learning_rate 0.01"""
    done = subprocess.run(
        [sys.executable, "-m", "trl.scripts.grpo", *command.split()[1:]],
        cwd=tmp_path,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=HANG_S,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "rewards/auto/mean" in done.stdout + done.stderr
    assert (tmp_path / "out" / "model.safetensors").exists()
    if path.startswith("my_rewards"):
        assert len((tmp_path / "trace.jsonl").read_text().splitlines()) == 16


def test_every_recipe_has_an_import_path() -> None:
    assert set(names()) <= set(adapter.__all__)
    batch = {"prompts": ["2+2?"], "completions": ["<think>x</think><answer>4</answer>"], "answer": ["4"], "reward": ["rule"]}
    assert adapter.auto(**batch) == [1.0]
    assert adapter.wethink(**batch) == [1.0]


# A judge and a rule of which neither goes on before both have begun: threads of one process, so events will do.
asked, computing = threading.Event(), threading.Event()


async def slowly(seen: Seen, writer: Writer) -> None:
    """An OpenAI-compatible judge that says yes once the rule computes."""
    asked.set()
    assert await asyncio.to_thread(computing.wait, HANG_S), "no rule computes while the judge is waited for"
    await send(writer, completion(accept(Request(tuple(seen.body["messages"])))))


@pytest.fixture
def judge_url() -> Iterator[str]:
    asked.clear()
    computing.clear()
    with Server(slowly) as server:
        yield server.url


@verifier("test.busy")
def busy(sample: Any) -> bool:
    """A rule that is done once the judge has been asked."""
    computing.set()
    return asked.wait(HANG_S)


def trainer_with(model: Path, folder: Path, *rewards: Any) -> Any:
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    config = GRPOConfig(output_dir=str(folder), use_cpu=True, bf16=False, report_to="none")
    return GRPOTrainer(str(model), list(rewards), config, Dataset.from_list([{"prompt": "A"}]))


@pytest.mark.parametrize("face", ["one function with routes", "two awaited functions"])
def test_waiting_for_a_judge_overlaps_with_rules(face: str, judge_url: str, model: Path, tmp_path: Path) -> None:
    kinds = ["judged", "ruled"] * 8
    judge = Judge(judge_url, canaries=0)  # its server says yes to everything
    if face == "one function with routes":
        rewards = [RewardFunction(Router({"judged": judge, "ruled": "test.busy"}, by="kind"), name="both")]
    else:
        routes = {"judge": {"judged": judge, "ruled": None}, "rules": {"judged": None, "ruled": "test.busy"}}
        functions = [RewardFunction(Router(route, by="kind"), name=name) for name, route in routes.items()]
        rewards = [adapter.AsyncReward(function) for function in functions]
    inputs = [{"prompt": "?", "answer": f"a tale of {i}", "kind": kind} for i, kind in enumerate(kinds)]
    trainer = trainer_with(model, tmp_path, *rewards)
    given = trainer._calculate_rewards(inputs, ["?"] * len(kinds), [f"tale {i}" for i in range(len(kinds))], [[3]] * len(kinds))
    assert given.nansum(dim=1).tolist() == [1.0] * len(kinds)
