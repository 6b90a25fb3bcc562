"""Formulas that an answer holds: read by a closed grammar, and reckoned or turned into algebra node by node.

`ast` reads the text, and nothing evaluates it: what is no number, letter, sign or known function is no formula.
"""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Any

from rewardkit.answers.equality.algebra import algebra

__all__ = ["LONGEST", "algebraic", "derives", "formula", "reckoned"]

LONGEST, MOST_NODES, MOST_DIGITS, MOST_POWER, MOST_NESTED = 500, 200, 20, 100, 2
_FUNCTIONS = frozenset(
    {"sin", "cos", "tan", "sec", "csc", "cot", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "sqrt", "Abs"}
)
_NAMES = frozenset({"pi", "theta"})
_SIGNS = (ast.UAdd, ast.USub)
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)


def formula(text: str, *, powers: bool) -> ast.expr | None:
    """A formula of numbers and operations, with `powers` also of letters, powers and functions; None for any other text."""
    if len(text) > LONGEST or not text.isprintable() or any(mark in text for mark in "_'\"[]{}:;=@#\\"):
        return None
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
        return None
    return tree if _is_formula(tree, powers) else None


def _is_formula(node: ast.expr, powers: bool) -> bool:
    if isinstance(node, ast.Constant):
        return type(node.value) in (int, float) and len(repr(node.value)) <= MOST_DIGITS
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, _SIGNS) and _is_formula(node.operand, powers)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Pow):
            return powers and _tower(node) <= MOST_NESTED and _is_formula(node.left, powers) and _is_exponent(node.right)
        return isinstance(node.op, _ARITHMETIC) and _is_formula(node.left, powers) and _is_formula(node.right, powers)
    if isinstance(node, ast.Name):
        return powers and (node.id in _NAMES or (len(node.id) == 1 and node.id.isascii()))
    if isinstance(node, ast.Call) and powers:
        named = isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS
        return named and len(node.args) == 1 and not node.keywords and _is_formula(node.args[0], powers)
    return False


def _is_exponent(node: ast.expr) -> bool:
    """Whether a power stays small: a number, or a formula without another power in it and with small numbers."""
    constants = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
    small = all(isinstance(value, (int, float)) and abs(value) <= MOST_POWER for value in constants)
    return small and not any(isinstance(one, ast.Pow) for one in ast.walk(node)) and _is_formula(node, True)


def _tower(node: ast.AST) -> int:
    """How many powers stand in one another."""
    inside = max(map(_tower, ast.iter_child_nodes(node)), default=0)
    return inside + (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow))


def reckoned(tree: ast.expr) -> tuple[Fraction, list[int]] | None:
    """What whole numbers and the four operations come to, exactly, and the numbers used; None where they come to nothing."""
    numbers: list[int] = []
    try:
        value = _value(tree, numbers)
    except ZeroDivisionError:
        return None
    return None if value is None else (value, numbers)


def _value(node: ast.expr, numbers: list[int]) -> Fraction | None:
    if isinstance(node, ast.Constant):
        if type(node.value) is not int:
            return None
        numbers.append(node.value)
        return Fraction(node.value)
    if isinstance(node, ast.UnaryOp):
        value = _value(node.operand, numbers)
        return value if value is None or isinstance(node.op, ast.UAdd) else -value
    if not isinstance(node, ast.BinOp):
        return None
    left, right = _value(node.left, numbers), _value(node.right, numbers)
    if left is None or right is None:
        return None
    if isinstance(node.op, ast.Add):
        return left + right
    if isinstance(node.op, ast.Sub):
        return left - right
    return left * right if isinstance(node.op, ast.Mult) else left / right


def algebraic(tree: ast.expr, variable: str = "") -> Any:
    """The formula as an object of sympy's, built node by node; E and I are numbers unless `variable` names them."""
    sympy = algebra()
    constants = {"pi": sympy.pi, "E": sympy.E, "I": sympy.I}

    def built(node: ast.expr) -> Any:
        if isinstance(node, ast.Constant):
            return sympy.Rational(str(node.value))
        if isinstance(node, ast.Name):
            return sympy.Symbol(node.id) if node.id == variable else constants.get(node.id, sympy.Symbol(node.id))
        if isinstance(node, ast.UnaryOp):
            return built(node.operand) if isinstance(node.op, ast.UAdd) else -built(node.operand)
        if isinstance(node, ast.BinOp):
            return _joined(node.op, built(node.left), built(node.right))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
            return getattr(sympy, node.func.id)(built(node.args[0]))
        message = f"{type(node).__name__} is no part of a formula"
        raise TypeError(message)

    return built(tree)


def _joined(sign: ast.operator, left: Any, right: Any) -> Any:
    if isinstance(sign, ast.Add):
        return left + right
    if isinstance(sign, ast.Sub):
        return left - right
    if isinstance(sign, ast.Mult):
        return left * right
    return left / right if isinstance(sign, ast.Div) else left**right


def derives(tree: ast.expr, wanted: ast.expr, variable: str) -> bool:
    """Whether the derivative of a formula is the one wanted."""
    sympy = algebra()
    change = sympy.diff(algebraic(tree, variable), sympy.Symbol(variable)) - algebraic(wanted, variable)
    return bool(sympy.simplify(change) == 0)
