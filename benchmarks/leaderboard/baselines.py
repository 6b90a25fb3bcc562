"""What a few lines do, to see what the others are worth beyond them. They are ours, and stand for nobody's package."""

from __future__ import annotations

import re

from benchmarks.leaderboard.shown import Judgement, Shown

__all__ = ["contained", "exact", "last_number"]

_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def exact() -> Judgement:
    """The last box, else the last line, and the reference are the same text but for case, spaces and a dot at the end."""
    return lambda row: _plain(_last_box(row.completion) or row.completion.strip().rpartition("\n")[2]) == _plain(row.reference)


def contained() -> Judgement:
    """The reference stands somewhere in the completion, between what are no letters or digits."""

    def judge(row: Shown) -> bool:
        wanted = re.escape(_plain(row.reference))
        return re.search(rf"(?<![^\W_]){wanted}(?![^\W_])", _plain(row.completion)) is not None

    return judge


def last_number() -> Judgement:
    """The last number of the completion is that of the reference; None where the reference is no number."""

    def judge(row: Shown) -> bool | None:
        wanted = _NUMBER.fullmatch(row.reference.strip().strip("$"))
        if wanted is None:
            return None
        found = _NUMBER.findall(row.completion)
        return bool(found) and _value(found[-1]) == _value(wanted[0])

    return judge


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def _plain(text: str) -> str:
    return " ".join(text.strip().strip("$").rstrip(".。").split()).casefold()


def _last_box(text: str) -> str:
    """What stands in the last box, up to the brace that closes it; empty when there is none."""
    _, begins, rest = text.rpartition("\\boxed{")
    depth = 1
    for place, mark in enumerate(rest if begins else ""):
        depth += (mark == "{") - (mark == "}")
        if depth == 0:
            return rest[:place]
    return ""
