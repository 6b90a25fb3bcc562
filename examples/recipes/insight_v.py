"""Insight-V: right answers by the score of their path, pairs of the best and the worst, and a step of DPO."""

import json

from tiny import dpo

import rewardkit
from rewardkit.data.preferences import dpo_pairs
from rewardkit.testing import ScriptedClient


def path(*steps, answer):
    """A path as its model writes it."""
    said = [{"title": "Step", "content": step, "next_action": "continue"} for step in steps]
    said[-1]["next_action"] = "final_answer"
    return "\n".join(json.dumps(one) for one in [*said, {"title": "FINAL ANSWER", "content": answer}])


def criteria(request):
    """In place of a model that looks paths over: each criterion is met unless the path guesses."""
    return json.dumps(dict.fromkeys(request.schema["required"], "guess" not in request.messages[-1]["content"]))


PROMPT = "6 times 7 ?"
PATHS = [
    path("Six rows of seven.", answer="42"),
    path("I guess.", answer="42"),
    path("Six and seven.", answer="13"),
]
reward = rewardkit.load("insight_v", path_judge=ScriptedClient(criteria), judge_canaries=0)
scores = reward(prompts=[PROMPT] * 3, completions=PATHS, answer=["42"] * 3)
print("scores:", scores)

dpo(list(dpo_pairs(PROMPT, PATHS, scores, most=2)))
