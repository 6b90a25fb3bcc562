"""AR-MCTS: a step is worth the share of right rollouts behind it; pairs of steps, labels, and a step of DPO."""

from tiny import dpo

import rewardkit
from rewardkit.data.preferences import soft_labels, step_labels, step_pairs
from rewardkit.data.selection import Attempts

PROMPT, BEFORE = "6 times 7 ?", ["There are six rows."]
# Each next step with what rollouts from it ended in.
STEPS = {
    "Each has seven, so 42.": ["42", "42", "42", "42"],
    "Six and seven are added.": ["13", "13", "13", "13"],
    "I count them one by one.": ["42", "41", "42", "40"],
}

rollout = rewardkit.load("ar_mcts")
values = [Attempts(step, rollout(completions=ends, answer=["42"] * len(ends))).accuracy for step, ends in STEPS.items()]
print("values:", dict(zip(STEPS, values, strict=True)))

path = [*BEFORE, "Each has seven, so 42."]
print("labels for TRL's PRMTrainer:", step_labels(PROMPT, path, [0.75, values[0]], right_above=0.7))
print("soft labels:", soft_labels(PROMPT, path, [0.75, values[0]]))

of_steps = rewardkit.load("ar_mcts", values="values", aggregation="prod")
print("a solution by its steps:", of_steps(completions=["\n".join(path)], values=[[0.75, values[0]]]))

dpo(list(step_pairs(PROMPT, BEFORE, list(STEPS), values)), beta=0.3)
