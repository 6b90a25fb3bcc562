"""What reasoning-gym's scorers may be given: read in version 0.1.25.

- `binary_matrix`, `n_queens`, `spiral_matrix` and `string_insertion` evaluate an answer as Python, to pay a list 0.1 or 0.5: they
  are given an accepted answer by the letter, and nothing else.
- `countdown` and `puzzle24` evaluate it with sympy, and `puzzle24` takes any four numbers and cuts off fractions: for whole
  numbers with `+ - * / ( )`, each number of the row once, that come to the target exactly, they are given the row's own answer.
- `simple_integration`, `intermediate_integration` and `polynomial_multiplication` evaluate it with sympy: for a right formula of
  letters, numbers, powers and a few functions they are given the row's own answer.
- `game_of_life_halting` calls any text true: it is given the listed word.
- `coin_flip` pays what is within 0.0001, and so 0 for a small probability: it is given what is near the value, by a thousandth.
- `gsm_symbolic` and `fraction_simplification` read the first number of several: they are given answers with one.

So no text of a model is ever evaluated, not even one spelled anew: what an evaluating scorer is given stood in the row before.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from rewardkit.verifiers.puzzle.formulas import LONGEST, algebraic, derives, formula, reckoned

__all__ = ["GATES", "NO_ANSWER", "REFERENCES", "SPELLINGS", "TUPLES", "evaluates", "is_known"]

_EVALUATORS = frozenset({"eval", "exec", "compile", "__import__"})
_EVALUATING_METHODS = frozenset({"eval", "exec", "parse_expr", "sympify"})
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")

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
    worth = None if tree is None else reckoned(tree)
    if worth is None:
        return None
    value, numbers = worth
    metadata = entry["metadata"]
    same = sorted(numbers) == sorted(metadata.get("numbers", ()))
    return str(entry["answer"]) if same and value == metadata.get("target", 24) else None


def _integral(answer: str, entry: dict[str, Any]) -> str | None:
    given, wanted = (formula(text, powers=True) for text in (answer, str(entry["metadata"]["integrand"])))
    same = given is not None and wanted is not None and derives(given, wanted, str(entry["metadata"]["variable"]))
    return str(entry["answer"]) if same else None


def _polynomial(answer: str, entry: dict[str, Any]) -> str | None:
    given, wanted = (formula(text, powers=True) for text in (answer, str(entry["answer"])))
    return str(entry["answer"]) if given is not None and wanted is not None and algebraic(given) == algebraic(wanted) else None


def _is_arithmetic(entry: dict[str, Any]) -> bool:
    return formula(str(entry["answer"]), powers=False) is not None


def _is_algebra(entry: dict[str, Any]) -> bool:
    # What the package could not integrate itself it lists as it stands, `Integral(x**2*cos(x), x) + C`.
    done = str(entry["answer"]).replace("Integral(", "exp(").replace(f", {entry['metadata'].get('variable')})", ")")
    texts = (done, entry["metadata"].get("integrand", "0"))
    return all(formula(str(text), powers=True) is not None for text in texts)


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
    **dict.fromkeys(("simple_integration", "intermediate_integration"), _integral),
    "polynomial_multiplication": _polynomial,
    "coin_flip": _near,
    "fraction_simplification": _one_fraction,
    "game_of_life_halting": _listed_word,
    "gsm_symbolic": _one_number,
}
"""What a scorer is given of an answer, by the puzzle's name: it, or the row's own answer; None refuses it."""

REFERENCES: dict[str, Callable[[dict[str, Any]], bool]] = {
    **dict.fromkeys(("countdown", "puzzle24"), _is_arithmetic),
    **dict.fromkeys(("simple_integration", "intermediate_integration", "polynomial_multiplication"), _is_algebra),
    "bitwise_arithmetic": _is_bitwise,
    "number_sorting": _is_json,
}
"""What must be true of a row whose scorer evaluates the row itself, and not the answer."""

_NOT_OF_ANSWERS = frozenset({"basic_arithmetic", "bitwise_arithmetic", "codeio", "number_sorting", "propositional_logic"})
"""Puzzles whose module evaluates what it makes, or what the row says, and no answer."""

NO_ANSWER = frozenset({"boxnet", "graph_color", "propositional_logic", "rubiks_cube", "rush_hour"})
"""Puzzles that list no answer: any that solves them is right."""

SPELLINGS: dict[str, Callable[[str], str]] = {"number_sorting": lambda text: text.replace("'", '"')}
"""Listed answers that are lists in Python's notation, as JSON: their scorer would evaluate them otherwise."""

TUPLES = {"arc_agi": ("output",), "rearc": ("output",)}
"""What of the metadata its scorer wants as tuples, which JSON has as lists."""
