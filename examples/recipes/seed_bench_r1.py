"""SEED-Bench-R1: the outcome alone, letters by the whole grammar of options."""

from tiny import grpo

import rewardkit

CHOICES = ["open the door", "close the door", "wash the cup", "wait"]
ROWS = [{"prompt": "What comes next?", "answer": "B", "choices": CHOICES}]
SHOWN = ["<answer> B </answer>", "<answer> close the door </answer>", "<answer> A </answer>", "<answer> Answer: B </answer>"]

ours, released = rewardkit.load("seed_bench_r1"), rewardkit.load("seed_bench_r1", compat=True)
for text in SHOWN:
    batch = {"completions": [text], "answer": ["B"], "choices": [CHOICES]}
    print(f"{text:42} ours {ours(**batch)[0]:.0f}  as released {released(**batch)[0]:.0f}")

grpo(ours, ROWS, SHOWN, beta=0.1)
