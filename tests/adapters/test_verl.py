"""The real verl: its configuration, its reward managers and its reward loop call us and get what TRL gets."""

from __future__ import annotations

import asyncio
import math
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from patience import HANG_S
from thousand import Row, rows

import rewardkit

pytestmark = pytest.mark.skipif(find_spec("verl") is None, reason="needs verl: make test-adapters")

WHERE = "pkg://rewardkit.adapters.verl"
SCHEMA = {"score", "scored", "abstained", "error", "seconds", "reason", "route", "extracted", "steps"}


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


def token_rewards(rewards: list[float], lengths: list[int]) -> tuple[Any, Any]:
    """Rewards at the last token of each completion and the mask of its tokens, both (B, T), as verl has them."""
    import torch

    mask = (torch.arange(max(lengths)) < torch.tensor(lengths).unsqueeze(1)).float()
    scores = torch.zeros_like(mask)
    scores[torch.arange(len(rewards)), torch.tensor(lengths) - 1] = torch.tensor(rewards)
    return scores, mask


def both(name: str, rewards: list[float], lengths: list[int], uids: list[Any], **config: Any) -> tuple[Any, Any]:
    """verl's advantages and ours of the same batch."""
    import numpy as np
    from omegaconf import OmegaConf
    from verl.trainer.ppo.core_algos import get_adv_estimator_fn

    from rewardkit.adapters.verl import ESTIMATORS, register_estimators

    register_estimators()
    results = []
    for estimator in (ESTIMATORS[name], f"rewardkit_{name}"):
        scores, mask = token_rewards(rewards, lengths)
        extra: dict[str, Any] = {"norm_adv_by_std_in_grpo": config["norm_adv_by_std_in_grpo"]} if config else {}
        if estimator.startswith("rewardkit") or "passk" in estimator:
            extra = {"config": OmegaConf.create({"norm_adv_by_std_in_grpo": True, **config})}
        index = np.array(uids, dtype=object)
        results.append(get_adv_estimator_fn(estimator)(token_level_rewards=scores, response_mask=mask, index=index, **extra)[0])
    return results[0], results[1]


REWARDS = [1.0, 0.0, 0.3, 0.7, 0.0, 1.0, 1.0, 0.2, 0.5, 0.1, 0.9, 0.4]
LENGTHS = [3, 5, 2, 7, 4, 4, 1, 6, 2, 3, 5, 5]
UIDS = ["b", "a", "b", "a", "b", "a", "c", "c", "c", "c", "c", "b"]


@pytest.mark.parametrize("name", ["grpo", "rloo", "opo", "reinforce_pp", "passk"])
def test_estimators_give_its_numbers_where_it_is_right(name: str) -> None:
    import torch

    theirs, ours = both(name, REWARDS, LENGTHS, UIDS)
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)
    assert ours.abs().max() > 0.1


@pytest.mark.parametrize("name", ["grpo", "passk"])
def test_without_the_deviation_they_give_its_numbers(name: str) -> None:
    import torch

    theirs, ours = both(name, REWARDS, LENGTHS, UIDS, norm_adv_by_std_in_grpo=False)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)
    assert not torch.equal(ours, both(name, REWARDS, LENGTHS, UIDS)[1])


def test_equal_rewards_singletons_and_rows_without_a_verdict() -> None:
    theirs, ours = both("grpo", [0.9] * 8 + [0.7] + [1.0, 0.0, math.nan], [2] * 12, ["a"] * 8 + ["b"] + ["c"] * 3)
    assert theirs[:8].abs().max() > 0.01
    assert not ours[:8].any()
    assert theirs[8, 0] == pytest.approx(0.7, rel=1e-4)
    assert not ours[8].any()
    assert theirs[9:].isnan().all()
    assert ours[9:, 0].tolist() == pytest.approx([0.7071, -0.7071, 0.0], abs=1e-3)


