"""What is worked out of an assert outside of the sandbox: comparisons, a little arithmetic, and a few functions.

No text becomes code: the nodes of an assert are walked, each by a rule of its own, and a value that came out of the sandbox is
only ever compared, counted, sorted or calculated with.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from rewardkit.verifiers.code.values import Items, Pairs, canonical, is_true, items, plain, same, same_items, size

__all__ = ["HOLE", "LEAVES", "PARTS", "holds", "is_builtin", "is_known"]

HOLE = "hole "  # no name of Python's has a space
PARTS = (
    *(ast.List, ast.Tuple, ast.Set, ast.Dict, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare),
    *(ast.Subscript, ast.Slice, ast.IfExp),
)
LEAVES = (ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.expr_context)
_MOST_POWER = 64

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_SIGNS: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: lambda value: not is_true(value),
}
_ORDERS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_CONSTANTS = {"math.pi": math.pi, "math.e": math.e, "math.inf": math.inf, "math.nan": math.nan}


def _numbers(*values: Any) -> None:
    if not all(isinstance(value, (int, float, complex)) for value in values):
        message = "no number"
        raise TypeError(message)


def _unique(value: Any) -> Items:
    return Items(tuple({canonical(one): one for one in items(value)}.values()))


def _float(value: Any) -> float:
    if isinstance(value, str) and len(value) > 100:
        message = "no number of this length"
        raise ValueError(message)
    return float(value)


def _round(value: float, digits: int | None = None) -> float:
    if digits is not None and abs(digits) > _MOST_POWER:
        message = "too many digits"
        raise ValueError(message)
    return round(value, digits)


def _isclose(a: float, b: float, rel_tol: float = 1e-9, abs_tol: float = 0.0) -> bool:
    return math.isclose(a, b, rel_tol=rel_tol, abs_tol=abs_tol)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": lambda value: abs(value),
    "all": lambda value: all(map(is_true, items(value))),
    "any": lambda value: any(map(is_true, items(value))),
    "bool": is_true,
    "float": _float,
    "frozenset": _unique,
    "int": lambda value: int(_float(value)) if isinstance(value, str) else int(value),
    "len": size,
    "list": lambda value: list(items(value)),
    "max": lambda *values: max(items(values[0]) if len(values) == 1 else values),
    "min": lambda *values: min(items(values[0]) if len(values) == 1 else values),
    "round": _round,
    "set": _unique,
    "sorted": lambda value, reverse=False: sorted(items(value), reverse=reverse),
    "str": lambda value: value if isinstance(value, str) else str(value + 0),
    "sum": lambda value: sum(items(value)),
    "tuple": lambda value: tuple(items(value)),
    "math.isclose": _isclose,
    "math.sqrt": math.sqrt,
    "isclose": _isclose,
}


def is_known(node: ast.expr) -> bool:
    """Whether it names one of the functions or constants that are worked out here."""
    name = _dotted(node)
    return name in _FUNCTIONS or name in _CONSTANTS


def is_builtin(name: str) -> bool:
    """Whether code under test cannot be meant by this name."""
    import builtins

    return hasattr(builtins, name) or name in _FUNCTIONS


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def holds(expression: ast.expr, answers: Sequence[Any], tolerance: float, *, ordered: bool) -> bool:
    """Whether the expression is true with these answers in its holes; what raises is not."""
    try:
        return is_true(_Worked(answers, tolerance, ordered).value(expression))
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError):
        return False


class _Worked:
    def __init__(self, answers: Sequence[Any], tolerance: float, ordered: bool) -> None:
        self.answers = answers
        self.tolerance = tolerance
        self.ordered = ordered

    def value(self, node: ast.expr) -> Any:
        """The value of a node, by the rule of its kind."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name) and node.id.startswith(HOLE):
            return self.answers[int(node.id[len(HOLE) :])]
        if isinstance(node, (ast.Name, ast.Attribute)):
            return _CONSTANTS[_dotted(node)]
        rule: Callable[[Any], Any] = getattr(self, f"_{type(node).__name__.lower()}")
        return rule(node)

    def _list(self, node: ast.List) -> Any:
        return [self.value(one) for one in node.elts]

    def _tuple(self, node: ast.Tuple) -> Any:
        return tuple(self.value(one) for one in node.elts)

    def _set(self, node: ast.Set) -> Any:
        return _unique([self.value(one) for one in node.elts])

    def _dict(self, node: ast.Dict) -> Any:
        keys = [key for key in node.keys if key is not None]
        return Pairs(tuple((self.value(key), self.value(one)) for key, one in zip(keys, node.values, strict=True)))

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        value = self.value(node.operand)
        if not isinstance(node.op, ast.Not):
            _numbers(value)
        return _SIGNS[type(node.op)](value)

    def _binop(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        _numbers(left, right)
        if isinstance(node.op, ast.Pow) and abs(right) > _MOST_POWER:
            message = "too large a power"
            raise ValueError(message)
        return _ARITHMETIC[type(node.op)](left, right)

    def _boolop(self, node: ast.BoolOp) -> Any:
        truths = (is_true(self.value(one)) for one in node.values)
        return all(truths) if isinstance(node.op, ast.And) else any(truths)

    def _ifexp(self, node: ast.IfExp) -> Any:
        return self.value(node.body if is_true(self.value(node.test)) else node.orelse)

    def _compare(self, node: ast.Compare) -> Any:
        values = [self.value(one) for one in (node.left, *node.comparators)]
        return all(self._compared(op, a, b) for op, a, b in zip(node.ops, values, values[1:], strict=False))

    def _compared(self, kind: ast.cmpop, left: Any, right: Any) -> bool:
        if isinstance(kind, (ast.Eq, ast.NotEq)):
            return self._equal(left, right) is isinstance(kind, ast.Eq)
        if isinstance(kind, (ast.Is, ast.IsNot)):
            return (type(left) is type(right) and left == right) is isinstance(kind, ast.Is)
        if isinstance(kind, (ast.In, ast.NotIn)):
            if isinstance(left, str) and isinstance(right, str):
                return (left in right) is isinstance(kind, ast.In)
            return any(self._equal(left, one) for one in items(right)) is isinstance(kind, ast.In)
        return bool(_ORDERS[type(kind)](left, right))

    def _equal(self, left: Any, right: Any) -> bool:
        if not self.ordered and isinstance(left, list) and isinstance(right, list):
            return same_items(left, right, self.tolerance)
        return same(left, right, self.tolerance)

    def _subscript(self, node: ast.Subscript) -> Any:
        value = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            parts = (node.slice.lower, node.slice.upper, node.slice.step)
            return value[slice(*(None if one is None else self.value(one) for one in parts))]
        key = self.value(node.slice)
        if isinstance(value, Pairs):
            return next(one for name, one in value.pairs if same(key, name))
        return value[key]

    def _call(self, node: ast.Call) -> Any:
        given = {one.arg: self.value(one.value) for one in node.keywords if one.arg}
        return plain(_FUNCTIONS[_dotted(node.func)](*(self.value(one) for one in node.args), **given))
