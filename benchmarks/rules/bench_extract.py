"""Finding the final answer, in microseconds a completion: what models write, and what is written to slow a reader down."""

from __future__ import annotations

import pytest

from rewardkit.extract import extract

REASONING = "We add the two sides and simplify, so that $x^2 + 3x = 10$ and hence $(x-2)(x+5)=0$.\n" * 40
COMPLETIONS = {
    "bare answer": r"\frac{1}{2}",
    "4 kB, boxed at the end": REASONING + r"So the answer is $\boxed{\frac{1}{2}}$.",
    "4 kB in think tags, answer tag": f"<think>{REASONING}</think><answer>1/2</answer>",
    "4 kB, last line": REASONING + "x = 2",
    "1 MB of answer openers": "<answer>" * (2**20 // 8),
}


@pytest.mark.parametrize("name", COMPLETIONS)
def test_extract(benchmark, name):
    benchmark.extra_info.update(metric=f"extraction: {name}", per=1)
    benchmark.pedantic(extract, args=(COMPLETIONS[name],), rounds=50 if "1 MB" in name else 2000, warmup_rounds=5)
