"""A reward function inside the real TRL: its call, and two steps of GRPO on a tiny random model."""

from __future__ import annotations

import json
import math
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from patience import HANG_S
from small import GROUP, ROWS

import rewardkit

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("trl") is None, reason="needs trl"),
    # These packages deprecate one another's names.
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]


def as_chat(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


@pytest.mark.parametrize("dress", [str, as_chat], ids=["strings", "messages"])
def test_trl_calls_it_and_reads_its_rewards(trainer_of: Callable[..., Any], dress: Callable[[str], Any]) -> None:
    reward = rewardkit.load("auto")
    trainer = trainer_of(reward)
    assert trainer.reward_func_names == ["auto"]
    columns = {"answer": ["B", "B", "", "42", None], "image": [object()] * 5, "difficulty": [1, 2, 3, 4, None]}
    texts = ["<answer>B</answer>", "The answer is C.", "B", r"\boxed{42}", "B"]
    inputs = [{"prompt": "?", **dict(zip(columns, row, strict=True))} for row in zip(*columns.values(), strict=True)]
    trainer.environments = [object()] * 5
    prompts = ["?" if dress is str else [{"role": "user", "content": "?"}]] * 5
    given = trainer._calculate_rewards(inputs, prompts, [dress(text) for text in texts], [[3]] * 5)
    expected = [1.0, 0.0, math.nan, 1.0, math.nan]
    assert given.shape == (5, 1)
    assert given[:, 0].tolist() == pytest.approx(expected, nan_ok=True)
    assert [verdict.score for verdict in reward.verdicts] == [None if math.isnan(score) else score for score in expected]
    assert trainer._pending_extra_logs["auto_reason"] == ["match", "mismatch", "no_reference", "match", "no_reference"]
    assert trainer._pending_extra_logs["auto_extracted"][0] == "B"
    assert trainer._pending_metrics["auto/abstained"] == [0.4]
    assert trainer._pending_metrics["auto/reward/choice"] == [0.5]


def test_two_steps_of_grpo_learn_from_it_and_log_its_numbers(trainer_of: Callable[..., Any], tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    trainer = trainer_of(rewardkit.load("auto", trace=trace))
    before = {name: weight.detach().clone() for name, weight in trainer.model.named_parameters()}
    trainer.train()
    assert any(not weight.equal(before[name]) for name, weight in trainer.model.named_parameters())
    assert all(weight.isfinite().all() for weight in trainer.model.parameters())
    steps = [entry for entry in trainer.state.log_history if "reward" in entry]
    assert len(steps) == 2
    for entry in steps:
        assert {"rewards/auto/mean", "auto/abstained", "auto/errors", "auto/reward/choice"} <= entry.keys()
        assert entry["auto/errors"] == 0
        assert 0 < entry["rewards/auto/mean"] < 1
        assert entry["rewards/auto/mean"] == pytest.approx(entry["auto/reward/choice"])
    assert sum(entry["auto/abstained"] for entry in steps) / 2 == 0.5
    assert any(entry["grad_norm"] > 0 for entry in steps)
    assert {"auto_reason", "auto_extracted"} <= trainer._logs["extra"].keys()
    assert len(trace.read_text(encoding="utf-8").splitlines()) == 2 * 4 * GROUP


def test_a_group_that_abstains_moves_nothing(trainer_of: Callable[..., Any]) -> None:
    trainer = trainer_of(rewardkit.load("auto"))
    trainer.train()
    advantages, reasons = list(trainer._logs["advantages"]), list(trainer._logs["extra"]["auto_reason"])
    assert {"no_reference", "match"} <= set(reasons)
    assert any(advantages)
    assert all(value == 0 for value, reason in zip(advantages, reasons, strict=True) if reason == "no_reference")


def test_trl_passes_whole_trajectories(trainer_of: Callable[..., Any]) -> None:
    """Turns as TRL makes them when a model calls tools: calls with arguments as objects, and no content beside them."""
    called = {"type": "function", "function": {"name": "add", "arguments": {"a": 3, "b": 4}}}
    calls = [{"role": "assistant", "content": None, "tool_calls": [called]}, {"role": "tool", "name": "add", "content": "7"}]
    completions = [[*calls, *as_chat("It is 7.")], as_chat("It is 7."), calls]
    reward = rewardkit.RewardFunction(rewardkit.get("call.match", turns="all"))
    answers = rewardkit.load("auto")
    trainer = trainer_of(reward, answers)
    inputs = [{"prompt": "?", "calls": [{"name": "add", "arguments": {"a": 3, "b": 4}}], "answer": "7"}] * 3
    prompts = [[{"role": "user", "content": "3 + 4?"}]] * 3
    given = trainer._calculate_rewards(inputs, prompts, completions, [[3]] * 3)
    assert given.tolist() == [[1.0, 1.0], [0.0, 1.0], [1.0, 0.0]]


def test_scores_of_steps_stand_in_trls_log(trainer_of: Callable[..., Any]) -> None:
    trainer = trainer_of(rewardkit.load("ar_mcts", values="v"))
    inputs = [{"prompt": "?", "v": [1.0, 0.25]}, {"prompt": "?", "v": None}]
    given = trainer._calculate_rewards(inputs, ["?"] * 2, ["x"] * 2, [[3]] * 2)
    assert given[:, 0].tolist() == pytest.approx([0.25, math.nan], nan_ok=True)
    assert trainer._pending_extra_logs["ar_mcts_steps"] == ["[1.0, 0.25]", ""]


def test_its_command_line_trains_with_ours(model: Path, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "trainers" / "trl.md").read_text(encoding="utf-8")
    words = shlex.split(re.search(r"^trl grpo.*?[^\\]$", page, re.MULTILINE | re.DOTALL)[0].replace("\\\n", " "))  # type: ignore[index]
    data = tmp_path / "data" / "train.jsonl"
    data.parent.mkdir()
    data.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    theirs = dict(zip(words[2::2], words[3::2], strict=True))
    mine = {"--model_name_or_path": model, "--dataset_name": data.parent, "--output_dir": tmp_path / "out"}
    assert set(mine) < set(theirs)
    mine |= {"--max_steps": 1, "--num_generations": GROUP, "--per_device_train_batch_size": GROUP, "--max_completion_length": 1}
    mine |= {"--report_to": "none", "--save_strategy": "no", "--use_cpu": True, "--bf16": False, "--logging_steps": 1}
    given = [str(word) for pair in {**theirs, **mine}.items() for word in pair]
    command = [sys.executable, "-c", "from trl.cli import main; main()", *words[1:2], *given]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "auto/abstained" in done.stdout
