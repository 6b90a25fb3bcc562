"""The real SkyRL gym: environments that it makes by their name score the action."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest
from thousand import rows

import rewardkit
from rewardkit import RewardFunction, Rubric
from rewardkit.adapters import skyrl

pytestmark = pytest.mark.skipif(find_spec("skyrl_gym") is None, reason="needs skyrl-gym: make test-adapters-gym")


def episode(name: str, action: str, **extras: Any) -> tuple[Any, Any]:
    """The environment and what its one step gives."""
    import skyrl_gym

    environment = skyrl_gym.make(name, env_config={}, extras=extras)
    environment.init([{"role": "user", "content": "?"}])
    return environment, environment.step(action)


def test_a_thousand_episodes_get_the_same_rewards() -> None:
    given = rows()
    expected = rewardkit.load("auto")(completions=[r.completion for r in given], answer=[r.answer for r in given])
    skyrl.register("rewardkit", "auto", unscored=-0.5)
    got = [episode("rewardkit", r.completion, reward_spec={"method": "rule", "ground_truth": r.answer}) for r in given]
    assert [step["reward"] for _, step in got] == [-0.5 if e is None else e for e in expected]
    assert [environment.get_metrics()["scored"] for environment, _ in got] == [float(e is not None) for e in expected]
    assert all(step["done"] for _, step in got)


def test_columns_reasons_and_parts() -> None:
    skyrl.register("both", RewardFunction(Rubric({"choice.option": 1.0, "format.think_answer": 0.5}), name="both"))
    environment, step = episode("both", "<answer>B</answer>", reward_spec={"ground_truth": "B"}, choices=["River", "Stone"])
    assert (step["reward"], step["metadata"]["reason"], step["metadata"]["extracted"]) == (1.0, "match", "B")
    metrics = environment.get_metrics()
    assert (metrics["choice.option"], metrics["format.think_answer"]) == (1.0, 0.0)
    assert type(environment).aggregate_metrics([metrics, metrics])
