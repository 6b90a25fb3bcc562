r"""Sets of real numbers: intervals, inequalities in one variable, set builders and their unions, as one normal form.

`x < 1 or x > 3`, `(-\infty, 1) \cup (3, \infty)` and `{x | x < 1 or x > 3}` come to the same two pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rewardkit.answers.forms.named_sets import HALF_LINES
from rewardkit.answers.forms.pieces import INF, MINUS_INF, REALS, Piece, Region, complement, is_infinite, meet, tidy, unite
from rewardkit.answers.numerics.agree import constant
from rewardkit.answers.tree import Apply, Name, Node, Text, names, negated, number

__all__ = ["TURNED", "region_of", "relation_of"]

TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "!=": "!=", "=": "="}
"""Signs of order and equality, and what each is when its sides change places."""


Found = tuple[Region, "str | None"]


def region_of(node: Node) -> Found | None:
    """The pieces of a set of reals and the name of its variable when it has one; None for anything else."""
    if type(node) is Name:
        return _half_line(HALF_LINES.get(node.text))
    if type(node) is not Apply:
        return None
    rule = _RULES.get(node.head)
    return None if rule is None else rule(node)


def _span(node: Apply) -> Found | None:
    if len(node.args) != 3:
        return None
    marks, low, high = node.args
    return [
        Piece(low, high, marks.words[0] == "[" and not is_infinite(low), marks.words[1] == "]" and not is_infinite(high))
    ], None


def _pair(node: Apply) -> Found | None:
    return ([Piece(*node.args, False, False)], None) if len(node.args) == 2 else None


def _points(node: Apply) -> Found:
    return [Piece(arg, arg, True, True) for arg in node.args], None


def _member(node: Apply) -> Found | None:
    name, members = node.args
    inner = region_of(members)
    return (inner[0], name.text) if inner and type(name) is Name else None


def _builder(node: Apply) -> Found | None:
    return region_of(node.args[1]) if type(node.args[0]) is Name else None


def _together(node: Apply) -> Found | None:
    """What holds together; where nothing would, `x < 1 and x > 3` was meant as alternatives."""
    both = _joined(node.args, meet)
    return _joined(node.args, unite) if both is not None and not both[0] else both


def _difference(node: Apply) -> Found | None:
    first, second = (region_of(arg) or _point(arg) for arg in node.args)
    rest = complement(second[0]) if first and second else None
    met = meet(first[0], rest) if first and rest is not None else None
    return (met, first[1]) if first and met is not None else None


def _half_line(sign: str | None) -> Found | None:
    """All reals, or those that compare with zero as the sign says."""
    if sign is None or sign == "R":
        return (list(REALS), None) if sign else None
    found = _inequality(sign, Name("x"), number(0))
    return (found[0], None) if found else None


def _point(node: Node) -> Found | None:
    """`{2}` without backslashes reads as the number itself; among sets it is the set of that number."""
    return ([Piece(node, node, True, True)], None) if not names(node) and constant(node) is not None else None


def relation_of(region: Region, name: Name) -> tuple[str, Node] | None:
    """A region with one finite end as an inequality: the sign, and the variable minus the end."""
    if len(region) != 1:
        return None
    piece = region[0]
    if is_infinite(piece.low) and not is_infinite(piece.high):
        return "<=" if piece.high_closed else "<", Apply("add", (name, Apply("neg", (piece.high,))))
    if is_infinite(piece.high) and not is_infinite(piece.low):
        return ">=" if piece.low_closed else ">", Apply("add", (name, Apply("neg", (piece.low,))))
    return None


def _inequality(sign: str, left: Node, right: Node) -> Found | None:
    if type(right) is Name and type(left) is not Name:
        left, right, sign = right, left, TURNED[sign]
    if type(left) is Apply and left.head == "abs" and not names(right) and sign in ("<", "<=", ">", ">="):
        return _around(sign, left.args[0], right)
    if type(left) is not Name or left.text in names(right):
        return None
    if sign == "=":
        return [Piece(right, right, True, True)], left.text
    if sign == "!=":
        return [Piece(MINUS_INF, right, False, False), Piece(right, INF, False, False)], left.text
    if sign in ("<", "<="):
        return [Piece(MINUS_INF, right, False, sign == "<=")], left.text
    return [Piece(right, INF, sign == ">=", False)], left.text


def _around(sign: str, inside: Node, distance: Node) -> Found | None:
    """`|x - 2| < 1`, what is near a number or far from it."""
    shift: tuple[Node, ...] = ()
    if type(inside) is Apply and inside.head == "add" and type(inside.args[0]) is Name and not any(map(names, inside.args[1:])):
        shift, inside = tuple(map(negated, inside.args[1:])), inside.args[0]
    if type(inside) is not Name:
        return None
    low, high, closed = negated(distance), distance, sign in ("<=", ">=")
    if shift:
        low, high = Apply("add", (*shift, low)), Apply("add", (*shift, high))
    if sign in ("<", "<="):
        return [Piece(low, high, closed, closed)], inside.text
    return [Piece(MINUS_INF, low, False, closed), Piece(high, INF, closed, False)], inside.text


def _chain(args: Sequence[Node]) -> Found | None:
    """`a < x <= b`, in either direction."""
    if len(args) != 5:
        return None
    low, first, name, second, high = args
    if not (isinstance(first, Text) and isinstance(second, Text) and isinstance(name, Name)):
        return None
    signs = (first.words, second.words)
    if signs[0] in (">", ">=") and signs[1] in (">", ">="):
        low, high, signs = high, low, (TURNED[signs[1]], TURNED[signs[0]])
    if signs[0] not in ("<", "<=") or signs[1] not in ("<", "<=") or name.text in names(low) | names(high):
        return None
    return [Piece(low, high, signs[0] == "<=" and not is_infinite(low), signs[1] == "<=" and not is_infinite(high))], name.text


def _joined(args: Sequence[Node], join: Callable[[Region, Region], Region | None]) -> Found | None:
    total: Region | None = None
    variable: str | None = None
    for arg in args:
        found = region_of(arg) or _point(arg)
        if found is None or (variable and found[1] and found[1] != variable):
            return None
        variable = variable or found[1]
        total = found[0] if total is None else join(total, found[0])
        if total is None:
            return None
    return None if total is None else (tidy(total) or total, variable)


_RULES: Mapping[str, Callable[[Apply], Found | None]] = {
    "span": _span,
    "tuple": _pair,
    "set": _points,
    "braces": _points,
    "in": _member,
    "setof": _builder,
    "cup": lambda node: _joined(node.args, unite),
    "or": lambda node: _joined(node.args, unite),
    "cap": lambda node: _joined(node.args, meet),
    "and": _together,
    "minus": _difference,
    "chain": lambda node: _chain(node.args),
    **dict.fromkeys(TURNED, lambda node: _inequality(node.head, *node.args)),
}
