"""The reward's part of a GRPO step: 1,024 completions of 1,000 to 4,000 tokens with mixed routes, decided by rules.

`python -m benchmarks.rules.bench_step` keeps a row in `data/step.csv`: wall clock and CPU seconds of one call, as TRL makes it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import rewardkit
from benchmarks.rows import keep, row

COMPLETIONS, GROUP = 1024, 16
TOKENS = (1000, 4000)
CALLS = 7
# A token of English text is about four characters; one word and its space here.
WORDS = ["so", "now", "we", "take", "each", "side", "and", "add", "what", "was", "left", "over", "then", "check", "that", "again"]


def reasoning(dice: random.Random, tokens: int) -> str:
    """So many tokens of thinking aloud, with formulas and numbers that are not the answer."""
    parts = []
    while len(parts) < tokens:
        luck = dice.random()
        if luck < 0.04:
            parts.append(f"$x_{dice.randrange(9)} = \\frac{{{dice.randrange(99)}}}{{{dice.randrange(1, 99)}}}$")
        elif luck < 0.08:
            parts.append(str(dice.randrange(10_000)))
        elif luck < 0.10:
            parts.append("\n\n")
        else:
            parts.append(dice.choice(WORDS))
    return " ".join(parts)


def problems(dice: random.Random) -> list[dict[str, Any]]:
    """A problem a group: its reference, what is right and wrong, and its options."""
    made: list[dict[str, Any]] = []
    for place in range(COMPLETIONS // GROUP):
        a, b = dice.randrange(2, 50), dice.randrange(2, 50)
        options = [f"{a} apples", f"{b} pears", "nothing", f"{a + b} plums"]
        made.append(
            (
                {"answer": f"{a}/{b}", "right": rf"\frac{{{2 * a}}}{{{2 * b}}}", "wrong": f"{b}/{a + 1}", "choices": None},
                {"answer": f"{a * b}", "right": f"{a * b}.0", "wrong": f"{a * b + 1}", "choices": None},
                {"answer": "B", "right": "B", "wrong": "D", "choices": options},
                {"answer": rf"x^2+{a}x", "right": rf"x(x+{a})", "wrong": rf"x^2-{a}x", "choices": None},
                {"answer": f"[{a}, {a + b})", "right": rf"{a} \le x < {a + b}", "wrong": f"({a}, {a + b}]", "choices": None},
                {"answer": "the old lighthouse", "right": "The old lighthouse", "wrong": "the new lighthouse"},
            )[place % 6]
        )
    return made


def batch(seed: int = 0) -> dict[str, Any]:
    """What TRL hands over: prompts, completions, ids and the columns of the data set."""
    dice = random.Random(seed)
    columns: dict[str, Any] = {"prompts": [], "completions": [], "completion_ids": [], "answer": [], "choices": []}
    for problem in problems(dice):
        for _ in range(GROUP):
            tokens = dice.randrange(*TOKENS)
            said = problem["right"] if dice.random() < 0.5 else problem["wrong"]
            ending = dice.choice((f"<answer>{said}</answer>", rf"The answer is $\boxed{{{said}}}$."))
            columns["prompts"].append("What is it?")
            columns["completions"].append(f"<think>{reasoning(dice, tokens)}</think>\n{ending}")
            columns["completion_ids"].append(list(range(tokens)))
            columns["answer"].append(problem["answer"])
            columns["choices"].append(problem.get("choices"))
    return columns


def measured(call: Callable[[], Any]) -> tuple[float, float]:
    """Wall clock and CPU seconds of a call."""
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    """Measure a step's reward by the rules of `auto`, each call on a batch not seen before, and print what was decided."""
    reward = rewardkit.load("auto")
    reward(**batch(seed=99))  # what is loaded once is loaded
    times, rewards = [], []
    for seed in range(CALLS):
        columns = batch(seed)
        times.append(measured(lambda columns=columns: rewards.append(reward(**columns))))
    unscored = sum(score is None for score in rewards[-1])
    routes = {str(verdict.info.get("route")).split("/")[0] for verdict in reward.verdicts}
    characters = sum(map(len, columns["completions"])) / COMPLETIONS
    print(f"routes {sorted(routes)}, {unscored} rows without a score, mean reward {reward_mean(rewards[-1]):.3f}")
    print(f"{characters:.0f} characters a completion")
    what = "GRPO step, reward of 1,024 completions of 1k to 4k tokens, mixed routes, by rules"
    wall = row("rewardkit", f"{what}: wall clock", "s", [w for w, _ in times])
    path = keep("step", [wall, row("rewardkit", f"{what}: CPU", "s", [c for _, c in times])])
    print(f"wall {wall.p20} {wall.p50} {wall.p80} s → {path.name}")


def reward_mean(rewards: list[float | None]) -> float:
    """The mean of the rows that have a score."""
    kept = [score for score in rewards if score is not None]
    return sum(kept) / len(kept)


if __name__ == "__main__":
    main()
