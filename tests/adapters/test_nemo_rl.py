"""NeMo RL's documented interface: its modules are stood in for by what they document, since the index holds but a placeholder.

`nemo_rl_advantages.jsonl` is what its own code gives: `GRPOAdvantageEstimator` (nemo_rl/algorithms/advantage_estimator.py at
00925dd, with calculate_baseline_and_std_per_prompt of utils.py at 0043953) run on these rewards with torch 2.13.0 on a CPU.
Where NeMo RL is installed, the installed one is asked as well.
"""

from __future__ import annotations

import json
import math
import sys
import types
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from thousand import rows

import rewardkit
from rewardkit.adapters import nemo_rl

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")


class EnvironmentReturn(NamedTuple):
    """The fields of nemo_rl.environments.interfaces.EnvironmentReturn."""

    observations: list[dict[str, str]]
    metadata: list[Any]
    next_stop_strings: list[Any]
    rewards: Any
    terminateds: Any
    answers: list[str | None] | None = None


@pytest.fixture
def documented(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, str]]:
    """Its interfaces and the two registries that an environment has to stand in."""
    registries: dict[str, dict[str, str]] = {"actors": {}, "environments": {}}
    parts = {
        "nemo_rl": {},
        "nemo_rl.environments": {},
        "nemo_rl.distributed": {},
        "nemo_rl.environments.interfaces": {"EnvironmentReturn": EnvironmentReturn},
        "nemo_rl.environments.utils": {"register_env": registries["environments"].__setitem__},
        "nemo_rl.distributed.ray_actor_environment_registry": {"ACTOR_ENVIRONMENT_REGISTRY": registries["actors"]},
        "nemo_rl.distributed.virtual_cluster": {"PY_EXECUTABLES": types.SimpleNamespace(SYSTEM="python")},
    }
    for name, content in parts.items():
        module = types.ModuleType(name)
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, module)
    return registries


def log(prompt: str, completion: str) -> list[dict[str, Any]]:
    """A message log as it arrives, with the token ids that it carries beside the text."""
    return [{"role": "user", "content": prompt, "token_ids": [1]}, {"role": "assistant", "content": completion, "token_ids": [2]}]


@pytest.mark.usefixtures("documented")
def test_a_step_scores_as_the_reward_function_does() -> None:
    given = rows()
    environment = nemo_rl.RewardEnvironment({"recipe": "auto", "unscored": -0.5, "stop_strings": ["</answer>"]})
    result = environment.step([log(r.prompt, r.completion) for r in given], [{"ground_truth": r.answer} for r in given])
    texts, prompts = [r.completion for r in given], [r.prompt for r in given]
    expected = rewardkit.load("auto")(completions=texts, prompts=prompts, answer=[r.answer for r in given])
    assert result.rewards.tolist() == [-0.5 if score is None else score for score in expected]
    assert result.rewards.shape == result.terminateds.shape == (1000,)
    assert result.terminateds.all()
    assert [row["scored"] for row in result.metadata] == [float(score is not None) for score in expected]
    assert {tuple(row) for row in result.metadata} == {("ground_truth", "scored", "abstained", "error", "reason")}
    assert result.next_stop_strings == [["</answer>"]] * 1000
    assert {len(field) for field in result} == {1000}


@pytest.mark.usefixtures("documented")
def test_only_the_last_assistant_message_counts() -> None:
    turns = [*log("2+2?", "The answer is 4."), {"role": "user", "content": "Sure?"}, *log("", "The answer is 5.")[1:]]
    result = nemo_rl.RewardEnvironment({}).step([turns], [{"answer": "4"}])
    assert result.rewards.tolist() == [0.0]
    assert result.answers == ["5"]


@pytest.mark.usefixtures("documented")
def test_a_log_without_an_assistant_has_no_answer() -> None:
    assert nemo_rl.RewardEnvironment({}).step([log("4?", "x")[:1]], [{"answer": "4"}]).rewards.tolist() == [0.0]


def test_it_is_registered_under_the_name_its_configuration_uses(documented: dict[str, dict[str, str]]) -> None:
    nemo_rl.register()
    name = f"{nemo_rl.RewardEnvironment.__module__}.{nemo_rl.RewardEnvironment.__qualname__}"
    assert documented == {"actors": {name: "python"}, "environments": {"rewardkit": name}}


@pytest.mark.skipif(find_spec("ray") is None, reason="needs ray")
def test_it_becomes_an_actor_class_with_its_settings() -> None:
    actor = nemo_rl.RewardEnvironment.options(num_cpus=0.5)
    assert callable(actor.remote)


