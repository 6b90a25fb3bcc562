"""General-Reasoner: −0.5 without an answer; a right one loses 0.05 for each token that it is longer or shorter."""

from tiny import grpo

import rewardkit

ROWS = [{"prompt": "6 times 7 ?", "answer": "42"}, {"prompt": "6 plus 7 ?", "answer": "13"}]
SHOWN = ["<answer> 42 </answer>", "<answer> 42 apples </answer>", "<answer> 13 </answer>", "<answer> </answer>"]

# As published the verifier is a model: judge="http://HOST/v1" with TIGER-Lab/general-verifier behind it, judge_on="always".
# Its tokens are the model's: tokens=lambda text: len(tokenizer.encode(text)).
reward = rewardkit.load("general_reasoner", tokens=lambda text: len(text.split()))
grpo(reward, ROWS, SHOWN, beta=1e-4, epsilon=0.3)
