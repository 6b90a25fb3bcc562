"""OpenVLThinker: accuracy, halved where nothing is explained; its data are the shortest right attempts."""

from tiny import grpo

import rewardkit
from rewardkit.data.preferences import truncated
from rewardkit.data.selection import Attempts, shortest_right

# What it was warmed up with: of several attempts the shortest that is right, up to "Wait".
attempts = [
    "<think> I count. Wait, again. </think> so <answer> 42 </answer>",
    "<think> I count. </think> so <answer> 42 </answer>",
    "<answer> 13 </answer>",
]
lengths = [len(text.split()) for text in attempts]
best = shortest_right(Attempts("6 times 7", rewardkit.load("openvlthinker")(completions=attempts, answer=["42"] * 3), lengths))
print("kept:", attempts[best])
print("cut: ", truncated(attempts[0]))

ROWS = [{"prompt": "6 times 7 ?", "answer": "42"}]
SHOWN = [attempts[best], "<think> I count. </think> <answer> 42 </answer>", "<think> I count. </think> so <answer> 13 </answer>"]
grpo(rewardkit.load("openvlthinker"), ROWS, SHOWN, beta=0.01)
