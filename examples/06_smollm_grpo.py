"""GRPO of a real instruction model, SmolLM2-135M-Instruct, on two cores, paid by `rewardkit.load("auto")`: capitals.

`python examples/06_smollm_grpo.py FOLDER [--seeds 0 1 2] [--steps 12] [--csv FILE]`; `python -m tools.models.smollm FOLDER` makes
the folder. The upper eight layers are trained. The countries that are asked about in the end were not trained on: what is learned
is to say in eight tokens what the model knows. Needs `pip install '.[train]'` in the clone.
"""

import argparse
import os
import tempfile
import time

try:
    import torch
    from capitals import TOKENS, Lines, questions
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, AutoTokenizer, PrinterCallback, set_seed
    from trl import GRPOConfig, GRPOTrainer
except ImportError as cause:
    raise SystemExit(f"{cause}. This example needs the extra `train`: pip install '.[train]' in the clone") from None

import rewardkit
from rewardkit.adapters.trl import GroupAdvantageMixin


class Trainer(GroupAdvantageMixin, GRPOTrainer):
    """TRL's trainer, with exact advantages."""


def train(folder, seed, steps, out, file):
    """One run: what is held out before, every step, and what is held out after."""
    rows, held_out = questions()
    set_seed(seed)
    tokenizer, lines = AutoTokenizer.from_pretrained(folder), Lines(file, seed)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    model.requires_grad_(False).model.layers[-8:].requires_grad_(True)
    sizes = {"per_device_train_batch_size": 24, "num_generations": 8, "max_completion_length": TOKENS, "max_steps": steps}
    rate = {"learning_rate": 5e-5, "lr_scheduler_type": "constant", "gradient_checkpointing": False, "seed": seed}
    said = {"logging_steps": 1, "save_strategy": "no", "report_to": "none", "disable_tqdm": True}
    args = GRPOConfig(out, use_cpu=True, bf16=False, **sizes, **rate, **said)
    trainer = Trainer(model, rewardkit.load("auto"), args, Dataset.from_list(rows), processing_class=tokenizer)
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(lines)
    lines.measured(model, tokenizer, held_out, 0, 0)
    begun = time.process_time()
    trainer.train()
    lines.measured(model, tokenizer, held_out, steps, time.process_time() - begun)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", help="SmolLM2-135M-Instruct; python -m tools.models.smollm FOLDER makes it")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--csv", default=os.devnull, help="a file for a row a step")
    options = parser.parse_args()
    with open(options.csv, "w", encoding="utf-8", buffering=1) as file:
        for number in options.seeds:
            with tempfile.TemporaryDirectory() as folder:
                train(options.folder, number, options.steps, folder, file)
