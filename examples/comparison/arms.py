"""What is compared: each recipe as published, as far as it fits into a small world, and each of its tricks left out in turn.

Learning rate, group size, batch and steps are the same for all. What stands here is what the papers vary: the reward, the weight
β of the divergence from the warm start, and what is done with groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rewardkit.advantages import AccuracyBounds, DifficultyWeight, Hook, PadPower, PadSoftmax, ShortestCorrectBonus
from rewardkit.schedules import Schedule, grpo_d

__all__ = ["ARMS", "HACKS", "Arm", "beta_of"]

BONUS = ShortestCorrectBonus(bonus=0.2, min_length=15)
"""As published the shortest completion must have over 100 tokens; here the longest has 48."""
WEIGHT = DifficultyWeight(sigma=1.8)
FILTER = AccuracyBounds(0.1, 0.9)
CODE_PAD, PAPER_PAD = PadPower(0.03, 0.97), PadSoftmax(0.03, 0.97)


@dataclass(frozen=True)
class Arm:
    """One way to train: the recipe that pays, its options, β ("grpo_d" moves it), and what is done with groups."""

    name: str
    recipe: str
    options: Mapping[str, Any] = field(default_factory=dict)
    beta: float | str = 0.0
    hooks: tuple[Hook, ...] = ()
    draw: PadPower | PadSoftmax | None = None
    published: bool = False
    rows: str = "questions"


def _revisual(name: str, pad: PadPower | PadSoftmax | None = None, *, published: bool = False, **options: Any) -> Arm:
    return Arm(name, "revisual_r1", options, hooks=() if pad is None else (pad,), draw=pad, published=published)


ARMS = (
    Arm("accuracy alone", "auto"),
    Arm("accuracy alone, β 0.01", "auto", beta=0.01),
    Arm("general_reasoner", "general_reasoner", beta=1e-4, published=True),
    Arm("mm_eureka", "mm_eureka", hooks=(FILTER,), published=True),
    Arm("mm_eureka, no filter", "mm_eureka"),
    Arm("observe_r1", "observe_r1", hooks=(BONUS, WEIGHT), published=True),
    Arm("observe_r1, no bonus", "observe_r1", hooks=(WEIGHT,)),
    Arm("observe_r1, no weight", "observe_r1", hooks=(BONUS,)),
    Arm("openvlthinker", "openvlthinker", beta=0.01, published=True),
    Arm("othink_mr1", "othink_mr1", beta="grpo_d", published=True),
    Arm("othink_mr1, β 0.07", "othink_mr1", beta=0.07),
    _revisual("revisual_r1", CODE_PAD, published=True),
    _revisual("revisual_r1, PAD of the paper", PAPER_PAD),
    _revisual("revisual_r1, no PAD"),
    _revisual("revisual_r1, no PAD, no words", words=False),
    _revisual("revisual_r1, no PAD, length", budget=24),
    Arm("seed_bench_r1", "seed_bench_r1", beta=0.1, published=True),
    Arm("vision_r1", "vision_r1", beta=0.01, published=True),
    Arm("wethink", "wethink", beta=0.01, published=True),
)

HACKS = (
    Arm("stuffed words", "revisual_r1"),
    Arm("the same without the words", "revisual_r1", {"words": False}),
    Arm("paid form", "wethink", rows="too hard"),
    Arm("the same, gated", "wethink", {"gated": True}, rows="too hard"),
)
"""Longer runs that show what a reward teaches where nobody looks: ReVisual's words, and 0.3 for form where all are wrong."""


def beta_of(arm: Arm, steps: int) -> tuple[float, Schedule | None]:
    """The first β, and how it moves."""
    if arm.beta != "grpo_d":
        return float(arm.beta), None
    moving = grpo_d(0.04, 0.1, steps=steps)
    return moving(0), moving
