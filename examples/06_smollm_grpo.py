"""GRPO of a real instruction model, SmolLM2-135M-Instruct, on two cores, paid by `rewardkit.load("auto")`: capitals.

`python examples/06_smollm_grpo.py FOLDER [--seeds 0 1 2] [--steps 12] [--csv FILE]`; `python -m tools.models.smollm FOLDER` makes
the folder. The upper eight layers are trained. The countries that are asked about in the end were not trained on: what is learned
is to say in eight tokens what the model knows.
"""

import argparse
import contextlib
import csv
import datetime
import functools
import os
import platform
import random
import subprocess
import tempfile
import time
from pathlib import Path

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, PrinterCallback, TrainerCallback, set_seed
from trl import GRPOConfig, GRPOTrainer

import rewardkit
from rewardkit.adapters.trl import GroupAdvantageMixin

HELD_OUT, PROMPTS, GROUP, TOKENS, TRAINED_LAYERS, LEARNING_RATE = 16, 3, 8, 8, 8, 5e-5
FIELDS = [
    "seed",
    "step",
    "seconds",
    "held_out_greedy",
    "held_out_sampled",
    "reward",
    "even_groups",
    "tokens",
    "device",
    "commit",
    "date",
]
PROMPT = "<|im_start|>user\nWhat is the capital of {}?<|im_end|>\n<|im_start|>assistant\n"
CAPITALS = {
    "Austria": "Vienna", "Belgium": "Brussels", "Bulgaria": "Sofia", "Canada": "Ottawa", "Chile": "Santiago",
    "China": "Beijing", "Colombia": "Bogota", "Croatia": "Zagreb", "Cuba": "Havana", "Denmark": "Copenhagen",
    "Egypt": "Cairo", "Ethiopia": "Addis Ababa", "Finland": "Helsinki", "France": "Paris", "Germany": "Berlin",
    "Greece": "Athens", "Hungary": "Budapest", "Iceland": "Reykjavik", "India": "New Delhi", "Indonesia": "Jakarta",
    "Iran": "Tehran", "Iraq": "Baghdad", "Ireland": "Dublin", "Italy": "Rome", "Jamaica": "Kingston", "Japan": "Tokyo",
    "Kenya": "Nairobi", "Lebanon": "Beirut", "Libya": "Tripoli", "Malaysia": "Kuala Lumpur", "Morocco": "Rabat",
    "Nepal": "Kathmandu", "Norway": "Oslo", "Peru": "Lima", "Poland": "Warsaw", "Portugal": "Lisbon", "Romania": "Bucharest",
    "Russia": "Moscow", "Serbia": "Belgrade", "Spain": "Madrid", "Sweden": "Stockholm", "Syria": "Damascus",
    "Thailand": "Bangkok", "Turkey": "Ankara", "Ukraine": "Kyiv", "Venezuela": "Caracas", "Vietnam": "Hanoi",
    "Zambia": "Lusaka",
}  # fmt: skip


class Trainer(GroupAdvantageMixin, GRPOTrainer):
    """TRL's trainer, with exact advantages."""


class Line(TrainerCallback):
    """A line for each step."""

    def __init__(self, seed, table):
        self.seed, self.table = seed, table

    def on_log(self, args, state, control, logs=None, **_):
        """Keep and print what is logged."""
        if "reward" in logs:
            more = {"even_groups": logs["frac_reward_zero_std"], "tokens": logs["completions/mean_length"]}
            say(self.table, {"seed": self.seed, "step": state.global_step, "reward": logs["reward"], **more})


@functools.cache
def where():
    """The machine, the commit and the day of a run."""
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    device = f"{platform.machine()}, {os.cpu_count()} cores"
    return {"device": device, "commit": head.stdout.strip(), "date": f"{datetime.date.today()}"}


def say(table, line):
    """Write a line into the table, if there is one, and print it."""
    if table is not None:
        table.writerow(line | where())
    print("  ".join(f"{key} {value:.3g}" for key, value in line.items()), flush=True)


def questions():
    """Rows to train on, and held-out ones; with choices beside it a wrong answer is 0, and no matter for a judge."""
    draw, rows = random.Random(0), []
    for country, capital in CAPITALS.items():
        others = draw.sample([other for other in CAPITALS.values() if other != capital], 3)
        choices = draw.sample([capital, *others], 4)
        rows.append({"prompt": PROMPT.format(country), "answer": capital, "choices": choices})
    draw.shuffle(rows)
    return rows[HELD_OUT:], rows[:HELD_OUT]


@torch.no_grad()
def accuracy(model, tokenizer, rows, **sampling):
    """The mean reward of one completion a row."""
    batch = tokenizer([row["prompt"] for row in rows], return_tensors="pt", padding=True, padding_side="left")
    given = model.generate(**batch, max_new_tokens=TOKENS, **sampling)[:, batch.input_ids.shape[1] :]
    texts = tokenizer.batch_decode(given, skip_special_tokens=True)
    columns = {key: [row[key] for row in rows] for key in ("prompt", "answer", "choices")}
    rewards = rewardkit.load("auto")(completions=texts, **columns)
    return sum(reward or 0.0 for reward in rewards) / len(rows)


def train(folder, seed, steps, out, table):
    """One run: what is held out before, every step, and what is held out after."""
    train_rows, held_out = questions()
    set_seed(seed)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    model.requires_grad_(False)
    model.model.layers[-TRAINED_LAYERS:].requires_grad_(True)
    args = GRPOConfig(
        output_dir=out,
        max_steps=steps,
        per_device_train_batch_size=PROMPTS * GROUP,
        num_generations=GROUP,
        max_completion_length=TOKENS,
        learning_rate=LEARNING_RATE,
        lr_scheduler_type="constant",
        gradient_checkpointing=False,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        bf16=False,
        disable_tqdm=True,
        seed=seed,
    )
    trainer = Trainer(model, rewardkit.load("auto"), args, Dataset.from_list(train_rows), processing_class=tokenizer)
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(Line(seed, table))

    def measured(step, seconds):
        model.eval()
        greedy = accuracy(model, tokenizer, held_out, do_sample=False)
        sampled = accuracy(model, tokenizer, held_out * 3, do_sample=True, temperature=1.0, top_k=0)
        say(table, {"seed": seed, "step": step, "seconds": seconds, "held_out_greedy": greedy, "held_out_sampled": sampled})

    measured(0, 0)
    begun = time.process_time()
    trainer.train()
    measured(steps, time.process_time() - begun)


def main():
    """Train each seed and say what it came to."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--csv", type=Path)
    options = parser.parse_args()
    if options.folder is None:
        print("give the folder of SmolLM2-135M-Instruct; python -m tools.models.smollm FOLDER makes it")
        return
    with contextlib.ExitStack() as kept:
        table = None
        if options.csv:
            file = kept.enter_context(options.csv.open("w", newline="", encoding="utf-8", buffering=1))
            table = csv.DictWriter(file, FIELDS, lineterminator="\n")
            table.writeheader()
        for seed in options.seeds:
            with tempfile.TemporaryDirectory() as out:
                train(options.folder, seed, options.steps, out, table)


if __name__ == "__main__":
    main()
