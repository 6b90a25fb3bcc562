"""The real verl: its configuration, its reward managers and its reward loop call us and get what TRL gets."""

from __future__ import annotations

import asyncio
import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from thousand import Row, rows

import rewardkit

pytestmark = pytest.mark.skipif(find_spec("verl") is None, reason="needs verl: make test-adapters")

WHERE = "pkg://rewardkit.adapters.verl"
SCHEMA = {"score", "scored", "abstained", "error", "reason", "route", "extracted"}


@pytest.fixture(scope="module")
def given() -> list[Row]:
    return rows()


@pytest.fixture(scope="module")
def expected(given: list[Row]) -> list[float | None]:
    return rewardkit.load("auto")(completions=[r.completion for r in given], answer=[r.answer for r in given])


@pytest.fixture(scope="module")
def tokenizer(bytes_tokenizer: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(bytes_tokenizer)


def configured(*overrides: str, tokenizer: Path | None = None) -> Any:
    """verl's own PPO configuration with these overrides, as its command line would make it."""
    import verl
    from hydra import compose, initialize_config_dir

    with initialize_config_dir(str(Path(verl.__file__).parent / "trainer" / "config"), version_base=None):
        path = [] if tokenizer is None else [f"actor_rollout_ref.model.path={tokenizer}"]
        return compose("ppo_trainer", [*overrides, *path])


def batch_of(given: list[Row], tokenizer: Any) -> Any:
    """The rows as verl's rollout leaves them: prompts padded left, completions padded right and ended by a special token."""
    import numpy as np
    import torch
    from verl import DataProto

    prompts = tokenizer([r.prompt for r in given], padding=True, padding_side="left", return_tensors="pt")
    ends = [r.completion + tokenizer.eos_token for r in given]
    completions = tokenizer(ends, padding=True, padding_side="right", return_tensors="pt")
    mask = torch.cat([prompts["attention_mask"], completions["attention_mask"]], dim=1)
    return DataProto.from_dict(
        tensors={"prompts": prompts["input_ids"], "responses": completions["input_ids"], "attention_mask": mask},
        non_tensors={
            "data_source": np.array([r.source for r in given], dtype=object),
            "reward_model": np.array([{"style": "rule", "ground_truth": r.answer} for r in given], dtype=object),
            # A data set's own "answer", such as GSM8K's worked solution, must not be taken for the reference.
            "extra_info": np.array([{"index": i, "answer": "not this"} for i in range(len(given))], dtype=object),
            "raw_prompt": np.array([[{"role": "user", "content": r.prompt}] for r in given] + [None], dtype=object)[:-1],
        },
    )


@pytest.mark.parametrize(("manager", "function"), [("naive", "compute_score"), ("batch", "compute_scores")])
def test_its_managers_get_the_same_rewards(
    manager: str, function: str, given: list[Row], expected: list[float | None], tokenizer: Any
) -> None:
    from verl.trainer.ppo.reward import get_custom_reward_fn
    from verl.workers.reward_manager import get_reward_manager_cls

    own = "reward.custom_reward_function"
    config = configured(f"{own}.path={WHERE}", f"{own}.name={function}", f"+{own}.reward_kwargs.unscored=0.25")
    score = get_custom_reward_fn(config)
    result = get_reward_manager_cls(manager)(tokenizer, 0, score)(batch_of(given, tokenizer), return_dict=True)
    rewards = result["reward_tensor"]
    assert rewards.sum(dim=1).tolist() == [0.25 if e is None else e for e in expected]
    assert ((rewards != 0).sum(dim=1) <= 1).all()
    extra = result["reward_extra_info"]
    assert set(extra) == SCHEMA
    assert {len(values) for values in extra.values()} == {1000}
    assert extra["scored"] == [float(e is not None) for e in expected]


@pytest.mark.parametrize("ours", [False, True], ids=["its manager", "ours"])
def test_its_reward_loop_gets_the_same_rewards(
    ours: bool, given: list[Row], expected: list[float | None], bytes_tokenizer: Path, tokenizer: Any
) -> None:
    from verl.experimental.reward_loop import RewardLoopWorker
    from verl.trainer.ppo.reward import resolve_reward_manager_cls

    own = "reward.custom_reward_function"
    overrides = [f"{own}.path={WHERE}", f"+{own}.reward_kwargs.unscored=0.25"]
    if ours:
        module = f"reward.reward_manager.module.path={WHERE}"
        overrides += ["reward.reward_manager.source=importlib", "reward.reward_manager.name=RewardManager", module]
    config = configured(*overrides, tokenizer=bytes_tokenizer)
    data = batch_of(given, tokenizer)
    worker = RewardLoopWorker(config)
    outputs = worker.loop.run_until_complete(worker.compute_score_batch(data))
    scores = [row["reward_score"] for row in outputs]
    assert scores == [0.25 if e is None else e for e in expected]
    assert {frozenset(row["reward_extra_info"]) for row in outputs} == {frozenset(SCHEMA)}
    assembled = resolve_reward_manager_cls(config).assemble_rm_scores(data, scores)
    assert assembled.sum(dim=1).tolist() == scores
    assert assembled.shape == data.batch["responses"].shape


def test_ours_scores_a_chunk_as_one_batch(given: list[Row], tokenizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from rewardkit.adapters.verl import RewardManager

    manager = RewardManager(config=configured(), tokenizer=tokenizer)
    sizes = []
    whole = manager.reward.adecide

    async def counted(prompts: Any, completions: Any, **columns: Any) -> Any:
        sizes.append(len(completions))
        return await whole(prompts, completions, **columns)

    monkeypatch.setattr(manager.reward, "adecide", counted)

    async def ask() -> None:
        data = batch_of(given[:100], tokenizer)
        await asyncio.gather(*(manager.run_single(data[i : i + 1]) for i in range(100)))

    asyncio.run(ask())
    assert sizes == [100]


def test_a_broken_verifier_stops_the_run_and_hangs_nobody(tokenizer: Any, given: list[Row]) -> None:
    from rewardkit.adapters.verl import RewardManager
    from rewardkit.errors import UnknownName

    config = configured(
        f"reward.custom_reward_function.path={WHERE}", "+reward.custom_reward_function.reward_kwargs.recipe=autoo"
    )
    with pytest.raises(UnknownName, match="autoo"):
        RewardManager(config=config, tokenizer=tokenizer)


def test_trl_gets_the_same_rewards(model: Path, given: list[Row], expected: list[float | None], tmp_path: Path) -> None:
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    config = GRPOConfig(output_dir=str(tmp_path), use_cpu=True, bf16=False, report_to="none")
    trainer = GRPOTrainer(str(model), rewardkit.load("auto"), config, Dataset.from_list([{"prompt": "A"}]))
    inputs = [{"prompt": r.prompt, "answer": r.answer} for r in given]
    completions = [r.completion for r in given]
    got = trainer._calculate_rewards(inputs, [r.prompt for r in given], completions, [[3]] * len(given))
    assert [None if math.isnan(score) else score for score in got[:, 0].tolist()] == expected
    assert 100 < sum(score is None for score in expected) < 300
    assert sum(score == 1 for score in expected if score is not None) > 200


def test_a_none_of_ones_own_breaks_its_tensors(given: list[Row], tokenizer: Any) -> None:
    """Why a number is chosen: what verl does with a function that returns None."""
    from verl.workers.reward_manager import get_reward_manager_cls

    with pytest.raises(TypeError):
        get_reward_manager_cls("naive")(tokenizer, 0, lambda **_: None)(batch_of(given[:4], tokenizer))
