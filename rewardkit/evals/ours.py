"""The fixed mode's readings: the answer without its thoughts, and our verifiers on it."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rewardkit import dispatch
from rewardkit.errors import UsageError
from rewardkit.evals.model import Refer, Step
from rewardkit.extract import extract, outside_think
from rewardkit.registry import get
from rewardkit.types import Sample, Verdict

__all__ = ["choose", "final", "listed", "same", "same_number", "value_of"]


def final(text: str) -> str:
    """The answer block if there is one, else the text outside its thoughts."""
    found = extract(text, order=("answer_tag",))
    return found.text or "" if found.how == "answer_tag" else outside_think(text).strip()


def choose(sample: Sample, answer: Any, choices: Mapping[str, str] | None = None) -> Verdict:
    """Whether the prediction settles on this letter."""
    columns = {**sample.columns, "answer": str(answer)}
    if choices:
        columns["choices"] = dict(choices)
    return get("choice.option").verify([replace(sample, columns=columns)])[0]


def same(sample: Sample, answer: Any) -> Step:
    """Whether the prediction equals the reference as mathematics; what is no mathematics is referred to a judge."""
    row = replace(sample, columns={**sample.columns, "answer": answer})
    verdict = dispatch.run(get("math.equal"), [row])[0]
    if verdict.reason == "needs_symbolic":
        verdict = dispatch.run(get("math.symbolic"), [row])[0]
    if verdict.score is None:
        verdict = dispatch.run(get("text.contains"), [row])[0]
    if verdict.score is not None:
        return verdict
    return Refer(row)


def same_number(sample: Sample, answer: Any, tolerance: float = 0.0) -> Step:
    """Whether the prediction's number is within an absolute tolerance of the reference."""
    row = replace(sample, columns={**sample.columns, "answer": str(answer)})
    verdict = dispatch.run(get("number.equal", abs_tol=tolerance, rounding="exact"), [row])[0]
    if verdict.score is None:
        return same(sample, str(answer))
    if verdict.reason != "mismatch":
        return verdict
    # The tolerance of `number.equal` is for numbers written out, not for 2π.
    found, wanted = value_of(str(verdict.info.get("extracted"))), value_of(str(answer))
    close = found is not None and wanted is not None and abs(found - wanted) <= tolerance
    return Verdict.scored(1.0, **verdict.info) if close else verdict


def value_of(text: str) -> float | None:
    """The value of an expression without names, by our own reader: no text of a model is run as code."""
    from rewardkit.answers.numerics.balls import NotNumeric, evaluate, precision
    from rewardkit.answers.read import read

    tree = read(text).tree
    if tree is None:
        return None
    try:
        with precision(128):
            value = float(evaluate(tree, {}).mid())
    except (NotNumeric, KeyError, ValueError, AttributeError, OverflowError):
        return None
    return value if value == value and abs(value) != float("inf") else None


def listed(value: Any, where: str) -> list[Any]:
    """A column that holds a list: as it is, or written as a Python or JSON list. Raises `UsageError` for anything else."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if value is None or value != value or (isinstance(value, str) and not value.strip()):
        return []
    for read in (ast.literal_eval, json.loads):
        try:
            found = read(str(value))
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(found, (list, tuple)):
            return list(found)
    message = f"{where}: {str(value)[:80]!r} is no list; wanted one such as ['4', '5']"
    raise UsageError(message)
