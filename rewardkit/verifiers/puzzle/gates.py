"""What reasoning-gym's scorers may be given: read in version 0.1.25.

- `binary_matrix`, `n_queens`, `spiral_matrix` and `string_insertion` evaluate an answer as Python, to pay a list 0.1 or 0.5: they
  are given an accepted answer by the letter, and nothing else.
- `countdown` and `puzzle24` evaluate it with sympy, and `puzzle24` takes any four numbers and cuts off fractions: they are given
  whole numbers with `+ - * / ( )`, each number of the row once, that come to the target exactly.
- `simple_integration`, `intermediate_integration` and `polynomial_multiplication` evaluate it with sympy: they are given formulas
  of letters, numbers, powers and a few functions, spelled anew.
- `game_of_life_halting` calls any text true: it is given the listed word.
- `coin_flip` pays what is within 0.0001, and so 0 for a small probability: it is given what is near the value, by a thousandth.
- `gsm_symbolic` and `fraction_simplification` read the first number of several: they are given answers with one.

Nothing here evaluates text: `ast` reads it, and its nodes are looked at one by one.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

__all__ = ["GATES", "NO_ANSWER", "REFERENCES", "SPELLINGS", "TUPLES", "evaluates", "formula", "is_known"]

LONGEST, MOST_NODES, MOST_DIGITS, MOST_POWER = 500, 200, 20, 100
_FUNCTIONS = frozenset(
    {"sin", "cos", "tan", "sec", "csc", "cot", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "sqrt", "Abs"}
)
_NAMES = frozenset({"pi", "theta"})
_EVALUATORS = frozenset({"eval", "exec", "compile", "__import__"})
_EVALUATING_METHODS = frozenset({"eval", "exec", "parse_expr", "sympify"})
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_SIGNS = (ast.UAdd, ast.USub)
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)

Gate = Callable[[str, dict[str, Any]], "str | None"]


def evaluates(tree: ast.AST) -> bool:
    """Whether a module's source calls, or brings in, what makes code of text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            plain, method = getattr(node.func, "id", ""), getattr(node.func, "attr", "")
            if plain in _EVALUATORS | _EVALUATING_METHODS or method in _EVALUATING_METHODS:
                return True
    return False


def is_known(name: str, owner: type) -> bool:
    """Whether a puzzle's scorer may be asked: its module evaluates nothing, or it is known what."""
    if name in GATES or name in _NOT_OF_ANSWERS:
        return True
    try:
        return not evaluates(ast.parse(inspect.getsource(inspect.getmodule(owner) or owner)))
    except (OSError, TypeError, SyntaxError):
        return False


def _accepted(answer: str, entry: dict[str, Any]) -> str | None:
    listed = [str(entry["answer"]), *map(str, entry["metadata"].get("valid_answers", ()))]
    return next((one for one in listed if one.strip() == answer), None)


def _listed_word(answer: str, entry: dict[str, Any]) -> str | None:
    return str(entry["answer"]) if answer.casefold() == str(entry["answer"]).strip().casefold() else None


def _near(answer: str, entry: dict[str, Any]) -> str | None:
    try:
        given, wanted = Fraction(answer.replace(",", "")), Fraction(str(entry["answer"]).replace(",", ""))
    except (ValueError, ZeroDivisionError):
        return None
    return answer if abs(given - wanted) <= abs(wanted) / 1000 else None


def _one_number(answer: str, entry: dict[str, Any]) -> str | None:
    return answer if len(set(_NUMBER.findall(answer))) == 1 else None


def _one_fraction(answer: str, entry: dict[str, Any]) -> str | None:
    numbers = _NUMBER.findall(answer)
    return answer if len(numbers) % 2 == 0 and numbers == numbers[:2] * (len(numbers) // 2) else None


def _reckoned(answer: str, entry: dict[str, Any]) -> str | None:
    tree = formula(answer, powers=False)
    if tree is None:
        return None
    numbers: list[int] = []
    try:
        value = _value(tree, numbers)
    except ZeroDivisionError:
        return None
    metadata = entry["metadata"]
    same = sorted(numbers) == sorted(metadata.get("numbers", ()))
    return ast.unparse(tree) if same and value is not None and value == metadata.get("target", 24) else None


def _spelled(answer: str, entry: dict[str, Any]) -> str | None:
    tree = formula(answer, powers=True)
    return None if tree is None else ast.unparse(tree)


def _value(node: ast.expr, numbers: list[int]) -> Fraction | None:
    """What whole numbers and the four operations come to, exactly; None for anything else."""
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
            return powers and _is_formula(node.left, powers) and _is_exponent(node.right)
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


def _is_json(entry: dict[str, Any]) -> bool:
    try:
        return isinstance(json.loads(entry["answer"]), list)
    except (ValueError, TypeError):
        return False


def _is_bitwise(entry: dict[str, Any]) -> bool:
    problem = entry["metadata"].get("problem")
    allowed = frozenset("0123456789abcdefABCDEFx()+-*<>&|~^ ")
    return isinstance(problem, str) and len(problem) <= LONGEST and set(problem) <= allowed and "**" not in problem


GATES: dict[str, Gate] = {
    **dict.fromkeys(("binary_matrix", "n_queens", "spiral_matrix", "string_insertion"), _accepted),
    **dict.fromkeys(("countdown", "puzzle24"), _reckoned),
    **dict.fromkeys(("simple_integration", "intermediate_integration", "polynomial_multiplication"), _spelled),
    "coin_flip": _near,
    "fraction_simplification": _one_fraction,
    "game_of_life_halting": _listed_word,
    "gsm_symbolic": _one_number,
}
"""What a scorer is given of an answer, by the puzzle's name: it, or the same formula spelled anew; None refuses it."""

REFERENCES: dict[str, Callable[[dict[str, Any]], bool]] = {"bitwise_arithmetic": _is_bitwise, "number_sorting": _is_json}
"""What must be true of a row whose scorer evaluates the row itself, and not the answer."""

_NOT_OF_ANSWERS = frozenset({"basic_arithmetic", "bitwise_arithmetic", "codeio", "number_sorting", "propositional_logic"})
"""Puzzles whose module evaluates what it makes, or what the row says, and no answer."""

NO_ANSWER = frozenset({"boxnet", "graph_color", "propositional_logic", "rubiks_cube", "rush_hour"})
"""Puzzles that list no answer: any that solves them is right."""

SPELLINGS: dict[str, Callable[[str], str]] = {"number_sorting": lambda text: text.replace("'", '"')}
"""Listed answers that are lists in Python's notation, as JSON: their scorer would evaluate them otherwise."""

TUPLES = {"arc_agi": ("output",), "rearc": ("output",)}
"""What of the metadata its scorer wants as tuples, which JSON has as lists."""
