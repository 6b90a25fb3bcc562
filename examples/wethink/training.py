"""What SFT and GRPO share: folders, callbacks, the last checkpoint, saving."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from transformers import TrainerCallback
from transformers.trainer_utils import get_last_checkpoint

from examples.wethink.book import Book
from examples.wethink.heldout import HeldOut, MeasureHeldOut
from examples.wethink.rewards import reward_of
from examples.wethink.rows import load_rows
from examples.wethink.settings import Settings

__all__ = ["Resuming", "callbacks_of", "held_out_of", "run", "trainer_arguments"]


class Resuming:
    """A trainer that goes on with the weights of its checkpoint; put it before TRL's trainer.

    transformers 5.23 saves Qwen2.5-VL under the names of the hub's files and reads a checkpoint back under the module's own, so
    that none fits, a warning is all that tells, and training goes on from the weights it once began with.
    """

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        if self.is_fsdp_enabled or self.is_deepspeed_enabled:  # type: ignore[attr-defined]
            super()._load_from_checkpoint(resume_from_checkpoint, model)  # type: ignore[misc]
            return
        own = self.model if model is None else model  # type: ignore[attr-defined]
        saved = type(own).from_pretrained(resume_from_checkpoint, dtype=own.dtype)
        own.load_state_dict(saved.state_dict())

    def _issue_warnings_after_load(self, load_result: Any) -> None:
        if load_result.missing_keys:
            message = f"the checkpoint lacks {len(load_result.missing_keys)} weights, such as {load_result.missing_keys[0]}"
            raise RuntimeError(message)


def trainer_arguments(settings: Settings, stage: str) -> dict[str, Any]:
    """The arguments of the stage's config class: those of the settings, and the folder."""
    given = dict(getattr(settings, stage))
    return {"output_dir": str(Path(settings.out) / stage), **given}


def callbacks_of(settings: Settings, stage: str, processor: Any) -> list[TrainerCallback]:
    """The log, and the held-out measurement when the settings have rows for it."""
    book = Book(Path(settings.out) / stage / "log.jsonl")
    if settings.held_out is None:
        return [book]
    return [book, MeasureHeldOut(held_out_of(settings, processor), settings.held_out_every, book)]


def held_out_of(settings: Settings, processor: Any) -> HeldOut:
    """The held-out questions of the settings, measured by the recipe as published, whatever is trained on."""
    if settings.held_out is None:
        message = "the settings have no held_out: give it a JSONL file of rows"
        raise ValueError(message)
    judged = {name: value for name, value in settings.reward.items() if name in ("judge", "judge_cache")}
    rows = load_rows(settings.held_out, settings.images, settings.system_prompt)
    tokens = settings.grpo.get("max_completion_length", 256)
    return HeldOut(rows, processor, reward_of("hybrid", **judged, judge_on="never"), max_new_tokens=tokens)


def run(trainer: Any, *, resume: bool) -> None:
    """Train, from the last checkpoint with `resume` when there is one, and save the model with its processor.

    `done.json` then tells the steps and the processor's seconds that this process trained, without what it measured.
    """
    begun, folder = time.process_time(), trainer.args.output_dir
    last = get_last_checkpoint(folder) if resume and Path(folder).is_dir() else None
    trainer.train(resume_from_checkpoint=last)
    if trainer.is_fsdp_enabled:  # with sharded checkpoints `save_model` would write nothing
        trainer.accelerator.state.fsdp_plugin.set_state_dict_type("FULL_STATE_DICT")
    trainer.save_model(folder)
    trainer.save_state()
    if trainer.is_world_process_zero():
        measured = sum(c.cpu_s for c in trainer.callback_handler.callbacks if isinstance(c, MeasureHeldOut))
        took = {"steps": trainer.state.global_step, "cpu_s": time.process_time() - begun - measured}
        (Path(folder) / "done.json").write_text(json.dumps(took) + "\n", encoding="utf-8")
