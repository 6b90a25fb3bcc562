"""The real lighteval: a metric of ours over documents and responses, through its own application and aggregation."""

from __future__ import annotations

import math
from importlib.util import find_spec
from typing import Any

import pytest
from thousand import rows

import rewardkit
from rewardkit.adapters import lighteval

pytestmark = pytest.mark.skipif(find_spec("lighteval") is None, reason="needs lighteval: make test-adapters")


def document(answer: Any, *choices: str, **specific: Any) -> Any:
    from lighteval.tasks.requests import Doc

    golds = answer if isinstance(answer, list) else [answer]
    every = list(choices or golds)
    places = [every.index(gold) for gold in golds]
    return Doc(query="?", choices=every, gold_index=places, specific=specific or None)


def response(*texts: str) -> Any:
    from lighteval.models.model_output import ModelResponse

    return ModelResponse(text=list(texts))


def test_its_application_gives_the_same_values() -> None:
    from lighteval.metrics import apply_metric

    given = [row for row in rows() if row.answer is not None]
    metric = lighteval.metric("auto", name="reward")
    docs, responses = [document(r.answer) for r in given], [response(r.completion) for r in given]
    values = [each["reward"] for each in apply_metric(responses, docs, [metric])]
    expected = rewardkit.load("auto")(completions=[r.completion for r in given], answer=[r.answer for r in given])
    assert [None if math.isnan(value) else value for value in values] == expected


def test_its_aggregation_leaves_rows_without_a_verdict_out() -> None:
    metric = lighteval.metric("auto", name="reward")
    tale = "A long tale that no rule can tell from another."
    docs = [document("4"), document("5"), document(tale)]
    values = metric.compute_sample(responses=[response("4"), response("4"), response("another tale")], docs=docs)["reward"]
    assert values[:2] == [1.0, 0.0]
    assert math.isnan(values[2])
    mean = metric.get_corpus_aggregations()["reward"]
    assert mean(values) == 0.5
    assert math.isnan(mean(values[2:]))


def test_its_errors_of_the_mean_are_finite() -> None:
    from lighteval.metrics.utils.stderr import get_stderr_function

    mean = lighteval.metric("auto").get_corpus_aggregations()["auto"]
    error = get_stderr_function(mean, 50)
    assert error is not None
    assert 0 < error([1.0, 0.0, math.nan] * 20) < 0.2


def test_choices_and_several_samples() -> None:
    doc = document("Stone", "River", "Stone")
    said = response("<answer>B</answer>", "<answer>A</answer>")
    assert lighteval.metric("auto").compute_sample(responses=[said], docs=[doc]) == {"auto": [0.5]}
