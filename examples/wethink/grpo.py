"""Reinforcement learning: TRL's GRPOTrainer with WeThink's hybrid reward, for any model size.

python -m examples.wethink.grpo --config examples/wethink/configs/tiny.yaml

On several GPUs through accelerate, as in examples/wethink/launch/train.sh.
"""

from __future__ import annotations

from collections.abc import Sequence

from trl import GRPOConfig, GRPOTrainer

from examples.wethink.models import load_model, load_processor
from examples.wethink.rewards import reward_of
from examples.wethink.rows import load_rows
from examples.wethink.settings import Settings, arguments
from examples.wethink.training import Resuming, callbacks_of, run, trainer_arguments

__all__ = ["Grpo", "main", "trainer_of"]


class Grpo(Resuming, GRPOTrainer):
    """TRL's trainer, which resumes."""


def trainer_of(settings: Settings) -> Grpo:
    """The trainer of a run, ready to train."""
    config = GRPOConfig(**trainer_arguments(settings, "grpo"))
    processor = load_processor(settings.start, settings.max_pixels)
    return Grpo(
        model=load_model(settings.start, settings.dtype, settings.attention, settings.freeze_vision),
        reward_funcs=reward_of(**settings.reward),
        args=config,
        train_dataset=load_rows(settings.rl, settings.images, settings.system_prompt),
        processing_class=processor,
        callbacks=callbacks_of(settings, "grpo", processor),
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Train as the command line says."""
    settings, options = arguments(__doc__, argv)
    run(trainer_of(settings), resume=options.resume)


if __name__ == "__main__":
    main()
