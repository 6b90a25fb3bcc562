"""Known behaviour, defects included, of the reward code that WeThink was built on; its regular expressions are the oracle."""

from __future__ import annotations

import json
import random
import re
from functools import partial
from pathlib import Path

import pytest
from patience import least_cpu_s

from rewardkit.registry import get
from rewardkit.testing import Case, read_cases, sample
from rewardkit.verifiers.easyr1 import equal

FOLDER = Path(__file__).parents[1]
CASES = read_cases(FOLDER / "verifiers" / "cases" / "easyr1.jsonl")
PAIRS = [json.loads(line) for line in (FOLDER / "cases" / "easyr1_equal.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.place)
def test_case(case: Case) -> None:
    case.check()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['reference']}~{pair['given']}")
def test_equality_is_that_of_mathruler(pair: dict) -> None:
    assert equal(reference=pair["reference"].strip(), given=pair["given"].strip()) is pair["equal"]


def test_form_and_extraction_are_those_of_the_regular_expressions() -> None:
    form, accuracy = get("easyr1.format"), get("easyr1.accuracy")
    pieces = ["<think>", "</think>", "<answer>", "</answer>", "a", " ", "\n", "42", "<", "answer>"]
    draw = random.Random(7)
    passed = 0
    for _ in range(4000):
        text = "".join(draw.choices(pieces, k=draw.randrange(1, 9)))
        if draw.random() < 0.5:
            text = f"<think>{text}</answer>"
        whole = re.fullmatch(r"<think>.*?</think>\s*<answer>.*?</answer>", text, re.DOTALL)
        assert form.check(sample(completion=text)).score == float(whole is not None), text
        found = re.search(r"<answer>(.*?)</answer>", text)
        expected = (found.group(1) if found else text).strip()
        assert accuracy.check(sample(completion=text, answer="42")).info["extracted"] == expected, text
        passed += whole is not None
    assert passed > 50


def test_a_flood_of_openers_takes_linear_time() -> None:
    accuracy = get("easyr1.accuracy")
    for text in ("<answer>" * 100_000, "<answer>" * 100_000 + "\n</answer>", "</think> " * 100_000):
        assert accuracy.check(sample(completion=text, answer="42")).score == 0
        rows = (
            (accuracy, sample(completion=text, answer="42")),
            (get("easyr1.format"), sample(completion=f"<think>{text}</answer>")),
        )
        for verifier, row in rows:
            assert least_cpu_s(partial(verifier.check, row), within=0.25) < 0.25
