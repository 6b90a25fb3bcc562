"""OThink-MR1: accuracy + α · format, and a weight of the divergence that falls and then rises (GRPO-D)."""

from tiny import grpo

import rewardkit
from rewardkit.schedules import grpo_d

BETA = grpo_d(0.04, 0.1, steps=10)  # its counting task: the middle, down to the least at three tenths, up to the most
print("β by step:", [round(BETA(step), 3) for step in range(11)])

ROWS = [{"prompt": "6 times 7 ?", "answer": "42"}]
SHOWN = ["<think> I count. </think> <answer> 42 </answer>", "<think> I count. </think> <answer> 13 </answer>", "42"]

# `rewardkit.adapters.trl_schedules.scheduled(trainer, beta=BETA)` moves it in a run.
grpo(rewardkit.load("othink_mr1", alpha=1.0), ROWS, SHOWN, schedules={"beta": BETA}, beta=BETA(0))
