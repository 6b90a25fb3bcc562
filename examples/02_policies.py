"""Which rules decide a row, and how strictly: routes by a column, policies for rounding and units. No GPU, key or download."""

from rewardkit import Cascade, RewardFunction, Router, get

ROWS = [
    ("number", "2/3", "It is about 0.6667.", "rounded to four digits"),
    ("number", "2/3", "It is about 0.667.", "rounded to three"),
    ("exact", "2/3", "It is about 0.6667.", "where nothing may be rounded"),
    ("formula", "5 cm", r"\boxed{0.05\text{ m}}", "another unit"),
    ("formula", "5 cm", r"\boxed{5}", "no unit"),
    ("formula", "(-3, 2]", r"\boxed{-3 < x \le 2}", "another notation"),
    ("formula", "(-3, 2]", r"\boxed{-3 \le x \le 2}", "another end"),
    ("formula", "x = 3", r"\boxed{y = 3}", "another name"),
]

rules = Router(
    {
        "number": "number.equal",
        "exact": get("number.equal", rounding="exact"),
        "formula": Cascade(get("math.equal", units="strict"), "math.symbolic"),
    },
    by="kind",
)
reward = RewardFunction(rules)
kinds, answers, completions, _ = map(list, zip(*ROWS, strict=True))
rewards = reward(completions=completions, answer=answers, kind=kinds)
for row, value, verdict in zip(ROWS, rewards, reward.verdicts, strict=True):
    print(f"{row[0]:8} {row[1]:8} {row[2]:24} {row[3]:30} reward {value}  {verdict.reason}")
