"""A thousand rows of every route, right, wrong and unanswerable: what each trainer must score alike."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

WORDS = ["river", "stone", "lamp", "green", "quiet", "velvet", "window", "paper", "cloud", "north"]
FORMS = ("The answer is {}.", "<answer>{}</answer>", r"So we get \boxed{{{}}}.", "{}", "<think>hm</think><answer>{}</answer>")


@dataclass(frozen=True)
class Row:
    """One completion with what a data set holds beside it."""

    prompt: str
    completion: str
    answer: Any
    source: str


def number(dice: random.Random) -> tuple[str, str, str]:
    value = dice.randrange(2, 400)
    return str(value / 4), f"{value}/4", str(value + 1)


def choice(dice: random.Random) -> tuple[str, str, str]:
    right, wrong = dice.sample("ABCD", 2)
    return right, f"({right})", wrong


def formula(dice: random.Random) -> tuple[str, str, str]:
    a, b = dice.randrange(2, 9), dice.randrange(1, 9)
    return f"{a}x+{b}", f"{b} + {a}x", f"{a}x-{b}"


def text(dice: random.Random) -> tuple[str, str, str]:
    words = dice.sample(WORDS, 3)
    return " ".join(words[:2]), " ".join(words[:2]).upper(), " ".join(words[1:])


KINDS = {"number": number, "choice": choice, "formula": formula, "text": text}


def rows(size: int = 1000, seed: int = 6) -> list[Row]:
    """So many rows; a tenth have no reference, and some completions hold nothing or two answers."""
    dice = random.Random(seed)
    made = []
    for place in range(size):
        source = dice.choice(list(KINDS))
        answer, same, other = KINDS[source](dice)
        given = dice.choice((answer, same, other))
        completion = dice.choice(FORMS).format(given)
        luck = dice.random()
        if luck < 0.05:
            completion = ""
        elif luck < 0.1:
            completion = f"Either {answer} or {other}."
        accepted: Any = None if dice.random() < 0.1 else [answer, same] if dice.random() < 0.1 else answer
        made.append(Row(f"Question {place}?", completion, accepted, source))
    return made
