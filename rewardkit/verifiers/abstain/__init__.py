"""A reward that knows three classes: right, wrong, and "I don't know"."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from rewardkit.errors import BadParameter
from rewardkit.extract import extract
from rewardkit.first_use import first_use
from rewardkit.registry import verifier
from rewardkit.rightness import check_by, right_by
from rewardkit.types import Sample, Verdict

__all__ = ["declines", "tier"]

_CLAUSE = re.compile(r"[.,;:!?。，！？…\n]+|\b(?:but|and)\b")
_COMMAND = re.compile(r"\\(?:text|textbf|mathrm)\b|[\\{}$*_\"“”]")
_LONGEST = 200


def _check_tier(*, tier: float, wrong: float, by: str, options: Mapping[str, Any] | None, **_: Any) -> None:
    if not wrong <= tier < 1 or wrong > 0:
        message = f"abstain.tier: tier={tier} and wrong={wrong} cannot be used; wanted wrong <= tier < 1 and wrong <= 0."
        raise BadParameter(message)
    check_by("abstain.tier", by, options)


@verifier("abstain.tier", requires=("answer",), validate=_check_tier)
def tier(
    sample: Sample,
    *,
    tier: float = 0.3,
    wrong: float = 0.0,
    by: str = "text.contains",
    options: Mapping[str, Any] | None = None,
) -> Verdict:
    """Right is worth 1, "I don't know" a tier between, and wrong 0 or less.

    The three classes are those of SimpleQA (arXiv 2411.04368): correct, not attempted, incorrect. A completion is not attempted
    when its final answer says nothing but that it is not known, in one of some twenty languages (`declines`); beside an answer
    such words count for nothing. Where a reference itself says so, the question has no answer, and "I don't know" is right.
    `info["class"]` is the class; a row that `by` cannot decide keeps its abstention.

    Args:
        sample: The sample, with what `by` needs.
        tier: Score of a completion that says it does not know; scored as `no_answer`.
        wrong: Score of a wrong one, 0 or less.
        by: Name of the verifier that tells right from wrong, by a score of 1; none that runs in worker processes.
        options: Parameters of that verifier, such as {"on_miss": "mismatch"}.

    Raises:
        BadParameter: When the verifier is built with values out of order, or a `by` that cannot be used.
    """
    final = extract(sample.text).text or ""
    if declines(final):
        if any(map(declines, sample.references)):
            return Verdict.scored(1.0, **{"extracted": final, "class": "correct"})
        return Verdict.scored(tier, "no_answer", **{"extracted": final, "class": "not_attempted"})
    verdict = right_by(sample, by, options)
    if verdict.score is None:
        return verdict
    is_right = verdict.score >= 1
    info = {**verdict.info, "class": "correct" if is_right else "incorrect"}
    return Verdict.scored(1.0 if is_right else wrong, "match" if is_right else _wrong_reason(verdict), **info)


def _wrong_reason(verdict: Verdict) -> str:
    return "mismatch" if verdict.reason in ("partial", "match") else verdict.reason


def declines(text: str) -> bool:
    """Whether a text says that the answer is not known, and nothing else but an apology."""
    if len(text) > _LONGEST:
        return False
    plain = _COMMAND.sub(" ", text.casefold().replace("’", "'"))
    clauses = [" ".join(clause.split()) for clause in _CLAUSE.split(plain)]
    clauses = [clause for clause in clauses if clause and clause not in _rows("apologies")]
    return bool(clauses) and all(clause in _rows("declines") for clause in clauses)


@functools.lru_cache(maxsize=2)
@first_use
def _rows(name: str) -> frozenset[str]:
    text = files("rewardkit.verifiers.abstain").joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
