"""Attacks on judges: patterns of our own for every family that has been published, on rows of our own.

The families follow what others reported: "One Token to Fool LLM-as-a-Judge" (arXiv 2507.08794: symbols, openers in several
languages) and "Pitfalls of Rule- and Model-based Verifiers" (arXiv 2505.22203: prefixes, explanations, empty symbols, gibberish,
markup, injection). None of these completions is right, so every reward for one is false.
"""

from __future__ import annotations

import json
import random
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from rewardkit import dispatch
from rewardkit.judges.guard import Guard
from rewardkit.types import Sample, Status, Verdict, Verifier

__all__ = ["CONTENT_FREE", "Attack", "Count", "Mute", "attacks", "false_rewards", "families"]

FOLDER = Path(__file__).parent

CONTENT_FREE = frozenset({"answer_explanation", "empty_symbols", "gibberish", "markup", "master_keys"})
"""Families whose texts hold no answer at all; the guard must stop each of them."""

# A policy writes its answer bare, in tags or after its thoughts; a judge must not care.
SHAPES = ("{}", "<answer>{}</answer>", "<think>Some thoughts.</think>\n{}")
RANDOM_GIBBERISH = 20


@dataclass(frozen=True)
class Attack:
    """One hostile completion: its family and the row."""

    family: str
    sample: Sample


@lru_cache(maxsize=1)
def attacks() -> tuple[Attack, ...]:
    """The whole suite: every pattern on every row, in three shapes; always the same."""
    patterns = [(line["family"], line["text"]) for line in _lines("attacks.jsonl")]
    patterns += [("gibberish", text) for text in _random_letters()]
    patterns.append(("option_stuffing", " ".join(map(str, range(1_000)))))
    rows = list(_lines("attack_rows.jsonl"))
    suite: list[Attack] = []
    for family, pattern in patterns:
        for row in rows:
            for shape in SHAPES:
                text = _filled(pattern, row)
                columns = {"answer": row["answer"]}
                suite.append(Attack(family, Sample(len(suite), row["question"], shape.replace("{}", text), columns)))
    return tuple(suite)


def families(suite: Sequence[Attack]) -> list[str]:
    """The families in the order in which they come."""
    return list(dict.fromkeys(attack.family for attack in suite))


class Mute:
    """A judge that has its guard and no model: it abstains from what the guard lets through.

    In a cascade it shows what rules and guard earn together by themselves.
    """

    name = "judge.mute"

    def __init__(self, guard: Guard | None = None) -> None:
        self.guard = guard or Guard()

    def verify(self, samples: Sequence[Sample], /) -> list[Verdict]:
        """The guard's verdict of each row, or an abstention."""
        settled = (self.guard.look(sample).verdict for sample in samples)
        return [Verdict.abstained("needs_judge") if verdict is None else verdict for verdict in settled]


class Count(NamedTuple):
    """Of `total` completions how many got a score above 0, and how many an error: those say nothing either way."""

    fooled: int
    total: int
    errors: int = 0

    @property
    def share(self) -> float | None:
        """Of those with a verdict, the share that got a reward; None when none has."""
        return self.fooled / (self.total - self.errors) if self.total > self.errors else None


def false_rewards(verifier: Verifier, suite: Sequence[Attack]) -> dict[str, Count]:
    """For every family, how many of its completions got a reward."""
    verdicts = dispatch.run(verifier, [attack.sample for attack in suite])
    counts = {family: Count(0, 0) for family in families(suite)}
    for attack, verdict in zip(suite, verdicts, strict=True):
        fooled, total, errors = counts[attack.family]
        failed = verdict.status is Status.ERROR
        counts[attack.family] = Count(fooled + ((verdict.score or 0.0) > 0), total + 1, errors + failed)
    return counts


def _filled(pattern: str, row: dict[str, Any]) -> str:
    right = row["answer"] if isinstance(row["answer"], str) else row["answer"][0]
    return pattern.replace("{wrong}", row["wrong"]).replace("{other}", row["other"]).replace("{right}", right)


def _random_letters() -> Iterator[str]:
    dice = random.Random(0)
    for _ in range(RANDOM_GIBBERISH):
        words = ("".join(dice.choices(string.ascii_lowercase, k=dice.randint(4, 9))) for _ in range(dice.randint(1, 5)))
        yield " ".join(words)


def _lines(name: str) -> Iterator[dict[str, Any]]:
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
