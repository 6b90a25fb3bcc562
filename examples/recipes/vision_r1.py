"""Vision-R1: 1 for right and well-formed, else 0; stages of longer completions and fewer of them (PTST)."""

from tiny import grpo

import rewardkit
from rewardkit.schedules import Stages

LENGTH = Stages([(0, 4096), (100, 8192), (200, 16384)])
COMPLETIONS = Stages([(0, 16), (100, 8), (200, 4)])
for step in (0, 100, 200):
    print(f"from step {step}: {COMPLETIONS(step)} completions of {LENGTH(step)} tokens")

ROWS = [{"prompt": "6 times 7 ?", "answer": "42"}, {"prompt": "6 plus 7 ?", "answer": "13"}]
SHOWN = ["<think> I count. </think> <answer> 42 </answer>", "<think> I count. </think> <answer> 13 </answer>", "42"]

# A stage is a run of its own that begins with the weights of the one before. β and ε are the paper's.
grpo(rewardkit.load("vision_r1"), ROWS, SHOWN, beta=0.01, epsilon=0.2)
