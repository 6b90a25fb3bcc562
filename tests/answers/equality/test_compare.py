from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples, least_cpu_s

from rewardkit import answers
from rewardkit.answers import forget, understand

from ..fuzz import INTERVAL_OR_LIST, WRITTEN


def compare(reference: str, answer: str, **options: object) -> answers.Comparison:
    return answers.compare(reference=reference, answer=answer, **options)  # type: ignore[arg-type]


ROWS = [
    (f"{path.stem}-{line}", json.loads(text))
    for path in sorted(Path(__file__).parents[1].joinpath("cases").glob("*.jsonl"))
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
]
PAIRS = [(row["reference"], row["answer"]) for _, row in ROWS]
CASES = [pytest.param(row["reference"], row["answer"], row["equal"], id=name) for name, row in ROWS]
KINDS = ("match", "match_rounded", "mismatch", "undecided", "gold_unparseable", "no_answer", "too_complex")
ALPHABET = "0123456789abxyn+-*/^_=<>(){}[]|,.;:! $%'\\&~πe√½≤"
PIECES = (
    r"\frac { } ( ) [ ] \sqrt x y 2 10 ^ _ , \pi \sin + - / = < \le \cup & \\ ! % \infty \log \{ \} \mid | \pm i \sum \text{and}"
)
LATEX = st.lists(st.sampled_from([*PIECES.split(), r"\begin{pmatrix}", r"\end{pmatrix}", " "]), max_size=14).map("".join)
TEXTS = st.one_of(st.text(max_size=40), st.text(alphabet=ALPHABET, max_size=30), LATEX)


@pytest.mark.parametrize(("reference", "answer", "equal"), CASES)
def test_cases(reference: str, answer: str, equal: bool | None) -> None:
    found = compare(reference, answer)
    assert found.equal is equal, found


def is_directed(one: answers.Comparison, other: answers.Comparison) -> bool:
    if not WRITTEN.isdisjoint((one.reference_shape, other.reference_shape)):
        return True
    return "sentence" in (one.step, other.step) or {one.reference_shape, one.answer_shape} in INTERVAL_OR_LIST


def test_the_reason_goes_with_the_verdict() -> None:
    for reference, answer in PAIRS:
        found = compare(reference, answer)
        assert found.reason in KINDS
        assert (found.equal is True) == found.reason.startswith("match")
        assert (found.equal is None) == (found.reason in ("undecided", "gold_unparseable"))
        assert found.step


def test_rounding_policies() -> None:
    assert compare("0.667", r"\frac{2}{3}", rounding="exact").equal is False
    assert compare("0.667", r"\frac{2}{3}", rounding="reference").reason == "match_rounded"
    assert compare(r"\frac{2}{3}", "0.6667", rounding="reference").equal is False
    assert compare(r"\frac{2}{3}", "0.6667").reason == "match_rounded"


def test_strict_units() -> None:
    assert compare("5 cm", "5", units="strict").equal is False
    assert compare("5", "5 cm", units="strict").equal is True
    assert compare("10", "10\\%", units="strict").equal is False
    assert compare("12 cm", "0.12\\text{ m}", units="strict").equal is True


@settings(max_examples=examples(300), deadline=None)
@given(TEXTS, TEXTS)
def test_any_text_gives_a_verdict(left: str, right: str) -> None:
    found = compare(left, right)
    assert found.reason in KINDS
    understand(left)


@settings(max_examples=examples(300), deadline=None)
@given(TEXTS)
def test_nothing_differs_from_itself(text: str) -> None:
    assert compare(text, text).equal is not False or not text.strip()
    assert compare(text, f" {text} ", cache=False).equal is not False or not text.strip()


@settings(max_examples=examples(300), deadline=None)
@given(TEXTS, TEXTS)
def test_equality_of_what_was_read_is_symmetric(left: str, right: str) -> None:
    if not left.strip() or not right.strip() or "text" in (understand(left).shape, understand(right).shape):
        return
    one, other = compare(left, right, rounding="exact"), compare(right, left, rounding="exact")
    assert (one.equal is True) == (other.equal is True) or is_directed(one, other)


def test_symmetry_over_the_cases() -> None:
    for reference, answer in PAIRS:
        one = compare(reference, answer, rounding="exact")
        other = compare(answer, reference, rounding="exact")
        if not is_directed(one, other):
            assert (one.equal is True) == (other.equal is True), (reference, answer)


def test_the_cache_changes_nothing_but_the_time() -> None:
    forget()
    first = compare(r"\frac{x}{2}", "0.5x")
    assert compare(r"\frac{x}{2}", "0.5x") == first == compare(r"\frac{x}{2}", "0.5x", cache=False)


def test_a_comparison_crosses_processes() -> None:
    found = compare(r"\frac{2}{3}", "0.6667")
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("42", "number"), ("28\\%", "percent"), ("5 cm", "quantity"), ("x+1", "expression"), ("f(x)=2x", "function"),
        ("[1,2)", "interval"),
        ("x<3", "inequality"), ("\\{1,2\\}", "set"), ("(1,2,3)", "tuple"), ("1, 2", "list"), ("a=1, b=2", "named list"),
        ("x^2+y^2=1", "equation"),
        ("\\begin{pmatrix}1\\\\2\\end{pmatrix}", "matrix"), ("2:3", "ratio"), ("12:30", "time"), ("a dog", "text"),
        ("90^\\circ", "angle"),
    ],
)  # fmt: skip
def test_shapes(text: str, shape: str) -> None:
    assert understand(text).shape == shape


def test_what_lint_needs_to_know() -> None:
    assert understand("\\frac{1}{").problems
    assert understand("").problems == ("empty",)
    assert understand("123,456").readings == ("list(123, 456)",)
    assert understand("123,456").problems == ()
    assert understand("\\sqrt{2").problems == ("unbalanced braces",)
    assert understand("1/2x").problems == ("two readings",)
    assert "add(x, 1)" in understand("x+1").tree


def test_understanding_is_fast() -> None:
    texts = [reference for reference, _ in PAIRS]
    limit_s = 0.002 * len(texts)
    assert least_cpu_s(lambda: [understand(text) for text in texts], within=limit_s) < limit_s
