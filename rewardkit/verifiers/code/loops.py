"""Loops of tests written out: what a name stands for at each turn, where that is known without running anything."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from copy import deepcopy

__all__ = ["MOST_TURNS", "bound", "filled", "turns"]

MOST_TURNS = 1_000

Names = Mapping[str, ast.expr]


class _Named(ast.NodeTransformer):
    """Puts values in the place of the names that tests gave them."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """The value that the name stands for, or the name."""
        return self.names.get(node.id, node) if isinstance(node.ctx, ast.Load) else node

    def _inside(self, node: ast.expr, own: set[str]) -> ast.expr:
        """What has names of its own, which are not those of the tests."""
        inner = _Named({name: value for name, value in self.names.items() if name not in own})
        inner.generic_visit(node)  # changes the node itself
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        """A function within the expression."""
        return self._inside(node, {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)})

    def _loop(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> ast.expr:
        targets = [one for part in node.generators for one in ast.walk(part.target)]
        return self._inside(node, {one.id for one in targets if isinstance(one, ast.Name)})

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _loop


def filled(node: ast.expr, names: Names) -> ast.expr:
    """The expression with values in the place of names; the one given stays as it is."""
    made: ast.expr = _Named(names).visit(deepcopy(node))
    return made


def turns(node: ast.expr, names: Names) -> list[ast.expr] | None:
    """What a loop goes through: a list or tuple written out, `range`, `zip`, `enumerate`, `.items()`; None for all else."""
    if isinstance(node, ast.Name) and node.id in names:
        return turns(names[node.id], {})
    if isinstance(node, (ast.List, ast.Tuple)):
        listed = [filled(one, names) for one in node.elts]
        return listed if len(listed) <= MOST_TURNS and not any(isinstance(one, ast.Starred) for one in listed) else None
    if not isinstance(node, ast.Call) or node.keywords:
        return None
    if isinstance(node.func, ast.Attribute) and node.func.attr == "items" and not node.args:
        return _pairs(filled(node.func.value, names))
    called = node.func.id if isinstance(node.func, ast.Name) else ""
    if called == "range":
        return _range([_whole(one, names) for one in node.args])
    parts = [turns(one, names) for one in node.args]
    if called == "zip" and parts and None not in parts:
        return [ast.Tuple(list(row), ast.Load()) for row in zip(*filter(None, parts), strict=False)] if all(parts) else []
    if called == "enumerate" and len(parts) == 1 and parts[0] is not None:
        return [ast.Tuple([ast.Constant(place), one], ast.Load()) for place, one in enumerate(parts[0])]
    return None


def bound(target: ast.expr, value: ast.expr) -> dict[str, ast.expr] | None:
    """The names of a loop at one turn; None where the value does not come apart as the names do."""
    if isinstance(target, ast.Name):
        return {target.id: value}
    if not isinstance(target, (ast.Tuple, ast.List)) or not isinstance(value, (ast.Tuple, ast.List)):
        return None
    if len(target.elts) != len(value.elts):
        return None
    found: dict[str, ast.expr] = {}
    for one, part in zip(target.elts, value.elts, strict=True):
        names = bound(one, part)
        if names is None:
            return None
        found |= names
    return found


def _pairs(node: ast.expr) -> list[ast.expr] | None:
    if not isinstance(node, ast.Dict) or len(node.keys) > MOST_TURNS:
        return None
    keys = [key for key in node.keys if key is not None]
    if len(keys) < len(node.keys):
        return None
    return [ast.Tuple([key, value], ast.Load()) for key, value in zip(keys, node.values, strict=True)]


def _range(bounds: list[int | None]) -> list[ast.expr] | None:
    known = [one for one in bounds if one is not None]
    if len(known) != len(bounds) or not 1 <= len(known) <= 3 or (len(known) == 3 and known[2] == 0):
        return None
    through = range(*known)
    return [_number(one) for one in through] if len(through) <= MOST_TURNS else None


def _number(value: int) -> ast.expr:
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def _whole(node: ast.expr, names: Names) -> int | None:
    """A whole number that is written out, or the length of a list that is."""
    if isinstance(node, ast.Name) and node.id in names:
        return _whole(names[node.id], {})
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _whole(node.operand, names)
        return None if value is None else -value
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        left, right = _whole(node.left, names), _whole(node.right, names)
        if left is None or right is None:
            return None
        return left + right if isinstance(node.op, ast.Add) else left - right
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len" and len(node.args) == 1:
        listed = turns(node.args[0], names)
        return None if listed is None else len(listed)
    return None
