"""MM-Eureka: accuracy + 0.5 · format; prompts that are too easy or too hard move nothing."""

from tiny import grpo

import rewardkit
from rewardkit.advantages import AccuracyBounds

ROWS = [{"prompt": "6 times 7 ?", "answer": "42"}, {"prompt": "6 plus 7 ?", "answer": "13"}]
SHOWN = [
    "<think> I count. </think> <answer> 42 </answer>",
    "<think> I count. </think> <answer> 13 </answer>",
    "<answer> 42 </answer>",
]

# No divergence from the reference model, as published. The filter drops groups of which all are right, or all wrong.
grpo(rewardkit.load("mm_eureka"), ROWS, SHOWN, hooks=[AccuracyBounds(0.1, 0.9)], beta=0.0)
