"""auto: each row by the shape of its reference, and a row that no rule can decide moves nothing."""

from tiny import grpo

import rewardkit

ROWS = [
    {"prompt": "6 times 7 ?", "answer": "42"},
    {"prompt": "Half of it?", "answer": "1/2"},
    {"prompt": "What is it?", "answer": "a bird of prey"},
]
SHOWN = ["42", "0.5", "It is 42", "a bird", "a bird of prey"]

trainer = grpo(rewardkit.load("auto"), ROWS, SHOWN)
print("abstained:", trainer.state.log_history[0]["auto/abstained"])
