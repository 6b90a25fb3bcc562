"""Whether a run can start, as far as that shows without its GPUs: every file read by the classes that will read it, and the sums.

python -m examples.wethink.check --config examples/wethink/configs/7b-1x8.yaml --accelerate examples/wethink/configs/fsdp-1x8.yaml
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from accelerate.commands.config.config_args import load_config_from_file
from trl import GRPOConfig, SFTConfig

from examples.wethink.rewards import reward_of
from examples.wethink.rows import load_rows
from examples.wethink.settings import Settings, read
from examples.wethink.training import trainer_arguments

__all__ = ["batches", "main", "memory_gb"]

PARAMETERS = 8.29e9
"""Of Qwen2.5-VL-7B: 7.62 billion of the language model, 0.68 billion of the vision tower."""


def batches(settings: Settings, processes: int) -> dict[str, float]:
    """Completions and prompts of an update and of a rollout, and updates a rollout, from the settings' own numbers."""
    given = GRPOConfig(**{**trainer_arguments(settings, "grpo"), "bf16": False, "use_cpu": True})
    update = given.per_device_train_batch_size * given.gradient_accumulation_steps * processes
    rollout = given.per_device_train_batch_size * given.steps_per_generation * processes
    for name, size in (("update", update), ("rollout", rollout)):
        if size % given.num_generations:
            message = f"a {name} of {size} completions does not hold whole groups of {given.num_generations}"
            raise ValueError(message)
    return {
        "completions an update": update,
        "prompts an update": update / given.num_generations,
        "completions a rollout": rollout,
        "prompts a rollout": rollout / given.num_generations,
        "updates a rollout": rollout / update,
    }


def memory_gb(
    processes: int, *, parameters: float = PARAMETERS, rows: int = 4, tokens: int = 4096, completion: int = 2048
) -> dict[str, float]:
    """What a training GPU holds under FSDP2 with bf16 arithmetic and the trainer's activation checkpointing, in 10⁹ bytes.

    Estimated from shapes, not measured: 28 layers of width 3,584, a vocabulary of 152,064, `rows` sequences of `tokens` tokens
    at a time, of which logits are made for `completion`.
    """
    states = parameters * (4 + 4 + 8) / processes  # weights, gradients and Adam's two moments in float32, sharded
    reference = parameters * 2 / processes  # the frozen model of the KL term in bfloat16, sharded
    ends = 2 * 152_064 * 3584  # embeddings and head
    gathered = (ends + 2 * (parameters - ends) / 28) * 2  # those and two layers whole at a time, in bfloat16
    kept = rows * tokens * 3584 * 2 * 28  # one activation a layer
    logits = rows * completion * 152_064
    updating = gathered + kept + logits * (2 + 4 + 4)  # in bfloat16, in float32, and their gradient
    # TRL shards the reference as one unit, so that it is whole while it is read.
    reading = parameters * 2 + logits * (2 + 4)
    parts = {
        "weights, gradients, Adam": states,
        "reference model": reference,
        "besides, in an update": updating,
        "besides, while the reference is read": reading,
    }
    return {**{name: value / 1e9 for name, value in parts.items()}, "most": (states + reference + max(updating, reading)) / 1e9}


def main(argv: Sequence[str] | None = None) -> None:
    """Print what the run would be; an error says what is wrong with it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True)
    parser.add_argument("--accelerate", required=True, help="the file given to accelerate launch")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args(argv)
    settings = read(options.config, options.set)
    launch = load_config_from_file(options.accelerate)
    on_cpu: dict[str, Any] = {"bf16": False, "use_cpu": True}  # the classes refuse bf16 where no GPU is
    SFTConfig(**{**trainer_arguments(settings, "sft"), **on_cpu})
    print(f"settings read by SFTConfig and GRPOConfig, {launch.num_processes} processes by {launch.distributed_type}")
    for name, value in batches(settings, launch.num_processes).items():
        print(f"  {name}: {value:g}")
    print("memory of a training GPU, estimated:")
    for name, value in memory_gb(launch.num_processes, rows=settings.grpo["per_device_train_batch_size"]).items():
        print(f"  {name}: {value:.1f} GB")
    print(f"reward: {reward_of(**settings.reward)!r}")
    for path in dict.fromkeys((settings.train, settings.rl)):
        if Path(path).is_file():
            rows = load_rows(path, settings.images, settings.system_prompt, limit=8)
            print(f"{path}: the first {len(rows)} rows load, the first picture is {rows[0]['image'].size}")
        else:
            print(f"{path}: not there yet")


if __name__ == "__main__":
    main()
