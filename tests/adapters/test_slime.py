"""slime's interface, by its documented samples and arguments: rewards, the mask, and what it trains on."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from thousand import rows

import rewardkit
from rewardkit import RewardFunction, Rubric
from rewardkit.adapters import slime


@dataclass
class Sample:
    """The fields of slime/utils/types.py that a reward touches."""

    prompt: Any = ""
    response: str = ""
    label: Any = None
    reward: Any = None
    remove_sample: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)


def settings(**more: Any) -> Any:
    found = {
        "n_samples_per_prompt": 4,
        "rewards_normalization": True,
        "grpo_std_normalization": True,
        "advantage_estimator": "grpo",
    }
    return SimpleNamespace(**{**found, **more})


def test_a_thousand_samples_get_the_same_rewards_alone_and_in_groups() -> None:
    given = rows()
    expected = rewardkit.load("auto")(completions=[r.completion for r in given], answer=[r.answer for r in given])
    group = [Sample(r.prompt, r.completion, r.answer) for r in given]
    assert asyncio.run(slime.auto(settings(), group)) == [0.0 if e is None else e for e in expected]
    assert [sample.remove_sample for sample in group] == [e is None for e in expected]

    async def one_by_one() -> list[float]:
        return [await slime.auto(settings(), Sample(r.prompt, r.completion, r.answer), evaluation=True) for r in given]

    assert asyncio.run(one_by_one()) == [0.0 if e is None else e for e in expected]


def test_labels_and_metadata_hold_columns_and_get_the_reason() -> None:
    label = json.dumps({"answer": "Stone", "choices": ["River", "Stone"]})
    by_label = Sample("Which?", "<answer>B</answer>", label)
    by_metadata = Sample("Which?", "<answer>B</answer>", "Stone", metadata={"choices": ["River", "Stone"], "rm_type": "x"})
    assert asyncio.run(slime.auto(settings(), [by_label])) == asyncio.run(slime.auto(settings(), [by_metadata])) == [1.0]
    assert by_metadata.metadata["rewardkit"] == {
        **{"scored": 1.0, "abstained": 0.0, "error": 0.0},
        **{"reason": "match", "route": "choice", "extracted": "B"},
    }
    assert by_metadata.metadata["rm_type"] == "x"


def test_parts_of_a_rubric_are_noted() -> None:
    both = slime.reward_model(RewardFunction(Rubric({"number.equal": 1.0, "format.think_answer": 0.5}), name="both"))
    sample = Sample("6 · 7?", "It is 42.", "42")
    assert asyncio.run(both(settings(), sample)) == 1.0
    assert (sample.metadata["rewardkit"]["number.equal"], sample.metadata["rewardkit"]["format.think_answer"]) == (1.0, 0.0)


def test_what_is_removed_is_out_of_the_baseline() -> None:
    group = [
        Sample(reward=0.0, remove_sample=True),
        Sample(reward=0.0),
        Sample(reward=1.0),
        Sample(reward=0.0, remove_sample=True),
    ]
    raw, advantages = slime.post_process_rewards(settings(), group)
    assert raw == [0.0, 0.0, 1.0, 0.0]
    assert advantages == pytest.approx([0.0, -0.7071, 0.7071, 0.0], abs=1e-4)
    for estimator, divided in (("reinforce_plus_plus_baseline", True), ("grpo", False)):
        given = settings(advantage_estimator=estimator, grpo_std_normalization=divided)
        assert slime.post_process_rewards(given, group)[1] == [0.0, -0.5, 0.5, 0.0]
    assert slime.post_process_rewards(settings(rewards_normalization=False), [group]) == (raw, raw)


def test_advantages_are_its_own_formula_where_every_sample_has_a_verdict() -> None:
    import torch

    rewards = torch.rand(12, generator=torch.Generator().manual_seed(1))
    centred = rewards.view(-1, 4) - rewards.view(-1, 4).mean(dim=1, keepdim=True)
    own = (centred / (centred.std(dim=1, keepdim=True) + 1e-6)).flatten()
    got = slime.post_process_rewards(settings(), [Sample(reward=r) for r in rewards.tolist()])[1]
    assert got == pytest.approx(own.tolist(), abs=1e-5)


def test_answers_of_the_service_are_read_and_their_rows_removed() -> None:
    def answer(score: Any) -> dict[str, Any]:
        return {"score": score, "scored": float(score is not None), "reason": "match"}

    group = [Sample(reward=answer(score)) for score in (1.0, 0.0, None, None)]
    raw, advantages = slime.post_process_rewards(settings(), group)
    assert (raw, [sample.remove_sample for sample in group]) == ([1.0, 0.0, 0.0, 0.0], [False, False, True, True])
    assert advantages == pytest.approx([0.7071, -0.7071, 0.0, 0.0], abs=1e-4)
