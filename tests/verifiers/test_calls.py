"""Tool calls: every dress, and what is in the dress of a call and is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.registry import get
from rewardkit.testing import Case, read_cases, sample

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
CALLS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.from_regex(r"[a-z_]{1,8}", fullmatch=True),
            "arguments": st.dictionaries(st.text(min_size=1, max_size=5), VALUES, max_size=3),
        }
    ),
    min_size=1,
    max_size=3,
)


@pytest.mark.parametrize(
    "case", read_cases(Path(__file__).parent / "cases" / "call.jsonl", verifier="call.match"), ids=lambda case: case.place
)
def test_case(case: Case) -> None:
    case.check()


def hermes(calls: list[dict[str, Any]]) -> str:
    return "".join(f"<tool_call>{json.dumps(call)}</tool_call>" for call in calls).replace("<think", "\\u003cthink")


@given(CALLS)
def test_the_calls_wanted_are_right_in_every_dress(calls: list[dict[str, Any]]) -> None:
    messages = [
        {
            "role": "assistant",
            "tool_calls": [{"function": {"name": c["name"], "arguments": json.dumps(c["arguments"])}} for c in calls],
        }
    ]
    for completion in ("[TOOL_CALLS]" + json.dumps(calls), json.dumps(calls), hermes(calls), messages):
        assert get("call.match").check(sample(completion=completion, calls=calls)).score == 1.0


@given(CALLS, CALLS)
def test_other_calls_are_never_right(wanted: list[dict[str, Any]], made: list[dict[str, Any]]) -> None:
    names = sorted(call["name"] for call in wanted), sorted(call["name"] for call in made)
    if names[0] != names[1]:
        for partial in (False, True):
            assert get("call.match", partial=partial).check(sample(completion=json.dumps(made), calls=wanted)).score != 1.0


@pytest.mark.parametrize(
    "flood",
    [
        *("[" * 100_000, "<tool_call>" * 50_000, "f(" * 50_000, "[TOOL_CALLS]" + "{" * 100_000, "```json\n" * 50_000),
        *(" " * 100_000 + "x" + "\n" * 100_000 + "y", "```" + " " * 100_000 + "x", "```\nx" * 20_000, "x</s>" * 50_000),
    ],
    ids=lambda flood: repr(flood[:12]),
)
def test_a_flood_is_no_call(flood: str) -> None:
    assert get("call.match").check(sample(completion=flood, calls=[{"name": "f"}])).score == 0.0
