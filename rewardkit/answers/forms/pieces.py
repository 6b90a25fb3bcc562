"""Pieces of the real line and their algebra: sorted, merged, intersected, complemented.

Ends may be any expression; only pieces whose ends are numbers can be ordered.
"""

from __future__ import annotations

from functools import cmp_to_key, lru_cache
from typing import Any, NamedTuple

from rewardkit.answers.numerics.agree import constant
from rewardkit.answers.tree import Apply, Node

__all__ = ["INF", "MINUS_INF", "REALS", "Piece", "Region", "compare_ends", "complement", "is_infinite", "meet", "tidy", "unite"]

MAX_PIECES = 200
INF = Apply("inf")
MINUS_INF = Apply("neg", (INF,))


class Piece(NamedTuple):
    """An interval: its ends, and whether each belongs to it. A single point is closed with equal ends."""

    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


Region = list[Piece]
REALS: Region = [Piece(MINUS_INF, INF, False, False)]


def is_infinite(node: Node) -> bool:
    """Whether an end is infinite."""
    return type(node) is Apply and (
        node.head == "inf" or (node.head in ("neg", "add") and len(node.args) == 1 and is_infinite(node.args[0]))
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
    if not is_infinite(node):
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


def unite(left: Region, right: Region) -> Region | None:
    """The pieces of both; None when there are too many."""
    return left + right if len(left) + len(right) <= MAX_PIECES else None


def meet(left: Region, right: Region) -> Region | None:
    """What two regions have in common; None when the ends cannot be ordered or there are too many."""
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


def complement(region: Region) -> Region | None:
    """All other reals; None when the ends cannot be ordered."""
    pieces = tidy(region)
    if pieces is None:
        return None
    rest: Region = []
    low: Node = MINUS_INF
    closed = False
    for piece in pieces:
        rest.append(Piece(low, piece.low, closed, not piece.low_closed and not is_infinite(piece.low)))
        low, closed = piece.high, not piece.high_closed
    rest.append(Piece(low, INF, closed and not is_infinite(low), False))
    return tidy(rest)
