"""Values on their way out of a sandbox: what is told is what is read, and what nobody told is equal to nothing."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import examples, least_cpu_s

from rewardkit.sandbox.inside import _told
from rewardkit.verifiers.code.asserts import Unreadable, asserts
from rewardkit.verifiers.code.expressions import holds
from rewardkit.verifiers.code.values import Opaque, canonical, plain, read, same, same_items

ATOMS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=5)
ATOMS |= st.binary(max_size=4)
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(ATOMS, inner, max_size=3)
        | st.frozensets(ATOMS, max_size=3)
    ),
    max_leaves=10,
)


@settings(max_examples=examples(200))
@given(VALUES)
def test_what_is_told_is_what_is_read(value: Any) -> None:
    assert same(plain(value), read(_told(value, 0).encode()))


@settings(max_examples=examples(200))
@given(VALUES, VALUES)
def test_equal_is_what_python_says(left: Any, right: Any) -> None:
    assert same(plain(left), read(_told(right, 0).encode())) is (left == right)


@pytest.mark.parametrize(
    "told",
    [
        *(b"", b"x", b"NaN", b"{}", b'{"a": 1}', b"[", b"[" * 100_000, b"[]", b"1" * 100_000, b"\xff\xfe["),
        *(b'["dict", 1]', b'["bytes", "x"]', b'["bytes", 1]', b'["complex", "x", "y"]', b'["complex", 1]'),
        *(b'["float", "x"]', b'["float"]', b'["none"]'),
    ],
    ids=lambda told: repr(told[:20]),
)
def test_what_nobody_told_is_equal_to_nothing(told: bytes) -> None:
    value = read(told)
    assert isinstance(value, Opaque)
    assert not any(same(wanted, value, 1e-6) for wanted in (None, 0, 1, "", "x", b"", [], (), read(told)))


def test_deep_and_wide_values_are_compared_in_little_time() -> None:
    deep = b'["list",' * 400 + b"1" + b"]" * 400
    assert not same_items([[1]], [read(deep)], 1e-6)
    assert len(canonical(read(deep))) < 10_000
    shared = range(1, 100_001)
    told = ('["set"' + "".join(f",{number * (2**61 - 1)}" for number in shared) + "]").encode()
    assert least_cpu_s(lambda: same(plain({1, 2}), read(told)), within=5.0) < 5.0


@pytest.mark.parametrize(
    ("wanted", "given", "equal"),
    [
        (1.0, 1.0000001, True),
        (1e9, 1e9 + 100, True),
        (1.0, 1.001, False),
        (10**9, 10**9 + 1, False),
        (10**9, 10.0**9 + 1, True),
        (0.0, 1e-7, True),
        (float("inf"), float("inf"), True),
        (float("inf"), 1e308, False),
        (float("nan"), float("nan"), False),
        (10**3000, 1.5, False),
        (1.5, 10**3000, False),
        (1 + 1j, 1.0000001 + 1j, True),
        (True, 1, True),
        ("1", 1, False),
        (None, False, False),
    ],
)
def test_numbers_within_the_tolerance(wanted: complex, given: complex, equal: bool) -> None:
    assert same(wanted, given, 1e-6) is equal


@pytest.mark.parametrize(
    ("test", "answers", "true"),
    [
        ("f(1) == 2", [2], True),
        ("f(1) ** f(2) == 8", [2, 3], True),
        ("f(1) ** f(2) == 8", [2, 10**9], False),
        ("round(f(1), f(2)) == 1", [1, -(10**9)], False),
        ("f(1) + f(2) == 'ab'", ["a", "b"], False),
        ("f(1) * 10 == []", [[]], False),
        ("len(f(1)) == 2 and f(1)[-1] > 1", [[1, 2], [1, 2]], True),
        ("f(1)[5] == 2", [[1]], False),
        ("f(1)['a'] == 2", [{"a": 2}], True),
        ("max(f(1)) == 3 or min(f(1), f(2)) == 1", [[1, 2], 1, 5], True),
        ("'b' in f(1)", ["abc"], True),
        ("1 < f(1) < 3", [2], True),
        ("f(1) is None", [None], True),
        ("f(1) is not None", [None], False),
        ("not f(1)", [[]], True),
        ("all(f(1)) and any(f(1))", [[1, 2], [0, 1]], True),
        ("f(1) == (3 if f(2) else 4)", [4, 0], True),
        ("set(f(1)) == {1, 2} == set([2, 1])", [[1, 2, 2]], True),
        ("sorted(f(1))[0] == 1", [[2, "x"]], False),
        ("f(1)[1:] == [2]", [[1, 2]], True),
        ("abs(f(1) - math.pi) <= 0.01", [3.14], True),
    ],
)
def test_what_is_worked_out_of_an_assert(test: str, answers: list[Any], true: bool) -> None:
    (found,) = asserts([f"assert {test}"], "", "").tests
    assert len(found.calls) == len(answers)
    assert holds(found.expression, [plain(answer) for answer in answers], 1e-6, ordered=True) is true


@pytest.mark.parametrize(
    ("test", "entry"),
    [
        ("f(1).equals(5)", ""),
        ("[x for x in f(1)] == [1]", ""),
        ("(lambda: f(1))() == 1", ""),
        ("close(f(1), 2)", "f"),
        ("f(1) == g(2)", "f"),
        ("f(1) == open('x').read()", ""),
        ("f(1) == f'{2}'", ""),
        ("f(1) == x", ""),
        ("-" * 100 + "f(1) == 1", ""),
    ],
)
def test_what_cannot_be_taken_apart_is_not_read(test: str, entry: str) -> None:
    with pytest.raises(Unreadable):
        asserts([f"assert {test}"], entry, "")


def test_holes_are_what_is_asked_of_the_code() -> None:
    (found,) = asserts(["x = [3]\nassert f(x, [1]).strip() == 'a' or A(1).g(x)"], "", "").tests
    assert [call.text for call in found.calls] == ["null", "null"]
    assert [call.entry for call in found.calls] == ["f([3], [1]).strip()", "A(1).g([3])"]
    assert isinstance(found.expression, ast.BoolOp)
