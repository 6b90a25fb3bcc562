"""ReVisual-R1: accuracy and small terms, of which the ones on words can be stuffed; PAD chooses the rows."""

from tiny import grpo

import rewardkit
from rewardkit.advantages import PadPower
from rewardkit.schedules import Exponential

ENTROPY = Exponential(0.02, 0.985, after=20)  # of its last stage, on text
print("weight of the entropy by step:", [round(ENTROPY(step), 4) for step in (0, 20, 60, 100)])

ROWS = [{"prompt": "6 times 7 ?", "answer": "42"}]
SHOWN = [r"I count. \boxed{42}", r"wait wait mistake mistake \boxed{13}", r"I count. \boxed{13}"]

stuffed = rewardkit.load("revisual_r1")  # warns
print(
    "a wrong answer earns",
    stuffed(completions=[SHOWN[2]], answer=["42"]),
    "and stuffed",
    stuffed(completions=[SHOWN[1]], answer=["42"]),
)

# With right-or-wrong rewards the ceiling drops the minority of most groups; it warns where it does.
grpo(
    rewardkit.load("revisual_r1", words=False),
    ROWS,
    SHOWN,
    hooks=[PadPower(0.03, 0.97)],
    schedules={"entropy_coef": ENTROPY},
    entropy_coef=ENTROPY(0),
)
