"""A limit of seconds for every row of a reward: held by worker processes, for every rule of it, or refused."""

from __future__ import annotations

import asyncio
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import rewardkit
from rewardkit import Router, Rubric
from rewardkit.errors import BadParameter
from rewardkit.types import Judge, Sample, Verifier

sys.path.insert(0, str(Path(__file__).parent / "plugins"))

import slow_rules  # noqa: F401 - registers them

COMPLETIONS = ["1", "hang", "0.5", "hang", "abstain"]
ANSWERS = ["x"] * len(COMPLETIONS)
REWARDS = [1.0, 0.0, 0.5, 0.0, None]


def alone() -> Verifier:
    return rewardkit.get("slow.rule")


def routed() -> Verifier:
    return Router({"a": rewardkit.get("slow.rule")}, by=lambda sample: "a")


@pytest.mark.parametrize("made", [alone, routed], ids=lambda made: made.__name__)
def test_a_rule_that_hangs_costs_its_row_and_no_other(made: Callable[[], Verifier]) -> None:
    reward = rewardkit.RewardFunction(made(), time_limit_s=0.3)
    assert reward(completions=COMPLETIONS, answer=ANSWERS) == REWARDS
    assert [verdict.reason for verdict in reward.verdicts][1] == "timeout"
    assert asyncio.run(reward.acall(completions=COMPLETIONS[:2], answer=ANSWERS[:2])) == REWARDS[:2]


def test_the_limit_pickles_and_is_an_option_of_load() -> None:
    reward = pickle.loads(pickle.dumps(rewardkit.load("slow.rule", time_limit_s=0.3)))
    assert reward(completions=["hang", "1"], answer=["x", "x"]) == [0.0, 1.0]


@pytest.mark.slow
def test_a_recipe_keeps_its_rewards_under_a_limit() -> None:
    batch = {"completions": ["(B)", "7", "a tale", ""], "answer": ["B", "7.0", "a tale of two cities, told at length", None]}
    assert rewardkit.load("auto", time_limit_s=20.0)(**batch) == rewardkit.load("auto")(**batch) == [1.0, 1.0, None, None]


def plain(sample: Sample) -> float:
    """A rule of no registered name."""
    return 1.0


async def waiting(sample: Sample) -> float:
    """A rule that is awaited."""
    return 1.0


class Hidden:
    """A verifier that makes another one when it is asked."""

    name = "test.hidden"

    def verify(self, samples: list[Sample], /) -> list[rewardkit.Verdict]:
        from rewardkit import dispatch
        from rewardkit.lifted import lift

        return dispatch.run(lift(lambda sample: 1.0), samples)


@pytest.mark.parametrize(
    ("verifier", "words"),
    [
        (plain, "cannot get 'plain' by its name"),
        (lambda sample: 1.0, "cannot get 'lambda' by its name"),
        (waiting, "cannot hold 'waiting', which is async"),
        (Rubric({"slow.rule": 1.0, rewardkit.RewardFunction(plain).verifier: 0.1}), "cannot get 'plain'"),
    ],
    ids=["a function", "a lambda", "async", "a part"],
)
def test_what_cannot_be_held_is_refused_when_it_is_made(verifier: Verifier | Judge, words: str) -> None:
    with pytest.raises(BadParameter, match=words):
        rewardkit.RewardFunction(verifier, time_limit_s=1.0)


def test_what_nobody_saw_beforehand_is_refused_when_it_runs() -> None:
    with pytest.raises(BadParameter, match="defined inside another function"):
        rewardkit.RewardFunction(Hidden(), time_limit_s=1.0)(completions=["x"])


@pytest.mark.parametrize("seconds", [0, -1.0, float("nan")])
def test_a_limit_is_more_than_nothing(seconds: float) -> None:
    with pytest.raises(BadParameter, match="greater than 0"):
        rewardkit.load("auto", time_limit_s=seconds)
