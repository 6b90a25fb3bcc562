"""The real axolotl: its loader takes the recipes by their path, and what it loads gives what TRL gets."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest
from thousand import rows

import rewardkit
from rewardkit.adapters import trl

pytestmark = pytest.mark.skipif(find_spec("axolotl") is None, reason="needs axolotl: make test-adapters-gym")

RECIPES = [name for name in trl.__all__ if name.islower()]


@pytest.mark.parametrize("name", RECIPES)
def test_its_loader_takes_every_recipe(name: str) -> None:
    from axolotl.core.trainers.grpo import GRPOStrategy

    assert GRPOStrategy.get_reward_func(f"rewardkit.adapters.trl.{name}") is getattr(trl, name)


def test_a_thousand_rows_get_the_same_rewards() -> None:
    from axolotl.core.trainers.grpo import GRPOStrategy

    given = rows()
    columns: dict[str, Any] = {"completions": [r.completion for r in given], "answer": [r.answer for r in given]}
    reward = GRPOStrategy.get_reward_func("rewardkit.adapters.trl.auto")
    prompts = [[{"role": "user", "content": r.prompt}] for r in given]
    assert reward(prompts=prompts, **columns, trainer_state=None) == rewardkit.load("auto")(**columns)
