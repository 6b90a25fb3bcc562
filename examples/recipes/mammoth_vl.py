"""MAmmoTH-VL: answers written anew with their reasons, kept where a judge stands by them, and a step of SFT on what is left."""

from tiny import sft

import rewardkit
from rewardkit.data.rewriting import Source, audit, kappa, rewrite

ROWS = [
    {"prompt": "How high are both bars?", "answer": "12", "category": "chart", "source": "charts"},
    {"prompt": "How high is the third?", "answer": "7", "category": "chart", "source": "charts"},
    {"prompt": "What does it say?", "answer": "open", "category": "ocr", "source": "signs"},
    {"prompt": "6 times 7 ?", "answer": "42", "category": "maths", "source": "sums"},
]
WRITTEN = {"12": "They are 7 and 5. The answer is 12.", "7": "It is the highest. The answer is 8."}
SOURCES = {"charts": Source.REWRITE, "signs": Source.DROP, "sums": Source.KEEP}

# As published one model writes and judges: load("mammoth_vl", judge="http://HOST/v1", image="image"). Rules alone here.
found = rewrite(
    ROWS,
    write=lambda rows: [WRITTEN[row["answer"]] for row in rows],
    reward=rewardkit.load("mammoth_vl"),
    source=lambda row: SOURCES[row["source"]],
)
for category, counts in found.counts.items():
    print(f"{category:6} {counts}")
print("for people to look at:", [row["prompt"] for row in audit(found.rows, each=1)])
print("agreement of a judge and a person:", kappa([1, 1, 0, 1, 0, 0], [1, 1, 0, 0, 0, 1]))

sft([{"prompt": row["prompt"], "completion": row.get("rewritten", row["answer"])} for row in found.rows])
