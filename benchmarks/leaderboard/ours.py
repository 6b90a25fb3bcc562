"""This library on a row: the rules alone. With a judge it is `judged.py`, which needs no worker process."""

from __future__ import annotations

from benchmarks.leaderboard.shown import Judgement, Shown
from rewardkit import recipes
from rewardkit.answers.equality.algebra import algebra
from rewardkit.bench.systems import decide
from rewardkit.router import Router
from rewardkit.types import Sample, Verdict

__all__ = ["rules"]

WARMING = (
    Sample(0, "How many eggs are there?", "There are not 12 eggs, but 13 eggs.", {"answer": "12"}),
    Sample(1, "Which is a bird?\nA) Crow\nB) Bat", "It is not B, so A is the answer.", {"answer": "A"}),
    Sample(2, "Who wrote Emma?", "Emma was not written by Scott.", {"answer": "Jane Austen"}),
)
"""One row a kind of route: what they bring in, tables and imports, is on nobody's clock."""


def rules() -> Judgement:
    """The recipe `auto` without a judge: the route is chosen from the row, and what no rule can tell is None."""
    algebra()
    built = recipes.build("auto")
    built.verify(WARMING)

    def judge(row: Shown) -> Verdict:
        if not isinstance(built, Router) or not callable(built.by):
            return decide(built, row.sample)
        to = built.routes.get(str(built.by(row.sample)), built.default)
        return Verdict.abstained("no_route") if to is None else decide(to, row.sample)

    return judge
