"""Reinforcement learning: TRL's GRPOTrainer with WeThink's hybrid reward, for any model size.

python -m examples.wethink.grpo --config examples/wethink/configs/tiny.yaml

On several GPUs through accelerate, as in examples/wethink/launch/train.sh.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trl import GRPOConfig, GRPOTrainer

from examples.wethink.models import load_model, load_processor
from examples.wethink.rewards import reward_of
from examples.wethink.rows import load_rows
from examples.wethink.settings import Settings, arguments
from examples.wethink.training import Resuming, callbacks_of, run, trainer_arguments
from rewardkit.adapters.trl import GroupAdvantageMixin

__all__ = ["Grpo", "main", "trainer_of"]


class Grpo(Resuming, GroupAdvantageMixin, GRPOTrainer):
    """TRL's trainer with advantages by `rewardkit.advantages`; it resumes, and can leave out groups that say nothing.

    With `drop_even_groups` the rows of groups whose rewards are all equal count neither in the mean over tokens nor in the KL
    term. That is the filter of DAPO (arXiv 2503.14476) without its drawing of further groups.
    """

    drop_even_groups = False

    def _generate_and_score_completions(self, inputs: Any) -> dict[str, Any]:
        batch = super()._generate_and_score_completions(inputs)
        if self.drop_even_groups and self.model.training:
            size = len(batch["advantages"])
            first = self.accelerator.process_index * size
            # A group may lie on two processes. In even groups, and in no others, every advantage is exactly 0.
            groups = self.accelerator.gather(batch["advantages"]).view(-1, self.num_generations)
            tells = groups.ne(0).any(dim=1).repeat_interleave(self.num_generations)[first : first + size]
            batch["completion_mask"] = batch["completion_mask"] * tells[:, None]
            batch["num_items_in_batch"] = self.accelerator.gather(batch["completion_mask"].sum()).sum()
        return batch


def trainer_of(settings: Settings) -> Grpo:
    """The trainer of a run, ready to train."""
    config = GRPOConfig(**trainer_arguments(settings, "grpo"))
    processor = load_processor(settings.start, settings.max_pixels)
    trainer = Grpo(
        model=load_model(settings.start, settings.dtype, settings.attention, settings.freeze_vision),
        reward_funcs=reward_of(**settings.reward),
        args=config,
        train_dataset=load_rows(settings.rl, settings.images, settings.system_prompt),
        processing_class=processor,
        callbacks=callbacks_of(settings, "grpo", processor),
    )
    trainer.drop_even_groups = settings.drop_even_groups
    return trainer


def main(argv: Sequence[str] | None = None) -> None:
    """Train as the command line says."""
    settings, options = arguments(__doc__, argv)
    run(trainer_of(settings), resume=options.resume)


if __name__ == "__main__":
    main()
