"""The warm start: TRL's SFTTrainer on `refined_cot`, for any model size.

python -m examples.wethink.sft --config examples/wethink/configs/tiny.yaml

On several GPUs through accelerate, as in examples/wethink/launch/train.sh.
"""

from __future__ import annotations

from collections.abc import Sequence

from trl import SFTConfig, SFTTrainer

from examples.wethink.models import load_model, load_processor
from examples.wethink.rows import load_rows
from examples.wethink.settings import Settings, arguments
from examples.wethink.training import Resuming, callbacks_of, run, trainer_arguments

__all__ = ["WarmStart", "main", "trainer_of"]


class WarmStart(Resuming, SFTTrainer):
    """TRL's trainer, which resumes."""


def trainer_of(settings: Settings) -> WarmStart:
    """The trainer of a run, ready to train; the loss is on the completion alone."""
    config = SFTConfig(**{"completion_only_loss": True, "max_length": None, **trainer_arguments(settings, "sft")})
    processor = load_processor(settings.model, settings.max_pixels)
    return WarmStart(
        model=load_model(settings.model, settings.dtype, settings.attention, settings.freeze_vision),
        args=config,
        train_dataset=load_rows(settings.train, settings.images, settings.system_prompt, demonstrations=True),
        processing_class=processor,
        callbacks=callbacks_of(settings, "sft", processor),
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Train as the command line says."""
    settings, options = arguments(__doc__, argv)
    run(trainer_of(settings), resume=options.resume)


if __name__ == "__main__":
    main()
