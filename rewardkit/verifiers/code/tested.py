"""A row's tests in the shapes that data sets have them in, as what is asked of the code and what it should give.

| shape | from | as |
|---|---|---|
| `{"inputs": […], "outputs": […]}` | APPS, TACO, PRIME | standard input and output; with `fn_name` arguments and value |
| `[{"input": …, "output": …}, …]` | LiveCodeBench, DeepCoder | the same; a test of `testtype` functional calls the function |
| `[{"args": […], "output": …}, …]` | – | arguments and value |
| `["assert f(1) == 2", …]`, a text of them, or `def check(candidate): …` | MBPP, HumanEval, LeetCode | asserts |

What a test wants stays out here: it is not part of what is asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rewardkit.sandbox import Call, Outcome
from rewardkit.verifiers.code.asserts import Unreadable, asserts
from rewardkit.verifiers.code.output import same_output
from rewardkit.verifiers.code.values import plain, read, same, same_items

__all__ = ["Test", "Tests", "Unreadable", "names_tests", "tests_of"]

MOST_TESTS = 10_000
MOST_BYTES = 32 << 20
_NAMES = ("fn_name", "func_name", "entry_point")
_SETUPS = ("test_setup_code", "test_imports")


def names_tests(reference: str) -> bool:
    """Whether a reference is nothing but tests of code in the shape of APPS: a mapping with `inputs` and `outputs`."""
    if not reference.lstrip().startswith("{") or '"inputs"' not in reference or '"outputs"' not in reference:
        return False
    try:
        found = json.loads(reference)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and all(isinstance(found.get(key), list) for key in ("inputs", "outputs"))


class Test(Protocol):
    """What is asked of the code, and whether what it gave is right."""

    @property
    def calls(self) -> Sequence[Call]:
        """What is asked, each in a process of its own."""
        ...

    def right(self, outcomes: Sequence[Outcome], tolerance: float, ordered: bool) -> bool:
        """Whether they are what the test wants; all of them ended well."""
        ...


@dataclass(frozen=True)
class Tests:
    """All tests of a row, and what is run before the code for their sake."""

    tests: tuple[Test, ...]
    setup: str = ""


@dataclass(frozen=True)
class _Printed:
    """Standard input, and what is to be printed."""

    given: str
    wanted: str

    @property
    def calls(self) -> Sequence[Call]:
        return (Call(self.given),)

    def right(self, outcomes: Sequence[Outcome], tolerance: float, ordered: bool) -> bool:
        printed = outcomes[0].output.decode("utf-8", "replace")
        return same_output(self.wanted, printed, tolerance, ordered=ordered)


@dataclass(frozen=True)
class _Returned:
    """A function, its arguments as JSON, and the values any of which is to be returned."""

    function: str
    given: str
    wanted: tuple[Any, ...]

    @property
    def calls(self) -> Sequence[Call]:
        return (Call(self.given, self.function),)

    def right(self, outcomes: Sequence[Outcome], tolerance: float, ordered: bool) -> bool:
        value = read(outcomes[0].value)
        return any(self._same(wanted, value, tolerance, ordered) for wanted in self.wanted)

    def _same(self, wanted: Any, value: Any, tolerance: float, ordered: bool) -> bool:
        if not ordered and isinstance(wanted, list) and isinstance(value, (list, tuple)):
            return same_items(wanted, value, tolerance, from_json=True)
        return same(wanted, value, tolerance, from_json=True)


def tests_of(columns: Mapping[str, Any]) -> Tests:
    """The tests in the column `answer`; other columns may name the function. Raises `Unreadable` for what holds no test."""
    answer, function = _listed(columns["answer"]), _function(columns)
    if isinstance(answer, str):
        if len(answer) > MOST_BYTES:
            message = f"the tests are {len(answer)} characters long; at most {MOST_BYTES} are read"
            raise Unreadable(message)
        answer = _json(answer) if answer.lstrip()[:1] in ("{", "[") else answer
    if isinstance(answer, str) or (isinstance(answer, Sequence) and answer and all(isinstance(one, str) for one in answer)):
        found = asserts([answer] if isinstance(answer, str) else list(answer), function, _setup(columns))
        return Tests(tuple(found.tests), found.setup)
    tests = _from_columns(answer, function) if isinstance(answer, Mapping) else _from_list(answer, function)
    if not 0 < len(tests) <= MOST_TESTS:
        message = f"wanted 1 to {MOST_TESTS} tests, not {len(tests)}"
        raise Unreadable(message)
    if all(isinstance(test, _Printed) and not test.wanted.strip() for test in tests):
        message = "no test wants anything to be printed, so that a program that does nothing would be right"
        raise Unreadable(message)
    return Tests(tuple(tests), _setup(columns))


def _from_columns(answer: Mapping[str, Any], function: str) -> list[Test]:
    inputs, outputs = _listed(answer.get("inputs")), _listed(answer.get("outputs"))
    if not isinstance(inputs, list) or not isinstance(outputs, list) or len(inputs) != len(outputs):
        message = f"wanted as many inputs as outputs, not {str(answer)[:200]}"
        raise Unreadable(message)
    function = _function(answer) or function
    pairs = zip(inputs, outputs, strict=True)
    # In APPS some values are alone in a list, and some are not; graders take either.
    return [_returned(function, a, b, wrapped=True) if function else _Printed(_text(a), _text(b)) for a, b in pairs]


def _from_list(answer: Any, function: str) -> list[Test]:
    tests: list[Test] = []
    for one in answer if isinstance(answer, Sequence) else [answer]:
        if not isinstance(one, Mapping) or "output" not in one or not ("input" in one or "args" in one):
            message = f"a test has input (or args) and output; this one is {str(one)[:200]}"
            raise Unreadable(message)
        kind = str(one.get("testtype", one.get("type", "")))
        name = _function(one) or function
        if "args" in one or kind.startswith("func") or (name and not kind.startswith("std")):
            arguments = _listed(one["args"]) if "args" in one else one["input"]
            tests.append(_returned(name, arguments, one["output"]))
        else:
            tests.append(_Printed(_text(one["input"]), _text(one["output"])))
    return tests


def _returned(function: str, given: Any, wanted: Any, *, wrapped: bool = False) -> _Returned:
    if not function.isidentifier():
        message = f"the function to call is {function!r}; the column fn_name or entry_point names it"
        raise Unreadable(message)
    if isinstance(given, str):  # one argument a line, and the value as text too
        given, wanted = [_json(line) for line in given.split("\n") if line.strip()], _json(_text(wanted))
    arguments = _listed(given)
    if not isinstance(arguments, list):
        message = f"the arguments are a list, not {str(given)[:200]}"
        raise Unreadable(message)
    accepted = [wanted]
    if wrapped and isinstance(wanted, list) and len(wanted) == 1:
        accepted.append(wanted[0])
    try:
        return _Returned(function, json.dumps(arguments), tuple(plain(_listed(one)) for one in accepted))
    except (TypeError, ValueError, RecursionError) as cause:
        message = f"the arguments are no JSON: {cause}"
        raise Unreadable(message) from cause


def _function(fields: Mapping[str, Any]) -> str:
    """The name of the function to call, from a row or a test of it; empty where none is named."""
    named = next((fields[name] for name in _NAMES if isinstance(fields.get(name), str) and fields[name].strip()), "")
    more = fields.get("metadata")
    if named or not more:
        return str(named).strip()
    more = _json(more) if isinstance(more, str) else more
    return _function({name: more.get(name) for name in _NAMES}) if isinstance(more, Mapping) else ""


def _setup(columns: Mapping[str, Any]) -> str:
    parts = [_listed(columns[name]) for name in _SETUPS if columns.get(name) is not None]
    return "\n".join(line for part in parts for line in ([part] if isinstance(part, str) else map(str, part)))


def _listed(value: Any) -> Any:
    """Arrays, and tuples, as lists."""
    value = value.tolist() if hasattr(value, "tolist") else value
    return list(value) if isinstance(value, tuple) else value


def _text(value: Any) -> str:
    """A text, or the lines that some rows have instead."""
    value = _listed(value)
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as cause:
        message = f"no JSON: {text[:100]!r}: {cause}"
        raise Unreadable(message) from None
