from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples, least_cpu_s

from rewardkit.errors import BadParameter
from rewardkit.extract import DEFAULT_ORDER, STEPS, extract, outside_think

CASES = [
    json.loads(line) for line in (Path(__file__).parent / "cases" / "extract.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{c['why'][:40]}" for i, c in enumerate(CASES)])
def test_case(case):
    found = extract(case["text"], order=case.get("order", DEFAULT_ORDER))
    assert found.text == case["found"], case["why"]
    assert found.reason.value == case.get("reason", "found")
    if "method" in case:
        assert found.how == case["method"]
    if "alternatives" in case:
        assert list(found.alternatives) == case["alternatives"]


HOSTILE = [
    "<!--",
    "<s>",
    "<answer>",
    "</answer>",
    "<think>",
    "</think>",
    "<answer>1</answer>",
    "\\boxed{",
    "\\boxed{1} ",
    "{",
    "}",
    "\\",
    "\\(",
    "$",
    "####",
    "\n#### ",
    "\n#### Then\n\n",
    "**a",
    "answer to ",
    "The answer is ",
    '"answer":',
    '"answer": "',
    "A:\n",
    "答案是",
    "1,",
    "1",
    " ",
    "\n",
    ". ",
    "Wait, no: ",
    "sorry, actually ",
    "not \\boxed{1} ",
    "Ans: 1, because ",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_megabyte_is_read_in_linear_time(unit):
    for order in (DEFAULT_ORDER, tuple(STEPS)):
        large = partial(extract, unit * (2**20 // len(unit)), order=order)
        assert least_cpu_s(large, within=0.2) < 2  # what is quadratic takes minutes


def test_a_megabyte_of_openers_takes_under_half_a_second():
    text = "<answer>" * (2**20 // 8)
    assert least_cpu_s(lambda: extract(text, order=DEFAULT_ORDER), within=0.1) < 0.5


def test_an_unknown_step_is_refused_with_the_known_ones():
    with pytest.raises(BadParameter, match=r"no extraction step is named 'box'.*boxed"):
        extract("1", order=("box",))


pieces = st.lists(st.sampled_from([*HOSTILE, "41", "or", "x", "\\frac{1}{2}", "so ", "Final answer"]), max_size=30).map("".join)


@settings(max_examples=examples(300), deadline=None)
@given(pieces | st.text(max_size=200))
def test_any_text_gives_an_answer_or_a_reason(text):
    for order in (DEFAULT_ORDER, tuple(STEPS)):
        found = extract(text, order=order)
        assert (found.text is None) == (found.reason != "found")
        assert found.reason in ("found", "no_answer", "ambiguous")
        if found.reason == "ambiguous":
            assert len(found.alternatives) > 1
        if found.text is not None:
            assert found.text.strip()


@settings(max_examples=examples(200), deadline=None)
@given(pieces)
def test_what_is_outside_think_holds_no_think_tag_that_hides_something(text):
    visible = outside_think(text)
    assert len(visible) <= len(text)
    assert outside_think(visible) == visible


PIECES = (
    "\\boxed{",
    "}",
    "{",
    "60",
    "\\frac12",
    " not ",
    " is wrong",
    "Wait, no: ",
    "<answer>",
    '"answer": 5',
    ".",
    "$",
    "\n",
    "final answer is 7",
    "box ",
)


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.text(alphabet="ab 1.$)", max_size=12))
def test_the_short_way_to_a_closing_box_finds_what_every_step_finds(before: str, behind: str) -> None:
    for text in (before, f"{before}\\boxed{{42}}{behind}", f"So it is not {before}\\boxed{{42}}{behind}"):
        assert extract(text) == extract(text, order=list(DEFAULT_ORDER))
