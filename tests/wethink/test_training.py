"""SFT and GRPO of the small world by the real trainers, in so few steps that they run and need not learn."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"  # read when the hub's client is imported

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("trl") is None or find_spec("PIL") is None, reason="needs trl and pillow"),
    # These packages deprecate one another's names.
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]

CONFIGS = Path(__file__).parents[2] / "examples/wethink/configs"
Train = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for one another cost more than they bring at this size, most of all on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from examples.wethink.tiny.model import build
    from examples.wethink.tiny.world import Slips, make_rows, write_rows

    home = tmp_path_factory.mktemp("tiny")
    for name, count, held_out in (("noisy", 320, False), ("rl", 96, False), ("held_out", 30, True)):
        rows = make_rows(count, count, held_out=held_out, slips=Slips(0.55, 0.3), images=home / "world" / name)
        write_rows(home / "world" / f"{name}.jsonl", rows)
    build(home / "model", 0)
    return home


@pytest.fixture(scope="module")
def judge_url() -> Iterator[str]:
    from examples.wethink.tiny.judge_server import Server

    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.url
        server.shutdown()
        thread.join(5)


@pytest.fixture(scope="module")
def train(home: Path, judge_url: str) -> Train:
    """Runs a stage by its command line and gives the lines of its log."""
    import importlib

    from examples.wethink.book import read_book

    def call(stage: str, out: str, *settings: str, resume: bool = False, config: str = "tiny.yaml") -> list[dict[str, Any]]:
        paths = {name: home / "world" / f"{rows}.jsonl" for name, rows in (("train", "noisy"), ("rl", "rl"))}
        start = home / "model" if stage == "sft" else home / "warm" / "sft"
        given = {
            **paths,
            "model": start,
            "warm_start": start,
            "images": home / "world",
            "out": home / out,
            "reward.judge": judge_url,
        }
        texts = [*(f"{name}={value}" for name, value in given.items()), *settings]
        argv = ["--config", str(CONFIGS / config), *(part for text in texts for part in ("--set", text))]
        importlib.import_module(f"examples.wethink.{stage}").main([*argv, "--resume"] if resume else argv)
        return read_book(home / out / stage / "log.jsonl", "train")

    return call


@pytest.fixture(scope="module")
def warm(train: Train, home: Path) -> list[dict[str, Any]]:
    measured = f"held_out={home / 'world' / 'held_out.jsonl'}"
    short = ("sft.max_steps=40", "sft.per_device_train_batch_size=16", "sft.logging_steps=10", "sft.save_steps=20")
    return train("sft", "warm", measured, "held_out_every=40", *short)


@pytest.mark.usefixtures("warm")
def test_sft_runs_logs_and_measures(warm: list[dict[str, Any]], home: Path) -> None:
    from examples.wethink.book import read_book

    losses = [entry["loss"] for entry in warm if "loss" in entry]
    assert len(losses) == 4
    assert losses[-1] < losses[0]
    start, end = read_book(home / "warm/sft/log.jsonl", "held_out")
    assert (start["step"], end["step"]) == (0, 40)
    assert {"sampled_accuracy/descriptive", "greedy_accuracy/multiple choice", "sampled_reward", "greedy_format"} <= end.keys()


SHORT = (
    "held_out=null",
    "grpo.max_steps=10",
    "grpo.per_device_train_batch_size=24",
    "grpo.logging_steps=1",
    "grpo.save_steps=5",
    "grpo.save_total_limit=3",
)


@pytest.fixture(scope="module")
def grpo(train: Train, warm: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return train("grpo", "rl", *SHORT)


def rewards_of(book: list[dict[str, Any]]) -> dict[int, float]:
    return {entry["step"]: entry["reward"] for entry in book if "reward" in entry}


def test_grpo_runs_and_logs_its_reward_columns(grpo: list[dict[str, Any]], home: Path) -> None:
    steps = [entry for entry in grpo if "reward" in entry]
    assert [entry["step"] for entry in steps] == list(range(1, 11))
    for entry in steps:
        assert {"rewards/wethink/mean", "wethink/abstained", "wethink/errors"} <= entry.keys()
        assert entry["wethink/abstained"] == entry["wethink/errors"] == 0
        assert 0 <= entry["reward"] <= 1
    routes = {f"wethink/reward/{route}" for route in ("model", "rule/choice", "rule/number")}
    assert routes <= set().union(*steps)
    assert any(entry["reward_std"] > 0 and entry["grad_norm"] > 0 for entry in steps)
    assert (home / "rl/grpo/done.json").is_file()
    assert (home / "rl/grpo/model.safetensors").is_file()


def test_a_resumed_run_goes_on_as_one_that_was_not_stopped(grpo: list[dict[str, Any]], train: Train, home: Path) -> None:
    """Stopped after step 5: the steps after it get the rewards that they had in the run that went through."""
    stopped = home / "stopped/grpo"
    stopped.mkdir(parents=True)
    shutil.copytree(home / "rl/grpo/checkpoint-5", stopped / "checkpoint-5")
    resumed = rewards_of(train("grpo", "stopped", *SHORT, resume=True))
    assert resumed == {step: value for step, value in rewards_of(grpo).items() if step > 5}


@pytest.mark.parametrize(("kind", "abstains"), [("rule", True), ("judge", False), ("format", False)])
def test_the_ablation_s_rewards_train(kind: str, abstains: bool, train: Train, grpo: list[dict[str, Any]]) -> None:
    book = train("grpo", kind, *SHORT, "grpo.max_steps=2", f"reward.kind={kind}")
    steps = [entry for entry in book if "reward" in entry]
    assert len(steps) == 2
    assert (max(entry["wethink/abstained"] for entry in steps) > 0) == abstains
    assert all(entry["wethink/errors"] == 0 for entry in steps)


def test_groups_without_a_difference_count_for_nothing_when_they_are_dropped(
    grpo: list[dict[str, Any]], train: Train, monkeypatch: pytest.MonkeyPatch
) -> None:
    from examples.wethink.grpo import Grpo

    batches: list[dict[str, Any]] = []
    whole = Grpo._generate_and_score_completions

    def watched(self: Any, inputs: Any) -> dict[str, Any]:
        batches.append(whole(self, inputs))
        return batches[-1]

    monkeypatch.setattr(Grpo, "_generate_and_score_completions", watched)
    train("grpo", "dropped", *SHORT, "grpo.max_steps=6", "reward.kind=format", "drop_even_groups=true")
    even = []
    for batch in batches:
        even += (batch["advantages"].view(-1, 8) == 0).all(dim=1).tolist()
        counted = batch["completion_mask"].view(-1, 8, batch["completion_mask"].shape[1]).sum(dim=2)
        assert [bool(group.all()) for group in counted] == [not one for one in even[-len(counted) :]]
        assert [bool(group.any()) for group in counted] == [not one for one in even[-len(counted) :]]
        assert batch["num_items_in_batch"] == batch["completion_mask"].sum()
    assert {True, False} <= set(even)


ON_CPU = ("dtype=float32", "attention=null", "reward.judge_cache=null")
ONE_STEP = {
    "sft": ("sft.bf16=false", "sft.use_cpu=true", "sft.max_steps=1", "sft.logging_steps=1", "sft.gradient_accumulation_steps=2"),
    "grpo": (
        *("grpo.bf16=false", "grpo.use_cpu=true", "grpo.max_steps=1", "grpo.use_vllm=false", "grpo.max_completion_length=32"),
        *("grpo.per_device_train_batch_size=5", "grpo.gradient_accumulation_steps=2", "grpo.steps_per_generation=4"),
        "grpo.logging_steps=1",
    ),
}


@pytest.mark.parametrize("config", ["7b-1x8.yaml", "7b-multinode.yaml"])
@pytest.mark.parametrize("stage", ["sft", "grpo"])
def test_the_7b_settings_make_a_step_on_tiny_weights(
    stage: str, config: str, train: Train, warm: list[dict[str, Any]], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything but the model, the GPUs and the vLLM servers is as in the full run: five completions a group, KL, dual clip."""
    out = f"{stage}-{config}"
    book = train(stage, out, *ON_CPU, *ONE_STEP[stage], config=config)
    step = next(entry for entry in book if "loss" in entry)
    assert step["step"] == 1
    assert step["grad_norm"] > 0
    if stage == "grpo":
        assert step["num_tokens"] > 0
        assert step["kl"] >= 0
        assert "wethink" in capsys.readouterr().out  # the table of completions that the run prints
        assert list((home / out / "grpo/completions").glob("*.parquet"))
