"""A judge beside the rules: behind them, and alone in a published form."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.leaderboard import asked
from benchmarks.leaderboard.judges import FORMS, name_of, with_judge
from benchmarks.leaderboard.suites import Suite
from rewardkit.bench.measure import Pair
from rewardkit.judges.client import Request
from rewardkit.testing import ScriptedClient
from rewardkit.types import Sample

DESCRIBED = {"answer": "because it is less dense than water", "bare": False, "options": {}}
SUITE = Suite(
    "made",
    (
        Pair(Sample(0, "What is 6*7?", r"\boxed{42}", {"answer": "42", "bare": False, "options": {}}), True, "all"),
        Pair(Sample(1, "Why does ice float?", "Because its density is lower than that of water.", DESCRIBED), True, "all"),
        Pair(Sample(2, "Why does ice float?", "Because it is cold.", DESCRIBED), False, "all"),
    ),
    3,
)


def lenient(request: Request) -> str:
    """Accepts what speaks of density."""
    text = str(request.messages[-1]["content"])
    right = "density is lower" in text or "42" in text.partition("42")[2]
    words = {"xverify": ("Correct", "Incorrect"), "compassverifier": ("A", "B")}
    chosen = next((pair for pair in words.values() if set(pair) <= set(request.choices)), ("yes", "no"))
    return chosen[0] if right else chosen[1]


def test_the_rules_decide_what_they_can_and_the_judge_the_rest() -> None:
    client = ScriptedClient(lenient)
    found = with_judge([SUITE], client, "small", ["rules"])
    (name,) = found.said
    assert name == "rewardkit and small"
    assert [one.accepted for one in found.said[name]["made"]] == [True, True, False]
    assert client.seen
    assert not any("42" in str(request.messages) for request in client.seen)


@pytest.mark.parametrize("form", [form for form in FORMS if form in ("xverify", "compassverifier")])
def test_a_judge_alone_decides_every_row_in_its_form(form: str) -> None:
    client = ScriptedClient(lenient)
    found = with_judge([SUITE], client, "small", [form])
    said = found.said[name_of(form, "small")]["made"]
    assert [one.accepted for one in said] == [True, True, False]
    assert all(one.cpu_s is not None for one in said)
    assert any("less dense" in str(request.messages) for request in client.seen)


def test_a_judge_alone_is_measured_on_what_the_guard_leaves_to_it(tmp_path: Path) -> None:
    found = with_judge([SUITE], ScriptedClient(lenient), "small", ["rules", "xverify"])
    asked.write([SUITE], found, "small", tmp_path)
    head, _, line = asked.table(tmp_path).splitlines()
    assert head.split(" | ")[:3] == ["| system", "asked", "right"]
    assert line.split(" | ")[:3] == ["| small as xverify", "2", "1"]  # 42 is the reference itself
