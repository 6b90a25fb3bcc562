"""The rewards that verl ships, each loaded without verl's own start, which brings Ray."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from benchmarks.leaderboard.shown import Judgement, Shown, without_start

__all__ = ["exact_match", "geo3k", "gsm8k", "math_dapo", "math_reward", "math_verify", "prime_math"]


def _reward(name: str) -> Any:
    without_start("verl", "verl.utils")
    return importlib.import_module(f"verl.utils.reward_score.{name}")


def _score(name: str) -> Judgement:
    """A reward whose `compute_score` takes the completion and the reference."""
    compute: Callable[[str, str], Any] = _reward(name).compute_score
    return lambda row: _number(compute(row.completion, row.reference))


def _number(found: Any) -> float:
    if isinstance(found, dict):
        found = found["acc"]
    return float(found[0] if isinstance(found, tuple) else found)


def gsm8k() -> Judgement:
    """`gsm8k` with `method="flexible"`, the last number of all; its data have no thousands separators in references."""
    compute = _reward("gsm8k").compute_score
    return lambda row: float(compute(row.completion, row.reference.replace(",", ""), method="flexible"))


def math_reward() -> Judgement:
    """`math_reward`: the last box, strings alike after tidying."""
    return _score("math_reward")


def math_dapo() -> Judgement:
    """`math_dapo`: `Answer: …`, else the last box, strings alike after tidying."""
    return _score("math_dapo")


def prime_math() -> Judgement:
    """`prime_math`, which runs each symbolic comparison in a process that it forks."""
    return _score("prime_math")


def geo3k() -> Judgement:
    """`geo3k`: MathRuler on the last box, and a tenth of the score for the form."""
    return _score("geo3k")


def math_verify() -> Judgement:
    """`math_verify` without its pool of processes, whose work is done in ours."""
    compare: Callable[[str, str], float] = _reward("math_verify")._verify_in_subprocess
    return lambda row: compare(f"\\boxed{{{row.reference}}}", row.completion)


def exact_match() -> Judgement:
    """`search_r1_like_qa_em`: exact match of what stands in `<answer>`; a bare answer is put there."""
    module = _reward("search_r1_like_qa_em")

    def judge(row: Shown) -> bool:
        answer = row.completion if row.bare else module.extract_solution(row.completion)
        return answer is not None and bool(module.em_check(answer, row.reference))

    return judge
