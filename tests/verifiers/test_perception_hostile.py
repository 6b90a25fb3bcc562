"""Texts that a policy may write to make a measure of perception slow: each costs little, and none is paid."""

from __future__ import annotations

import json

import pytest
from patience import least_cpu_s

from rewardkit.registry import get
from rewardkit.testing import sample
from rewardkit.types import Status

MASK = '{"size": [400, 500], "counts": [400, 80000, 119600]}'
TABLE = "<table>" + "<tr><td>a</td><td>b</td></tr>" * 100 + "</table>"
CAPTION = "a black cat sat on the mat " * 100
ZIGZAG = json.dumps([number for place in range(4_500) for number in (500 * (place % 2), place % 400)])
HOSTILE = {
    "outlines that cross every column": ("grounding.mask", {}, MASK, f"<answer>{ZIGZAG}</answer>"),
    "counts that never end": ("grounding.mask", {}, MASK, '{"size": [400, 500], "counts": "' + "o" * 90_000 + '"}'),
    "runs of no length": ("grounding.mask", {}, MASK, '{"size": [400, 500], "counts": [' + "0, " * 30_000 + "200000]}"),
    "masks by the thousand": ("grounding.mask", {}, MASK, '{"size": [4, 5], "counts": [20]} or ' * 3_000),
    "lists by the thousand": ("grounding.keypoints", {"sigma": 0.1}, '{"keypoints": [1, 1, 2], "area": 9}', "[1, 2], " * 20_000),
    "points by the thousand": ("grounding.point", {"match": "set"}, f"[{MASK}, {MASK}]", "(1, 2) " * 50_000),
    "cells that never close": ("table.teds", {}, TABLE, "<table><tr><td>" * 10_000),
    "marks in one another": ("table.teds", {}, TABLE, "<table><tr><td>" + "<b>" * 20_000 + "</i>" * 20_000),
    "comments that never close": ("table.teds", {}, TABLE, "<table><tr><td>a" + "<!--" * 5_000),
    "quotes that never close": ("table.teds", {}, TABLE, "<td \"'" * 20_000),
    "tables with pipes": ("table.teds", {}, TABLE, "|a|\n|-|\n" * 20_000),
    "one word again and again": ("text.rouge", {}, CAPTION, "<answer>" + "cat " * 24_000 + "</answer>"),
    "one letter": ("text.cider", {}, CAPTION, "a" * 99_000),
    "pairs again and again": ("text.cider", {}, CAPTION, "<answer>" + "the cat " * 12_000 + "</answer>"),
    "digits": ("graded.number", {"error": "absolute", "limit": 10}, "12", "<answer>" + "9" * 99_000 + "</answer>"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_it_costs_little_and_is_not_paid(case: str) -> None:
    name, parameters, answer, completion = HOSTILE[case]
    verifier, one = get(name, **parameters), sample(completion=completion, answer=answer)
    verdict = verifier.check(one)
    assert verdict.status is Status.SCORED, verdict
    assert verdict.score is not None
    assert verdict.score < 0.05, verdict
    assert least_cpu_s(lambda: verifier.check(one), within=2.0) < 2.0
