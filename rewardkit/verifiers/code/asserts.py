"""Asserts about code, taken apart: what has to be asked of the code, and what is to hold of the answers.

`assert sorted(f([2, 1])) == [1, 2]` asks for `f([2, 1])`, and the rest of it, with the list that it wants, is worked out here, by
rules of our own and never by running it. What cannot be so taken apart is not read at all (`Unreadable`): run beside the code,
an assert would tell it what to return.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rewardkit.sandbox import Call, Outcome
from rewardkit.verifiers.code import expressions
from rewardkit.verifiers.code.loops import MOST_TURNS, bound, filled, turns
from rewardkit.verifiers.code.values import read

__all__ = ["Asserted", "Found", "Unreadable", "asserts"]

_CHECK = "check"
DEEPEST = 64
MOST_ASKED = 2_000  # asserts of all turns of loops, and what they ask for


class Unreadable(Exception):
    """Tests that cannot be read; the text says which, and why."""


@dataclass(frozen=True)
class Asserted:
    """An expression with holes, which is to be true, and what is asked of the code for each of the holes."""

    expression: ast.expr
    calls: Sequence[Call]

    def right(self, outcomes: Sequence[Outcome], tolerance: float, ordered: bool) -> bool:
        """Whether it is true with these answers."""
        return expressions.holds(self.expression, [read(one.value) for one in outcomes], tolerance, ordered=ordered)


@dataclass
class Found:
    """Asserts, in order, and the statements before them that the code needs as well."""

    tests: list[Asserted] = field(default_factory=list)
    setup: str = ""


def asserts(texts: Sequence[str], entry: str, setup: str) -> Found:
    """The asserts in texts of Python; `entry` is what `check(candidate)` is called with, where it is known.

    Raises `Unreadable` for any other statement than asserts, imports, values given names, and a function `check`.
    """
    found = Found(setup=setup)
    try:
        under = ast.parse(entry, mode="eval").body if entry else None
        own = _defined(ast.parse(setup).body)
        statements = [statement for text in texts for statement in ast.parse(text).body]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as cause:
        message = f"the tests are no Python: {type(cause).__name__}: {cause}"
        raise Unreadable(message) from None
    names: dict[str, ast.expr] = {}
    asked = 0
    for statement in _flat(statements, under, names):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            own |= _defined([statement])
            found.setup += f"\n{ast.unparse(statement)}"
            continue
        taker = _Taker(names, own, under)
        expression = taker.take(statement.test, 0)
        if taker.calls:
            found.tests.append(Asserted(expression, tuple(taker.calls)))
        asked += max(1, len(taker.calls))
        if asked > MOST_ASKED:
            message = f"the tests ask more than {MOST_ASKED} things of the code"
            raise Unreadable(message)
    if not found.tests:
        message = "no assert asks anything of the code"
        raise Unreadable(message)
    return found


def _flat(
    statements: Sequence[ast.stmt], entry: ast.expr | None, names: dict[str, ast.expr]
) -> Iterator[ast.Assert | ast.Import | ast.ImportFrom]:
    """Asserts and imports, those in `check` as well; names that stand for values are noted."""
    for statement in statements:
        if isinstance(statement, (ast.Assert, ast.Import, ast.ImportFrom)):
            yield statement
        elif isinstance(statement, ast.FunctionDef) and statement.name == _CHECK and entry and len(statement.args.args) == 1:
            names[statement.args.args[0].arg] = entry
            yield from _flat(statement.body, entry, names)
        elif isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
            names[statement.targets[0].id] = filled(statement.value, names)
        elif isinstance(statement, ast.For) and not statement.orelse:
            for values in _turns(statement.target, statement.iter, names):
                names |= values
                yield from _flat(statement.body, entry, names)
        elif not _is_idle(statement):
            message = f"line {statement.lineno} of the tests is no assert that can be held against code from outside: "
            raise Unreadable(message + ast.unparse(statement)[:200])


def _turns(target: ast.expr, through: ast.expr, names: Mapping[str, ast.expr]) -> list[dict[str, ast.expr]]:
    """What the names of a loop stand for, turn by turn."""
    listed = turns(through, names)
    values = [bound(target, one) for one in listed or ()]
    if listed is None or None in values:
        message = f"a loop through what is not written out, or over {MOST_TURNS} turns: {ast.unparse(through)[:200]}"
        raise Unreadable(message)
    return [one for one in values if one is not None]


def _is_idle(statement: ast.stmt) -> bool:
    """A docstring, `pass`, or the call of `check` itself."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return isinstance(statement.value.func, ast.Name) and statement.value.func.id == _CHECK
    return isinstance(statement, ast.Pass) or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))


