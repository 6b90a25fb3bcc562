r"""Sets of real numbers: intervals, inequalities in one variable, set builders and their unions, as one normal form.

`x < 1 or x > 3`, `(-\infty, 1) \cup (3, \infty)` and `{x | x < 1 or x > 3}` come to the same two pieces. Ends may be
any expression; only pieces whose ends are numbers can be sorted, merged, intersected or complemented.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key, lru_cache
from typing import Any, NamedTuple

from rewardkit.answers.forms.named_sets import HALF_LINES
from rewardkit.answers.numerics.agree import constant
from rewardkit.answers.tree import Apply, Name, Node, Text, names, negated, number

__all__ = ["Piece", "Region", "compare_ends", "region_of", "relation_of", "tidy"]

MAX_PIECES = 200
INF = Apply("inf")
MINUS_INF = Apply("neg", (INF,))
_FLIP = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "!=": "!=", "=": "="}


class Piece(NamedTuple):
    """An interval: its ends, and whether each belongs to it. A single point is closed with equal ends."""

    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


Region = list[Piece]
REALS: Region = [Piece(MINUS_INF, INF, False, False)]


def region_of(node: Node) -> tuple[Region, str | None] | None:
    """The pieces of a set of reals and the name of its variable when it has one; None for anything else."""
    if type(node) is Name:
        return _half_line(HALF_LINES.get(node.text))
    if type(node) is not Apply:
        return None
    head, args = node
    if head == "span" and len(args) == 3:
        marks, low, high = args
        return [
            Piece(low, high, marks.words[0] == "[" and not _infinite(low), marks.words[1] == "]" and not _infinite(high))
        ], None
    if head == "tuple" and len(args) == 2:
        return [Piece(args[0], args[1], False, False)], None
    if head in ("set", "braces"):
        return [Piece(arg, arg, True, True) for arg in args], None
    if head == "in":
        inner = region_of(args[1])
        return (inner[0], args[0].text) if inner and type(args[0]) is Name else None
    if head == "setof" and type(args[0]) is Name:
        return region_of(args[1])
    if head in ("cup", "or"):
        return _joined(args, _unite)
    if head in ("cap", "and"):
        both = _joined(args, _meet)
        if head == "and" and both is not None and not both[0]:
            return _joined(args, _unite)
        return both
    if head == "minus":
        first, second = region_of(args[0]) or _point(args[0]), region_of(args[1]) or _point(args[1])
        if first is None or second is None:
            return None
        rest = _complement(second[0])
        met = None if rest is None else _meet(first[0], rest)
        return None if met is None else (met, first[1])
    if head in _FLIP:
        return _inequality(head, args[0], args[1])
    if head == "chain":
        return _chain(args)
    return None


def _half_line(sign: str | None) -> tuple[Region, None] | None:
    """All reals, or those that compare with zero as the sign says."""
    if sign is None or sign == "R":
        return (list(REALS), None) if sign else None
    found = _inequality(sign, Name("x"), number(0))
    return (found[0], None) if found else None


def _point(node: Node) -> tuple[Region, None] | None:
    """`{2}` without backslashes reads as the number itself; among sets it is the set of that number."""
    return ([Piece(node, node, True, True)], None) if not names(node) and constant(node) is not None else None


def relation_of(region: Region, name: Name) -> tuple[str, Node] | None:
    """A region with one finite end as an inequality: the sign, and the variable minus the end."""
    if len(region) != 1:
        return None
    piece = region[0]
    if _infinite(piece.low) and not _infinite(piece.high):
        return "<=" if piece.high_closed else "<", Apply("add", (name, Apply("neg", (piece.high,))))
    if _infinite(piece.high) and not _infinite(piece.low):
        return ">=" if piece.low_closed else ">", Apply("add", (name, Apply("neg", (piece.low,))))
    return None


def _inequality(sign: str, left: Node, right: Node) -> tuple[Region, str] | None:
    if type(right) is Name and type(left) is not Name:
        left, right, sign = right, left, _FLIP[sign]
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


def _around(sign: str, inside: Node, distance: Node) -> tuple[Region, str] | None:
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


def _chain(args: Sequence[Node]) -> tuple[Region, str] | None:
    """`a < x <= b`, in either direction."""
    if len(args) != 5:
        return None
    low, first, name, second, high = args
    if not (isinstance(first, Text) and isinstance(second, Text) and isinstance(name, Name)):
        return None
    signs = (first.words, second.words)
    if signs[0] in (">", ">=") and signs[1] in (">", ">="):
        low, high, signs = high, low, (_FLIP[signs[1]], _FLIP[signs[0]])
    if signs[0] not in ("<", "<=") or signs[1] not in ("<", "<=") or name.text in names(low) | names(high):
        return None
    return [Piece(low, high, signs[0] == "<=" and not _infinite(low), signs[1] == "<=" and not _infinite(high))], name.text


def _joined(args: Sequence[Node], join: object) -> tuple[Region, str | None] | None:
    total: Region | None = None
    variable: str | None = None
    for arg in args:
        found = region_of(arg) or _point(arg)
        if found is None or (variable and found[1] and found[1] != variable):
            return None
        variable = variable or found[1]
        total = found[0] if total is None else join(total, found[0])  # type: ignore[operator]
        if total is None:
            return None
    return None if total is None else (tidy(total) or total, variable)


def _infinite(node: Node) -> bool:
    return type(node) is Apply and (
        node.head == "inf" or (node.head in ("neg", "add") and len(node.args) == 1 and _infinite(node.args[0]))
    )


def compare_ends(left: Node, right: Node) -> int | None:
    """-1, 0 or 1 for two ends that are numbers or infinite; None when their order cannot be told."""
    if left == right:
        return 0
    a, b = _rank(left), _rank(right)
    if a or b:
        return (a > b) - (a < b)
    x, y = _end_value(left), _end_value(right)
    if x is None or y is None:
        return None
    return -1 if x < y else 1 if x > y else 0


@lru_cache(maxsize=1024)
def _end_value(node: Node) -> Any:
    return constant(node)


def _rank(node: Node) -> int:
    if not _infinite(node):
        return 0
    return -1 if type(node) is Apply and node.head == "neg" else 1


class _Unordered(Exception):
    """Two ends whose order cannot be told."""


def _order(left: Node, right: Node) -> int:
    order = compare_ends(left, right)
    if order is None:
        raise _Unordered
    return order


def _first(left: Piece, right: Piece) -> int:
    return _order(left.low, right.low) or right.low_closed - left.low_closed


def tidy(region: Region) -> Region | None:
    """The pieces sorted, merged where they touch, and without empty ones; None when the ends cannot be ordered."""
    if len(region) > MAX_PIECES:
        return None
    try:
        full = [p for p in region if (order := _order(p.low, p.high)) < 0 or (order == 0 and p.low_closed and p.high_closed)]
        full.sort(key=cmp_to_key(_first))
        merged: Region = []
        for piece in full:
            gap = _order(merged[-1].high, piece.low) if merged else -1
            if gap > 0 or (merged and gap == 0 and (merged[-1].high_closed or piece.low_closed)):
                end = _order(merged[-1].high, piece.high)
                if end < 0 or (end == 0 and piece.high_closed):
                    merged[-1] = merged[-1]._replace(high=piece.high, high_closed=piece.high_closed)
            else:
                merged.append(piece)
    except _Unordered:
        return None
    return merged


def _unite(left: Region, right: Region) -> Region | None:
    return left + right if len(left) + len(right) <= MAX_PIECES else None


def _meet(left: Region, right: Region) -> Region | None:
    found: Region = []
    if len(left) * len(right) > MAX_PIECES:
        return None
    for a in left:
        for b in right:
            low_order, high_order = compare_ends(a.low, b.low), compare_ends(a.high, b.high)
            if low_order is None or high_order is None:
                return None
            low, low_closed = (a.low, a.low_closed) if low_order > 0 else (b.low, b.low_closed)
            if low_order == 0:
                low_closed = a.low_closed and b.low_closed
            high, high_closed = (a.high, a.high_closed) if high_order < 0 else (b.high, b.high_closed)
            if high_order == 0:
                high_closed = a.high_closed and b.high_closed
            found.append(Piece(low, high, low_closed, high_closed))
    tidied = tidy(found)
    return found if tidied is None else tidied


def _complement(region: Region) -> Region | None:
    pieces = tidy(region)
    if pieces is None:
        return None
    rest: Region = []
    low: Node = MINUS_INF
    closed = False
    for piece in pieces:
        rest.append(Piece(low, piece.low, closed, not piece.low_closed and not _infinite(piece.low)))
        low, closed = piece.high, not piece.high_closed
    rest.append(Piece(low, INF, closed and not _infinite(low), False))
    return tidy(rest)
