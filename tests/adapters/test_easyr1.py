"""EasyR1's documented interface: what its batch reward manager hands over, and what it reads of the answer."""

from __future__ import annotations

import importlib.util
import json
import math
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from thousand import rows

import rewardkit
from rewardkit.adapters import easyr1
from rewardkit.errors import BadParameter


def as_its_batch_manager_does(kwargs: dict[str, Any], inputs: list[dict[str, Any]]) -> tuple[list[float], dict[str, list[float]]]:
    """The steps of `BatchFunctionRewardManager`: load the file, bind the keywords, call, read `overall`, collect every key."""
    spec = importlib.util.spec_from_file_location("custom_reward_fn", Path(str(easyr1.__file__)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    collected: dict[str, list[float]] = defaultdict(list)
    scores = partial(module.compute_score, **kwargs)(inputs)
    for score in scores:
        for key, value in score.items():
            collected[key].append(value)
    return [score["overall"] for score in scores], collected


def inputs() -> list[dict[str, Any]]:
    return [{"response": row.completion, "response_length": len(row.completion), "ground_truth": row.answer} for row in rows()]


def test_it_scores_as_the_reward_function_does() -> None:
    overall, collected = as_its_batch_manager_does({"unscored": 0.25}, inputs())
    expected = rewardkit.load("auto")(completions=[r.completion for r in rows()], answer=[r.answer for r in rows()])
    assert overall == [0.25 if score is None else score for score in expected]
    assert collected["scored"] == [float(score is not None) for score in expected]
    assert 0 < sum(collected["scored"]) < len(overall)


def test_every_row_has_the_same_keys_and_only_finite_numbers() -> None:
    _, collected = as_its_batch_manager_does({}, inputs())
    assert set(collected) == {"overall", "scored", "abstained", "error"}
    assert {len(values) for values in collected.values()} == {1000}
    assert all(type(value) is float and math.isfinite(value) for values in collected.values() for value in values)


def test_a_json_label_carries_columns() -> None:
    label = json.dumps({"answer": "Stone", "choices": ["River", "Stone"]})
    row = {"response": "<answer>B</answer>", "response_length": 1, "ground_truth": label}
    assert easyr1.compute_score([row])[0]["overall"] == 1.0
    assert easyr1.compute_score([{**row, "response": "<answer>A</answer>"}])[0]["overall"] == 0.0


def test_a_wrong_option_is_said_at_once() -> None:
    with pytest.raises(BadParameter, match="jugde"):
        easyr1.compute_score([], jugde="http://127.0.0.1:1")
