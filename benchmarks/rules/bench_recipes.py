"""What each recipe pays for being right, for form alone and for words alone, and what a row of it costs.

`python -m benchmarks.rules.bench_recipes` keeps data/recipes.csv. The completions are written here, for one question whose answer
is 42; recipes that ask a model are shown without one, by their rules.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator

import rewardkit
from benchmarks.rows import Row, keep, row
from rewardkit import recipes

THOUGHT = "<think>There are six rows of seven.</think>"
DOUBTS = " ".join(f"But wait, mistake {number}." for number in range(20))
LOOKS = "Look at the image again. In the image, looking back at the image."
TEXTS = {
    "right and well-formed": f"{THOUGHT}<answer>42</answer>",
    "right, observed first": f"<observe>rows</observe>{THOUGHT}<answer>42</answer>",
    "right, form missing": "It is 42.",
    "wrong and well-formed": f"{THOUGHT}<answer>41</answer>",
    "wrong, form missing": "It is 41.",
    "wrong, stuffed with words": f"{DOUBTS} {LOOKS} It is 41.",
    "nothing": "",
}
COPIES, REPEATS = 40, 7


def measured() -> Iterator[Row]:
    """Rewards of the texts and CPU time of a row, by recipe."""
    batch = [text for text in TEXTS.values() for _ in range(COPIES)]
    for name in recipes.names():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            reward = rewardkit.load(name)
        columns = {"answer": "42", "task": "counting", "reward": "rule", "prompts": "How many are there?"}
        one = reward(completions=list(TEXTS.values()), **{key: [value] * len(TEXTS) for key, value in columns.items()})
        for what, paid in zip(TEXTS, one, strict=True):
            assert paid is not None
            yield row(name, what, "reward", [paid])
        filled = {key: [value] * len(batch) for key, value in columns.items()}
        times = []
        for _ in range(REPEATS):
            begun = time.process_time()
            reward(completions=batch, **filled)
            times.append(1e6 * (time.process_time() - begun) / len(batch))
        yield row(name, "a row", "µs CPU", times)


if __name__ == "__main__":
    print(keep("recipes", measured()))
