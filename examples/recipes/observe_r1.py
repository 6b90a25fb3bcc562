"""Observe-R1: accuracy + 0.5 · (observe, think, answer), a bonus to the shortest right one, and a weight by difficulty."""

from tiny import grpo

import rewardkit
from rewardkit.advantages import DifficultyWeight, ShortestCorrectBonus

ROWS = [{"prompt": "6 times 7 ?", "answer": "42"}, {"prompt": "6 plus 7 ?", "answer": "13"}]
SHOWN = [
    "<observe> rows </observe> <think> I count. </think> <answer> 42 </answer>",
    "<observe> rows </observe> <think> I count and count. </think> <answer> 42 </answer>",
    "<observe> rows </observe> <think> I count. </think> <answer> 13 </answer>",
]

# As published the bonus is for completions of over 100 tokens; these have ten.
hooks = [ShortestCorrectBonus(bonus=0.2, min_length=5), DifficultyWeight(sigma=1.8)]
grpo(rewardkit.load("observe_r1"), ROWS, SHOWN, hooks=hooks)
