"""WeThink: 0.7 · accuracy + 0.3 · format; each row says whether rules or a model decide."""

from tiny import grpo

import rewardkit
from rewardkit.testing import ScriptedClient

ROWS = [
    {"prompt": "6 times 7 ?", "answer": "42", "reward": "rule"},
    {"prompt": "What is it?", "answer": "a bird of prey", "reward": "model"},
]
SHOWN = [
    "<think> I count. </think> <answer> 42 </answer>",
    "<think> I look. </think> <answer> a red kite </answer>",
    "<think> I look. </think> <answer> 13 </answer>",
    "42",
]

# In place of a model behind judge="http://HOST/v1", which is asked to prove itself first and with every question.
judge = ScriptedClient(lambda request: "1" if "kite" in str(request) else "0")
grpo(rewardkit.load("wethink", judge=judge, judge_canaries=0), ROWS, SHOWN, num_generations=4)
