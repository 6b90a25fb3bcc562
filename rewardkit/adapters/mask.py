"""What trainers that know no None are given: a chosen value, and beside it a mask, under the same keys for every row."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rewardkit.types import Status, Verdict

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction

__all__ = ["columns_of", "label_columns", "loaded", "numbers", "one_row", "parts_of", "steps_of", "value"]

TAKEN = ("prompt", "prompts", "completions", "completion_ids", "log_extra", "log_metric")

_loaded: dict[str, RewardFunction] = {}
_lock = threading.Lock()


def loaded(recipe: str = "auto", **options: Any) -> RewardFunction:
    """The reward function of a recipe, made once a process for the same options.

    Raises `UnknownName` or `BadParameter`, as `rewardkit.load` does.
    """
    key = repr((recipe, sorted(options.items())))
    with _lock:
        if key not in _loaded:
            from rewardkit.recipes import load

            _loaded[key] = load(recipe, **options)
        return _loaded[key]


def value(verdict: Verdict, unscored: float) -> float:
    """The score, or `unscored` where there is none."""
    return unscored if verdict.score is None else verdict.score


def numbers(verdict: Verdict) -> dict[str, float]:
    """`scored`, `abstained` and `error`, each 0.0 or 1.0; exactly one of them is 1.0."""
    status = verdict.status
    return {name: float(status is each) for name, each in zip(("scored", "abstained", "error"), Status, strict=True)}


def parts_of(verdict: Verdict) -> dict[str, float]:
    """The score of each part of a `Rubric` that has one, by the part's name."""
    return {name: part["score"] for name, part in verdict.info.get("parts", {}).items() if part["score"] is not None}


def steps_of(verdict: Verdict) -> dict[str, list[float]]:
    """`steps`, the scores of the completion's steps, where the verdict has them; else nothing."""
    steps = verdict.info.get("steps")
    return {} if steps is None else {"steps": [float(step) for step in steps]}


def columns_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Rows as columns; a key that a row lacks is None there."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def one_row(row: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The columns of one row as those of a batch of one, without names that a call has for something else."""
    return {str(name): [value] for name, value in row.items() if name not in TAKEN}


def label_columns(label: Any) -> dict[str, Any]:
    """The columns of a row for which a trainer keeps one field: the reference answer, or a JSON object that holds `answer`.

    '{"answer": "3/4", "reward": "math"}' carries a routing column with it; any other text is the answer itself.
    """
    if isinstance(label, str) and label.lstrip().startswith("{"):
        try:
            row = json.loads(label)
        except ValueError:
            row = None
        if isinstance(row, dict) and "answer" in row:
            return row
    if isinstance(label, Mapping) and "answer" in label:
        return dict(label)
    return {"answer": label}