def test_rows_without_a_verdict_are_out_of_its_mean() -> None:
    import torch

    batch, metrics = nemo_rl.RewardEnvironment({}).global_post_process_and_metrics(
        {"rewards": torch.tensor([1.0, torch.nan, 0.0])}
    )
    assert metrics == {"reward": 0.5, "num_problems_in_batch": 3.0}
    assert batch["rewards"][1].isnan()


RECORDED = [json.loads(line) for line in Path(__file__).with_name("nemo_rl_advantages.jsonl").read_text("utf-8").splitlines()]


def estimated(row: dict[str, Any], estimator: Any = nemo_rl.GroupAdvantageEstimator) -> list[float]:
    """The advantages of a recorded batch, through NeMo RL's call; ours unless another estimator is given."""
    import torch

    config = types.SimpleNamespace(use_leave_one_out_baseline=row["leave_one_out"], normalize_rewards=row["normalize"])
    prompts = torch.tensor(row["groups"]).unsqueeze(-1).expand(-1, 3)
    rewards = torch.tensor([math.nan if reward is None else reward for reward in row["rewards"]])
    mask = torch.ones(len(rewards), 5)
    extra = {"valid_mask": torch.tensor(row["valid"])} if "valid" in row else {}
    values = estimator(config, None).compute_advantage(prompts, rewards, mask, **extra)
    assert values.shape == mask.shape
    return list(values[:, 0].tolist())


def named(row: dict[str, Any]) -> str:
    return f"{row['why']}{', left out' * row['leave_one_out']}{', normalised' * row['normalize']}"


def counts(row: dict[str, Any]) -> list[bool]:
    """The rows that have a reward and are not masked."""
    valid = row.get("valid", [1.0] * len(row["rewards"]))
    return [reward is not None and bool(v) for reward, v in zip(row["rewards"], valid, strict=True)]


SAME = [row for row in RECORDED if None not in row["rewards"] and not (row["leave_one_out"] and row["normalize"])]


@pytest.mark.parametrize("row", SAME, ids=named)
def test_its_numbers_where_they_are_right(row: dict[str, Any]) -> None:
    ours = estimated(row)
    for own, theirs, counted in zip(ours, row["theirs"], counts(row), strict=True):
        assert own == (pytest.approx(theirs, rel=2e-5, abs=1e-6) if counted else 0.0)


@pytest.mark.parametrize("row", [row for row in RECORDED if row["leave_one_out"] and row["normalize"]], ids=named)
def test_the_divisor_is_the_group_s_where_it_leaves_a_row_out_of_its_own(row: dict[str, Any]) -> None:
    """n/(n-1) times the plain form, so that a group's rows keep their proportions and sum to nothing."""
    ours = estimated(row)
    plain = estimated({**row, "leave_one_out": False})
    for group in set(row["groups"]):
        rows = [i for i, own in enumerate(row["groups"]) if own == group]
        n = sum(counts(row)[i] for i in rows)
        assert sum(ours[i] for i in rows) == pytest.approx(0.0, abs=1e-5)
        for i in rows:
            assert ours[i] == pytest.approx(plain[i] * n / (n - 1) if n > 1 else 0.0, rel=1e-5, abs=1e-7)


def recorded(why: str) -> dict[str, Any]:
    """With its defaults: leave one out, normalised."""
    return next(row for row in RECORDED if row["why"].startswith(why) and row["leave_one_out"] and row["normalize"])


def test_the_only_success_of_a_group_is_not_the_smallest_in_scale() -> None:
    row = recorded("one success in eight")
    assert row["theirs"] == pytest.approx([1.0] + [-0.37796] * 7, abs=1e-5)
    assert estimated(row) == pytest.approx([2.82840] + [-0.40406] * 7, abs=1e-4)


def test_equal_rewards_and_missing_ones() -> None:
    row = recorded("equal rewards that")
    assert max(row["theirs"]) > 1e-4
    assert estimated(row) == [0.0] * 8
    row = recorded("a row without a reward")
    assert row["theirs"] == [None] * 8  # NaN for all eight
    assert estimated(row)[0] == 0.0
    assert sum(map(bool, estimated(row))) == 7


def test_the_installed_package_gives_what_was_recorded() -> None:
    theirs = pytest.importorskip("nemo_rl.algorithms.advantage_estimator", exc_type=ImportError)
    for row in RECORDED:
        found = [None if math.isnan(value) else value for value in estimated(row, theirs.GRPOAdvantageEstimator)]
        assert found == pytest.approx(row["theirs"], rel=1e-5, abs=1e-6), row["why"]