def test_verl_finds_the_estimators_when_it_loads_us() -> None:
    import os
    import subprocess
    import sys

    code = "from verl.trainer.ppo.core_algos import get_adv_estimator_fn as f; print(f('rewardkit_grpo'), f('rewardkit_maxrl'))"
    env = {**os.environ, "VERL_USE_EXTERNAL_MODULES": "rewardkit.adapters.verl"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("_advantage") == 2


def test_its_trainer_step_uses_the_estimator_by_name() -> None:
    import numpy as np
    import torch
    from omegaconf import OmegaConf
    from verl import DataProto
    from verl.trainer.ppo.ray_trainer import compute_advantage

    from rewardkit.adapters.verl import register_estimators

    register_estimators()
    scores, mask = token_rewards(REWARDS, LENGTHS)
    uids = {"uid": np.array(UIDS, dtype=object)}
    data = DataProto.from_dict({"token_level_rewards": scores, "response_mask": mask}, uids)
    result = compute_advantage(data, "rewardkit_grpo", config=OmegaConf.create({"norm_adv_by_std_in_grpo": True}))
    torch.testing.assert_close(result.batch["advantages"], both("grpo", REWARDS, LENGTHS, UIDS)[0], rtol=1e-4, atol=1e-5)


@pytest.fixture
def logging_verl(monkeypatch: pytest.MonkeyPatch) -> Any:
    """verl's functions for a step's metrics with ours in them, put back afterwards."""
    from verl.trainer.ppo import metric_utils

    from rewardkit.adapters.verl_logs import log_metrics

    for name in ("compute_data_metrics", "get_metric_data_with_optional_routed_experts"):
        function = getattr(metric_utils, name)
        monkeypatch.setattr(metric_utils, name, getattr(function, "__wrapped__", function))
    log_metrics()
    log_metrics()  # once more changes nothing
    return metric_utils


def told(given: list[Row]) -> list[dict[str, Any]]:
    """What a reward worker tells of each row."""
    from rewardkit.adapters.verl import compute_scores

    columns = [[r.source for r in given], [r.completion for r in given], [r.answer for r in given]]
    return compute_scores(*columns, [{}] * len(given), unscored=math.nan)


def step_of(infos: list[dict[str, Any]], *, in_batch: bool) -> Any:
    """The batch that a step's metrics are computed of; the legacy trainer has the infos in it."""
    import numpy as np
    import torch
    from verl import DataProto

    size = len(infos)
    ones = torch.ones(size, 3)
    names = ("token_level_scores", "token_level_rewards", "advantages", "returns", "prompts", "responses", "response_mask")
    tensors = {**dict.fromkeys(names, ones), "attention_mask": torch.ones(size, 6)}
    columns = {key: np.array([info[key] for info in infos], dtype=object) for key in infos[0]} if in_batch else {}
    return DataProto.from_dict(tensors, columns, meta_info={"reward_extra_keys": list(columns)})


@pytest.mark.parametrize("in_batch", [True, False], ids=["legacy", "queue"])
def test_a_step_s_metrics_have_shares_rewards_by_route_and_alarms(in_batch: bool, given: list[Row], logging_verl: Any) -> None:
    from tensordict import NonTensorStack, TensorDict

    def queue(keys: Any, partition_id: str, select_fields: list[str]) -> Any:
        if select_fields == ["extra_fields"]:
            return TensorDict({"extra_fields": NonTensorStack(*({"reward_extra_info": info} for info in infos))}, [len(infos)])
        return TensorDict({}, [len(infos)])

    metrics: list[dict[str, float]] = []
    for step in range(20):
        infos = told(given[:128] if step < 10 else [Row(r.prompt, "no idea", r.answer, r.source) for r in given[:128]])
        if not in_batch:
            fetched = {"keys": ["k"], "partition_id": "p", "fields": [], "moe_lb_metrics_interval": 0}
            logging_verl.get_metric_data_with_optional_routed_experts(
                **fetched, global_steps=step, accumulator=None, kv_batch_get=queue
            )
        metrics.append(logging_verl.compute_data_metrics(step_of(infos, in_batch=in_batch), use_critic=False))
    first = metrics[0]
    assert first["rewardkit/abstained"] == sum(info["abstained"] for info in told(given[:128])) / 128
    routes = {name.removeprefix("rewardkit/reward/") for name in first if name.startswith("rewardkit/reward/")}
    assert routes == {info["route"] for info in told(given[:128]) if info["scored"] and info["route"]}
    assert first["rewardkit/seconds/max"] > 0
    assert first["response_length/mean"] == 3.0
    raised = [step for step, one in enumerate(metrics) if "rewardkit/alarm/reason" in one]
    assert raised, "no_answer rises from step 10 on"
    assert min(raised) >= 10


def test_the_parts_of_a_rubric_are_metrics_of_their_own(logging_verl: Any) -> None:
    from rewardkit.adapters.verl import compute_scores

    given = ["<think>so</think><answer>B</answer>", "<think>so</think><answer>C</answer>", "B"]
    infos = compute_scores(["x"] * 3, given, ["B"] * 3, [{"reward": "rule"}] * 3, recipe="wethink", routes={"rule": "rule"})
    metrics = logging_verl.compute_data_metrics(step_of(infos, in_batch=True), use_critic=False)
    assert metrics["rewardkit/part/accuracy"] == pytest.approx(2 / 3)
    assert metrics["rewardkit/part/format.think_answer"] == pytest.approx(2 / 3)


def test_rows_of_another_reward_are_passed_over(logging_verl: Any) -> None:
    metrics = logging_verl.compute_data_metrics(step_of([{"acc": 1.0}] * 4, in_batch=True), use_critic=False)
    assert not any(name.startswith("rewardkit") for name in metrics)
    assert metrics["critic/score/mean"] == 3.0


def words_of(page: str) -> list[str]:
    """The settings in the commands of a page."""
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text.replace("\\\n", " "), re.DOTALL | re.MULTILINE)
    words = [word for language, block in blocks if not language for word in block.split()]
    return [word for word in words if re.fullmatch(r"\+?[\w.]+=\S+", word)]


def test_the_cookbook_s_command_is_one_of_its_configuration() -> None:
    config = configured(*words_of("guide/cookbook.md"))
    kwargs = config.reward.custom_reward_function.reward_kwargs
    assert (config.algorithm.adv_estimator, kwargs["recipe"]) == ("rewardkit_grpo", "auto")
    assert math.isnan(kwargs["unscored"])


def test_the_page_s_commands_are_ones_of_its_configuration() -> None:
    words = words_of("trainers/verl.md")
    assert len(words) > 10
    config = configured(*words)
    assert config.reward.custom_reward_function.reward_kwargs == {"recipe": "wethink", "judge": "http://127.0.0.1:8000/v1"}
    assert (config.reward.reward_manager.name, config.algorithm.adv_estimator) == ("RewardManager", "grpo")
