"""Schedules inside the real TRL: what moves has moved when the step is taken."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import pytest

import rewardkit
from rewardkit.adapters.trl_schedules import scheduled
from rewardkit.errors import BadParameter, UnknownName
from rewardkit.schedules import Exponential, Linear, Stages

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("trl") is None, reason="needs trl"),
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning"),
]


def test_numbers_move_before_each_step(trainer_of: Callable[..., Any]) -> None:
    trainer = trainer_of(rewardkit.load("auto"), beta=0.5, entropy_coef=0.02)
    seen: list[tuple[float, float]] = []
    loss = trainer.compute_loss

    def watched(*args: Any, **kwargs: Any) -> Any:
        seen.append((trainer.beta, trainer.entropy_coef))
        return loss(*args, **kwargs)

    trainer.compute_loss = watched
    lengths = Stages([(0, 1), (1, 3)])
    scheduled(trainer, beta=Linear([(0, 0.5), (1, 0.25)]), entropy_coef=Exponential(0.02, 0.5), max_completion_length=lengths)
    trainer.train()
    assert seen == [(0.5, 0.02), (0.25, 0.01)]
    assert [entry["completions/max_length"] for entry in trainer.state.log_history if "reward" in entry] == [1, 3]


def test_what_cannot_move_is_refused(trainer_of: Callable[..., Any]) -> None:
    trainer = trainer_of(rewardkit.load("auto"))
    with pytest.raises(UnknownName, match="num_generations"):
        scheduled(trainer, num_generations=Stages([(0, 8)]))
    with pytest.raises(BadParameter, match="made with beta=0"):
        scheduled(trainer, beta=Linear([(0, 0.1)]))
