"""Capitals to ask a small model for, how often it knows them, and what is kept of a run; used by `06_smollm_grpo.py`."""

import csv
import datetime
import functools
import os
import platform
import random
import subprocess

import torch
from transformers import TrainerCallback

import rewardkit

HELD_OUT, TOKENS = 16, 8
FIELDS = ["seed", "step", "seconds", "held_out_greedy", "held_out_sampled", "reward", "even_groups", "tokens", "device"]
FIELDS += ["commit", "date"]
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


@functools.cache
def where():
    """The machine, the commit and the day of a run."""
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    device = f"{platform.machine()}, {os.cpu_count()} cores"
    return {"device": device, "commit": head.stdout.strip(), "date": f"{datetime.date.today()}"}


class Lines(TrainerCallback):
    """What is told of one seed: a line for each step, and for what is measured before and after; printed, and kept in a file."""

    def __init__(self, file, seed):
        self.seed, self.table = seed, csv.DictWriter(file, FIELDS, lineterminator="\n")
        if file.tell() == 0:
            self.table.writeheader()

    def say(self, **line):
        """Print a line, and write it into the table."""
        line = {"seed": self.seed, **line}
        self.table.writerow(line | where())
        print("  ".join(f"{key} {value:.3g}" for key, value in line.items()), flush=True)

    def measured(self, model, tokenizer, rows, step, seconds):
        """What is known of the rows after so many steps: greedily, and in three draws."""
        model.eval()
        greedy = accuracy(model, tokenizer, rows, do_sample=False)
        sampled = accuracy(model, tokenizer, rows * 3, do_sample=True, temperature=1.0, top_k=0)
        self.say(step=step, seconds=seconds, held_out_greedy=greedy, held_out_sampled=sampled)

    def on_log(self, args, state, control, logs=None, **_):
        """Keep and print what is logged."""
        if "reward" in logs:
            more = {"even_groups": logs["frac_reward_zero_std"], "tokens": logs["completions/mean_length"]}
            self.say(step=state.global_step, reward=logs["reward"], **more)
