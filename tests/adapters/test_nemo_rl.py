"""NeMo RL's documented interface: its modules are stood in for by what they document, since the package is on no index."""

from __future__ import annotations

import sys
import types
from importlib.util import find_spec
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
    expected = rewardkit.load("auto")(completions=[r.completion for r in given], answer=[r.answer for r in given])
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


def documented_advantages(rewards: list[float], leave_one_out: bool, normalize: bool) -> list[float]:
    """NeMo RL's advantages of one group as its documentation gives them, row by row, in float64.

    The baseline is the mean of the other rows (or of all), the divisor the deviation of the same rows where it is above 0.
    """
    result = []
    for place, reward in enumerate(rewards):
        rows = [r for i, r in enumerate(rewards) if not leave_one_out or i != place]
        mean = sum(rows) / len(rows)
        deviation = (sum((r - mean) ** 2 for r in rows) / (len(rows) - 1)) ** 0.5
        result.append((reward - mean) / (deviation + 1e-6) if normalize and deviation > 0 else reward - mean)
    return result


def estimated(rewards: list[float], leave_one_out: bool, normalize: bool, **extra: Any) -> list[float]:
    """Our advantages of one group, through NeMo RL's call."""
    import torch

    config = types.SimpleNamespace(use_leave_one_out_baseline=leave_one_out, normalize_rewards=normalize)
    prompts, mask = torch.ones(len(rewards), 3, dtype=torch.long), torch.ones(len(rewards), 5)
    values = nemo_rl.GroupAdvantageEstimator(config).compute_advantage(prompts, torch.tensor(rewards), mask, **extra)
    assert values.shape == mask.shape
    return list(values[:, 0].tolist())


REWARDS = [1.0, 0.0, 0.3, 0.7, 0.0, 1.0]


@pytest.mark.parametrize(("leave_one_out", "normalize"), [(True, False), (False, False), (False, True)])
def test_its_documented_numbers_where_they_are_right(leave_one_out: bool, normalize: bool) -> None:
    expected = documented_advantages(REWARDS, leave_one_out, normalize)
    assert estimated(REWARDS, leave_one_out, normalize) == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_the_only_success_of_a_group_is_not_the_smallest_in_scale() -> None:
    rewards = [1.0] + [0.0] * 7
    theirs, ours = documented_advantages(rewards, True, True), estimated(rewards, True, True)
    assert theirs[0] == 1.0
    assert theirs[1] == pytest.approx(-0.378, abs=1e-3)
    assert ours[0] == pytest.approx(8 / 7 * 2.475, abs=1e-2)
    assert ours[0] == pytest.approx(-7 * ours[1], rel=1e-5)


def test_masked_rows_and_equal_rewards_count_for_nothing() -> None:
    import torch

    valid = torch.tensor([1.0, 1.0, 0.0, 1.0])
    assert estimated([1.0, 0.0, 9.0, 0.5], True, False, valid_mask=valid) == pytest.approx([0.75, -0.75, 0.0, 0.0])
    assert estimated([0.95] * 8, False, True) == [0.0] * 8