def _defined(statements: Sequence[ast.stmt]) -> set[str]:
    """The names that imports and definitions bring in, which are not the code's."""
    found: set[str] = set()
    for statement in statements:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
        elif isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            found.add(statement.name)
    return found


class _Taker:
    """Takes an assert apart: what is left has holes where the code is to be asked."""

    def __init__(self, names: Mapping[str, ast.expr], own: set[str], entry: ast.expr | None) -> None:
        self.names = names
        self.own = own  # of the tests
        self.entry = _root(entry) if entry is not None else ""
        self.calls: list[Call] = []

    def take(self, node: ast.expr, depth: int) -> ast.expr:
        """The expression with holes; raises `Unreadable` for what is neither to be asked nor known here."""
        if depth > DEEPEST:
            message = "an assert nests too deep"
            raise Unreadable(message)
        if isinstance(node, ast.Name) and node.id in self.names:
            return self.take(self.names[node.id], depth + 1)
        if self._asks(node):
            return self._hole(node)
        if isinstance(node, (ast.GeneratorExp, ast.ListComp)):
            return self._written_out(node, depth)
        if isinstance(node, ast.Call) and expressions.is_known(node.func):
            node = ast.Call(node.func, [self.take(one, depth + 1) for one in node.args], node.keywords)
        elif isinstance(node, expressions.PARTS):
            parts = {name: self._part(value, depth) for name, value in ast.iter_fields(node)}
            node = type(node)(**parts)
        elif not isinstance(node, (ast.Constant, *expressions.LEAVES)) and not expressions.is_known(node):
            message = f"not known outside of the code: {ast.unparse(node)[:200]}"
            raise Unreadable(message)
        return node

    def _written_out(self, node: ast.GeneratorExp | ast.ListComp, depth: int) -> ast.expr:
        """A loop inside of an expression as the list that it makes."""
        first, *more = node.generators
        if more or first.ifs or first.is_async:
            message = f"a loop with conditions, or in another loop: {ast.unparse(node)[:200]}"
            raise Unreadable(message)
        outside, made = self.names, []
        for values in _turns(first.target, first.iter, outside):
            self.names = {**outside, **values}
            made.append(self.take(node.elt, depth + 1))
        self.names = outside
        return ast.List(made, ast.Load())

    def _part(self, value: Any, depth: int) -> Any:
        if isinstance(value, list):
            return [self._part(one, depth) for one in value]
        return self.take(value, depth + 1) if isinstance(value, ast.expr) else value

    def _asks(self, node: ast.expr) -> bool:
        """Whether this calls the code and nothing else: `f(…)`, `Name(…).f(…)`, and then at most calls without arguments."""
        while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
            if _is_instance(node.func.value):
                break
            node = node.func.value
        if not isinstance(node, ast.Call):
            return False
        called = node.func
        if isinstance(called, ast.Attribute) and _is_instance(called.value):
            called = called.value
        name = _root(called) if isinstance(called, (ast.Name, ast.Call)) else ""
        name = _root(self.names[name]) if name in self.names else name
        if not name or name in self.own or expressions.is_builtin(name):
            return False
        return not self.entry or name == self.entry

    def _hole(self, node: ast.expr) -> ast.expr:
        self.calls.append(Call("null", ast.unparse(filled(node, self.names))))
        return ast.Name(f"{expressions.HOLE}{len(self.calls) - 1}", ast.Load())


def _is_instance(node: ast.expr) -> bool:
    """`Solution()`: a call of what is named as classes are."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id[:1].isupper()


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Call, ast.Attribute)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
