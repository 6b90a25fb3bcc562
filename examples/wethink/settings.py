"""One YAML file says what a run is: model, data, prompt, reward, and the trainers' own arguments.

The tiny world and the 7B model differ in this file alone. `--set grpo.max_steps=10` overrides a value; its text is read as YAML.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

__all__ = ["Settings", "arguments", "read"]

WETHINK_SYSTEM = (
    "You FIRST think about the reasoning process as an internal monologue and then provide the final answer.\n"
    "The reasoning process MUST BE enclosed within <think> </think> tags. "
    "The final answer MUST BE enclosed within <answer> </answer> tags."
)
"""The system prompt that WeThink's README asks for at inference."""


@dataclass(frozen=True)
class Settings:
    """A run.

    Attributes:
        model: Directory or hub name of the model that SFT starts from, and GRPO when `warm_start` is empty.
        out: Where checkpoints, logs and models go: `out/sft` and `out/grpo`.
        train: Rows for SFT, JSONL in WeThink's schema.
        rl: Rows for GRPO; may be the same file.
        images: Folder that the rows' `image_path` is relative to.
        held_out: Rows that are measured while training, or None to leave that to checkpoints.
        held_out_every: Steps between two measurements.
        warm_start: The model GRPO starts from; None is `model` itself (direct RL, as the paper prefers), "sft" is `out/sft`.
        system: System prompt; "wethink" is the published one, None leaves it out.
        dtype: Of the weights, "bfloat16" or "float32".
        attention: Attention kernels, such as "sdpa" or "flash_attention_2"; None lets transformers choose.
        freeze_vision: Whether the vision tower is kept as it is.
        max_pixels: Larger pictures are scaled down to this many pixels; None keeps the processor's own limit.
        drop_even_groups: Whether GRPO leaves out groups whose rewards are all equal, see `examples.wethink.grpo.Grpo`.
        reward: Options of `examples.wethink.rewards.reward_of`.
        sft: Arguments of `trl.SFTConfig`.
        grpo: Arguments of `trl.GRPOConfig`.
    """

    model: str
    out: str
    train: str
    rl: str
    images: str
    held_out: str | None = None
    held_out_every: int = 25
    warm_start: str | None = None
    system: str | None = "wethink"
    dtype: str = "bfloat16"
    attention: str | None = None
    freeze_vision: bool = False
    max_pixels: int | None = None
    drop_even_groups: bool = False
    reward: Mapping[str, Any] = field(default_factory=dict)
    sft: Mapping[str, Any] = field(default_factory=dict)
    grpo: Mapping[str, Any] = field(default_factory=dict)

    @property
    def system_prompt(self) -> str | None:
        """The system prompt as text."""
        return WETHINK_SYSTEM if self.system == "wethink" else self.system

    @property
    def start(self) -> str:
        """Where GRPO starts."""
        return str(Path(self.out) / "sft") if self.warm_start == "sft" else self.warm_start or self.model


def read(path: str | Path, overrides: Sequence[str] = ()) -> Settings:
    """The settings in a YAML file with `name.inner=value` overrides. Raises `ValueError` for a name that is not there."""
    values = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    for override in overrides:
        name, equals, text = override.partition("=")
        if not equals:
            message = f"--set {override!r}: give NAME=VALUE, such as grpo.max_steps=10"
            raise ValueError(message)
        *outer, last = name.split(".")
        inner = values
        for part in outer:
            inner = inner.setdefault(part, {})
        inner[last] = yaml.safe_load(text)
    known = {f.name for f in fields(Settings)}
    unknown = sorted(set(values) - known)
    if unknown:
        message = f"{path}: {unknown} are no settings; there are {sorted(known)}"
        raise ValueError(message)
    return Settings(**values)


def arguments(what: str | None, argv: Sequence[str] | None = None) -> tuple[Settings, argparse.Namespace]:
    """The command line of a training script: `--config FILE [--set NAME=VALUE]… [--resume]`."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--config", required=True, help="a file of examples/wethink/configs")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="overrides a value of the file")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint, if there is one")
    parsed = parser.parse_args(argv)
    return read(parsed.config, parsed.set), parsed
