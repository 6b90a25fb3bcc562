"""Loops of tests written out: turn by turn what Python goes through, and nothing of what is not written out."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples

from rewardkit.verifiers.code.loops import MOST_TURNS, bound, filled, turns

NAMES = {"xs": ast.parse("[4, 5, 6]", mode="eval").body, "n": ast.Constant(2)}
VALUES: dict[str, Any] = {"xs": [4, 5, 6], "n": 2}
KNOWN = (
    *("range(3)", "range(5, 1, -2)", "range(-2, n + 1)", "range(len(xs))", "range(len(xs) - 1)", "range(0)"),
    *("[1, n, -3]", "(1, 'a')", "[]", "xs", "zip(xs, [1, 2])", "zip([], xs)", "zip(xs, range(9), [7])"),
    *("enumerate(xs)", "enumerate(zip(xs, xs))", "{1: 2, (3, 4): [5]}.items()", "[(1, [2, n])]"),
)
UNKNOWN = (
    *("f(3)", "range(n, f(1))", "range(10 ** 9)", f"range({MOST_TURNS + 1})", "range()", "range(1, 2, 0)", "[*xs]"),
    *("{**xs}.items()", "zip()", "zip(xs, f(1))", "enumerate(xs, 1)", "zip(xs, xs, strict=True)", "'abc'", "{1, 2}"),
    *("sorted(xs)", "ys", "[x for x in xs]"),
)


def parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@pytest.mark.parametrize("text", KNOWN)
def test_turns_are_those_of_python(text: str) -> None:
    found = turns(parsed(text), NAMES)
    assert found is not None
    assert [ast.literal_eval(one) for one in found] == list(eval(text, {}, dict(VALUES)))  # texts of this file


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_not_written_out_has_none(text: str) -> None:
    assert turns(parsed(text), NAMES) is None


@given(st.integers(-9, 9), st.integers(-9, 9), st.integers(-4, 4).filter(bool))
@settings(max_examples=examples(100))
def test_ranges_are_those_of_python(start: int, stop: int, step: int) -> None:
    found = turns(parsed(f"range({start}, {stop}, {step})"), {})
    assert found is not None
    assert [ast.literal_eval(one) for one in found] == list(range(start, stop, step))


@pytest.mark.parametrize(
    ("target", "value", "wanted"),
    [
        ("x", "(1, 2)", {"x": (1, 2)}),
        ("x, y", "(1, 2)", {"x": 1, "y": 2}),
        ("i, (a, b)", "(0, [1, 2])", {"i": 0, "a": 1, "b": 2}),
        ("x, y", "(1, 2, 3)", None),
        ("x, y", "f(1)", None),
        ("x.y", "1", None),
        ("x, *y", "(1, 2)", None),
    ],
)
def test_names_at_a_turn(target: str, value: str, wanted: dict[str, Any] | None) -> None:
    statement = ast.parse(f"for {target} in q: pass").body[0]
    assert isinstance(statement, ast.For)
    found = bound(statement.target, parsed(value))
    assert (found and {name: ast.literal_eval(one) for name, one in found.items()}) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("f(n, xs[0])", "f(2, [4, 5, 6][0])"),
        ("[n for n in xs]", "[n for n in [4, 5, 6]]"),
        ("{n: m for n, m in xs}", "{n: m for n, m in [4, 5, 6]}"),
        ("lambda n: n + xs", "lambda n: n + [4, 5, 6]"),
        ("f(n=n)", "f(n=2)"),
    ],
)
def test_names_are_filled_in_where_they_are_the_tests_own(text: str, wanted: str) -> None:
    node = parsed(text)
    assert ast.unparse(filled(node, NAMES)) == wanted
    assert ast.unparse(node) == text
