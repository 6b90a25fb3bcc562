"""Answers that a judge must refuse, and such that it must accept: what shows whether its verdicts are worth a reward.

`controls_of` gives answers that cannot be right to a question of the run; `preflight` gives questions of our own with an answer
that is right by the letter and two that are wrong. All of it follows from the question alone, so that a group shares it and a
cache keeps what the judge says.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rewardkit.judges.kinds.kind import Item

__all__ = ["Control", "controls_of", "preflight"]

FOLDER = Path(__file__).parent
TELLING = 4  # letters of a word that says what a text is about
MAX_READ = 20_000  # characters of a question and its references that are compared with a control

_WORD = re.compile(rf"[^\W\d_]{{{TELLING},}}")


class Control(NamedTuple):
    """What is asked, and whether the answer is right."""

    item: Item
    right: bool


def controls_of(item: Item, count: int) -> list[Item]:
    """At most `count` answers that cannot be right, for the question and the references of an item.

    Each is a sentence about something else, mostly behind an opening that judges fall for. Fewer come back where a question, or a
    reference, speaks of what the sentences speak of.
    """
    told = _telling(item.question[-MAX_READ:]) | _telling(" ".join(item.references)[:MAX_READ])
    strange = [text for text in _lines("foreign.txt") if not _telling(text) & told]
    openers, place = _lines("openers.txt"), _place(item.group)
    turned = strange[place % len(strange) :] + strange[: place % len(strange)] if strange else []
    return [
        replace(item, answer=openers[(place + turn) % len(openers)].format(text), trajectory=())
        for turn, text in enumerate(turned[:count])
    ]


@lru_cache(maxsize=1)
def preflight() -> tuple[Control, ...]:
    """Questions whose answers everybody knows, each with its reference as the answer and with two that are wrong.

    Their one criterion says the same as the reference, for judges that have no reference.
    """
    found: list[Control] = []
    for line, foreign in zip(
        (FOLDER / "rows.jsonl").read_text(encoding="utf-8").splitlines(), _lines("foreign.txt"), strict=False
    ):
        row = json.loads(line)
        reference, wrong = row["reference"], row["wrong"]
        second = row["second"].format(reference=reference, wrong=wrong, foreign=foreign)
        criteria = ((f"The answer gives as its final answer: {reference}", 1.0),)
        for answer in (reference, wrong, second):
            found.append(Control(Item(row["question"], (reference,), answer, (), criteria), answer == reference))
    return tuple(found)


def _telling(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _place(group: str) -> int:
    return int(hashlib.sha256(group.encode(errors="replace")).hexdigest()[:8], 16)


@lru_cache(maxsize=4)
def _lines(name: str) -> tuple[str, ...]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if not line.startswith("#"))
