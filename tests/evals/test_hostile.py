"""Predictions that a policy could write to break a script: nothing raises, nothing takes long."""

from __future__ import annotations

from functools import partial

import pytest
from cases_of import read_cases
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples, least_cpu_s

from rewardkit.evals import BENCHMARKS, benchmark
from rewardkit.evals.model import MODES
from rewardkit.evals.run import evaluate

LIMIT_S = 3.0
TEXTS = [
    *("\\boxed{" * 5000, "1" * 30_000, "1" * 30_000 + "a", "{" * 20_000, "[" * 20_000, "<think>" * 5000, "answer is " * 5000),
    *("." * 20_000, "(1," * 5000, "A " * 20_000, "yes,1,0" * 5000, "π" * 20_000, "is " * 10_000, "=" * 20_000),
    *("9^9^9^9^9", "\\boxed{2^{9^{9^{9}}}}", "2**100000000", "100000!", "1e400", "-1e999", "nan", "inf", "\x00\ud800", "²"),
]


def kinds(name):
    """One row of every kind of question that the benchmark has."""
    rows = {}
    for case in read_cases():
        row = case["row"]
        if case["benchmark"] == name:
            rows.setdefault((row.get("answer_type"), row.get("question_type"), row.get("A") is None, row.get("category")), row)
    return list(rows.values())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", BENCHMARKS)
def test_nothing_raises_and_nothing_takes_long(name, mode):
    for row in kinds(name):
        for text in TEXTS:
            work = partial(evaluate, benchmark(name), [{**row, "prediction": text}], mode, partial=True)
            assert least_cpu_s(work, within=LIMIT_S) < LIMIT_S, text[:20]


@settings(max_examples=examples(40), deadline=None)
@given(text=st.text(max_size=60) | st.text(alphabet="ABab ()[]{}<>\\.,:0157-=πyesno\n", max_size=60))
@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_score_is_a_score_whatever_is_said(name, text):
    for row in kinds(name):
        for mode in MODES:
            (verdict,) = evaluate(benchmark(name), [{**row, "prediction": text}], mode, partial=True).verdicts
            assert verdict.score is None or 0 <= verdict.score <= 1
            if verdict.score is None:
                assert verdict.reason in ("needs_judge", "gold_unparseable", "out_of_scope")
