"""The real tinker-cookbook: its problem environment steps with our check of the answer."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import pytest
from thousand import rows

import rewardkit
from rewardkit import RewardFunction, Rubric
from rewardkit.adapters import tinker_cookbook

pytestmark = pytest.mark.skipif(find_spec("tinker_cookbook") is None, reason="needs tinker-cookbook: make test-adapters-gym")


class Renderer:
    """As much of a renderer as a step asks for; an action is its text."""

    def parse_response(self, action: str) -> tuple[dict[str, str], Any]:
        return {"role": "assistant", "content": action}, SimpleNamespace(is_stop_sequence=True, is_clean=True)

    def get_stop_sequences(self) -> list[str]:
        return ["</s>"]


def test_a_thousand_steps_get_the_same_rewards() -> None:
    given = rows()
    expected = rewardkit.load("auto")(completions=[r.completion for r in given], answer=[r.answer for r in given])
    environment = tinker_cookbook.problem_env("auto", unscored=-0.5)
    got = [asyncio.run(environment(Renderer(), r.prompt, r.answer).step(r.completion)) for r in given]
    assert [step.reward for step in got] == [-0.5 if e is None else e for e in expected]
    assert [step.metrics["scored"] for step in got] == [float(e is not None) for e in expected]


def test_columns_parts_and_its_own_settings() -> None:
    both = RewardFunction(Rubric({"choice.option": 1.0, "format.think_answer": 0.5}), name="both")
    made = tinker_cookbook.problem_env(both)(Renderer(), "Which?", "B", choices=["River", "Stone"], settings={"format_coef": 0.1})
    step = asyncio.run(made.step("<answer>B</answer>"))
    assert (step.reward, step.metrics["choice.option"], step.metrics["format.think_answer"]) == (1.0, 1.0, 0.0)
    assert (made.format_coef, made.get_reference_answer()) == (0.1, "B")
