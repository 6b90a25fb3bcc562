"""Relations between expressions: equations, inequalities, memberships and chains, of sets joined to sets and of ratios."""

from __future__ import annotations

from rewardkit.answers.grammar.cursor import Cursor
from rewardkit.answers.grammar.products import expression
from rewardkit.answers.tree import RELATIONS, Apply, Node, Text

__all__ = ["relation"]

_JOINT = {"cup": "cup", "cap": "cap", "minus": "minus", "U": "cup"}


def relation(cursor: Cursor) -> Node:
    """Expressions chained by relation signs."""
    first = _joined(cursor)
    if cursor.kind not in RELATIONS:
        return first
    parts: list[Node] = [first]
    while cursor.kind in RELATIONS:
        sign = cursor.take().kind
        if sign == "=":
            cursor.accept("=")
        parts += [Text(sign), _joined(cursor)]
        if cursor.kind in ("unit", "text") and cursor.tokens[cursor.at + 1].kind in RELATIONS:
            parts[-1] = Apply("quantity", (parts[-1], Text(cursor.take().value)))
    if len(parts) == 3:
        return Apply(sign, (parts[0], parts[2]))
    return Apply("chain", tuple(parts))


def _joined(cursor: Cursor) -> Node:
    """Sets joined by union, intersection and difference, or a ratio, or a plain sum."""
    node = _ratio(cursor)
    while cursor.kind in _JOINT:
        head = _JOINT[cursor.take().kind]
        before = node.args if type(node) is Apply and node.head == head != "minus" else (node,)
        node = Apply(head, (*before, _ratio(cursor)))
    return node


def _ratio(cursor: Cursor) -> Node:
    """Sums with colons between them."""
    node = expression(cursor)
    parts = [node]
    while _colon(cursor):
        parts.append(expression(cursor))
    return node if len(parts) == 1 else Apply("ratio", tuple(parts))


def _colon(cursor: Cursor) -> bool:
    """Whether a colon, or `to` before a number, stands here; it is taken."""
    if cursor.kind == "word" and cursor.tokens[cursor.at].value == "to" and cursor.tokens[cursor.at + 1].kind == "num":
        cursor.at += 1
        return True
    return cursor.accept(":")
