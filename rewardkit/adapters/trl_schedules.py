"""TRL: numbers of a GRPO trainer that move in a run, by the schedules of `rewardkit.schedules`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit.errors import BadParameter, UnknownName

if TYPE_CHECKING:
    from rewardkit.schedules import Schedule

__all__ = ["MOVABLE", "scheduled"]

MOVABLE = ("beta", "entropy_coef", "epsilon_low", "epsilon_high", "max_completion_length")
"""What TRL reads anew in every step. How many completions a prompt gets is fixed when a trainer is made."""
FOR_GOOD = ("beta", "entropy_coef")  # a trainer that is made with 0 leaves out what they weigh


def scheduled(trainer: Any, **schedules: Schedule) -> None:
    """Move numbers of a trainer: `scheduled(trainer, beta=grpo_d(0.04, 0.1, steps=1000))`; each is set before its step.

    A step is one of `trainer.state.global_step`, from 0; a resumed run goes on where it was.

    Raises:
        UnknownName: For a number that is not one of `MOVABLE`.
        BadParameter: For `beta` or `entropy_coef` of a trainer that was made with 0, for it then never looks at them.
    """
    for name in schedules:
        if name not in MOVABLE:
            raise UnknownName("number of a trainer that can move", name, MOVABLE)
        if name in FOR_GOOD and not getattr(trainer, name):
            message = (
                f"{name} moves, but the trainer was made with {name}={getattr(trainer, name)!r}; make it with the first value"
            )
            raise BadParameter(message)
    from transformers import TrainerCallback

    class Moves(TrainerCallback):
        def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            for name, schedule in schedules.items():
                _set(trainer, name, schedule(state.global_step))

    trainer.add_callback(Moves())


def _set(trainer: Any, name: str, value: float) -> None:
    if name != "max_completion_length":
        setattr(trainer, name, value)
        return
    trainer.max_completion_length = int(value)
    if getattr(trainer, "generation_config", None) is not None:
        trainer.generation_config.max_new_tokens = int(value)
