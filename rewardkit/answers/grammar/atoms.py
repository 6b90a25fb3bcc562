"""Wholes that a sign or command begins: fractions, roots, bars, sums, limits and integrals."""

from __future__ import annotations

from flint import fmpq

from rewardkit.answers.grammar.cursor import Cursor, Rule, Unreadable
from rewardkit.answers.grammar.kets import ket
from rewardkit.answers.grammar.powers import exponent, lower
from rewardkit.answers.grammar.products import expression, term
from rewardkit.answers.notation.tokens import Token, currency
from rewardkit.answers.tree import Apply, Name, Node, Number, Text

__all__ = ["RULES"]


def _fraction(cursor: Cursor, token: Token) -> Node:
    above = _braced_or_digit(cursor)
    return Apply("div", (above, _braced_or_digit(cursor)))


def _choice(cursor: Cursor, token: Token) -> Node:
    above = _braced_or_digit(cursor)
    return Apply("binom", (above, _braced_or_digit(cursor)))


def _braced_or_digit(cursor: Cursor) -> Node:
    r"""A brace group, or as LaTeX has it a single digit: `\frac12` is one half."""
    cursor.deeper()
    if cursor.accept("{"):
        node = cursor.group("}")
    elif cursor.kind == "num":
        node = _digit(cursor)
    else:
        node = cursor.atom()
    cursor.depth -= 1
    return node


def _digit(cursor: Cursor) -> Node:
    """The first digit of a number; the rest of it stays."""
    token = cursor.tokens[cursor.at]
    if not token.value.isdigit():
        raise Unreadable("a decimal without braces in a fraction")
    if len(token.value) > 1:
        cursor.tokens[cursor.at] = token._replace(value=token.value[1:], spaced=False)
    else:
        cursor.at += 1
    return Number(fmpq(int(token.value[0])))


def _root(cursor: Cursor, token: Token) -> Node:
    degree = cursor.group("]") if cursor.accept("[") else None
    cursor.deeper()
    if cursor.accept("{"):
        node = cursor.group("}")
    elif cursor.accept("("):
        node = cursor.group(")")
    else:
        node = cursor.atom()
    cursor.depth -= 1
    if degree is None or (type(degree) is Number and degree.value == 2):
        return Apply("sqrt", (node,))
    return Apply("root", (node, degree))


def _bars(cursor: Cursor, token: Token) -> Node:
    if (written := ket(cursor)) is not None:
        return written
    cursor.bars += 1
    node = expression(cursor)
    cursor.bars -= 1
    cursor.expect(token.kind)
    return Apply("abs", (node,))


def _money(cursor: Cursor, token: Token) -> Node:
    return Apply("quantity", (term(cursor), Text(currency(token))))


def _series(cursor: Cursor, token: Token) -> Node:
    """A sum or product with its variable and bounds; without them it stays an unknown function of its body."""
    low: Node | None = None
    high: Node | None = None
    while cursor.kind in ("_", "^"):
        if cursor.take().kind == "_":
            low = lower(cursor)
        else:
            high = exponent(cursor)
    if type(low) is Apply and low.head == "=" and high is not None and (variable := _variable(low.args[0])):
        outer = variable in cursor.bound
        cursor.bound.add(variable)
        body = term(cursor)
        if not outer:
            cursor.bound.discard(variable)
        return Apply(token.kind, (body, Name(variable), low.args[1], high))
    parts = [part for part in (low, high) if part is not None]
    return Apply("call", (Name(token.kind), term(cursor), *parts))


def _variable(node: Node) -> str:
    """The name of a variable, which may be spelled as the constant i or e; empty for anything else."""
    if type(node) is Name:
        return node.text
    return node.head if type(node) is Apply and not node.args else ""


def _limit(cursor: Cursor, token: Token) -> Node:
    parts: list[Node] = []
    while cursor.accept("_") or cursor.accept("^"):
        parts.append(lower(cursor))
    return Apply("limit", (term(cursor), *parts))


def _integral(cursor: Cursor, token: Token) -> Node:
    """A definite integral over a variable as body, variable and bounds; anything else keeps the parts as written."""
    bounds: dict[str, Node] = {}
    while cursor.kind in ("_", "^"):
        sign = cursor.take().kind
        bounds[sign] = lower(cursor) if sign == "_" else exponent(cursor)
    body = term(cursor)
    if len(bounds) == 2 and type(body) is Apply and body.head == "mul" and len(body.args) > 2:
        *factors, differential, variable = body.args
        if differential == Name("d") and type(variable) is Name:
            inside = factors[0] if len(factors) == 1 else Apply("mul", tuple(factors))
            return Apply("integral", (inside, variable, bounds["_"], bounds["^"]))
    return Apply("integral", (body, *bounds.values()))


def _boxed(cursor: Cursor, token: Token) -> Node:
    cursor.expect("{")
    return cursor.group("}")


RULES: dict[str, Rule] = {
    "frac": _fraction,
    "binom": _choice,
    "sqrt": _root,
    "|": _bars,
    "||": _bars,
    "lfloor": lambda cursor, token: Apply("floor", (cursor.group("rfloor"),)),
    "lceil": lambda cursor, token: Apply("ceil", (cursor.group("rceil"),)),
    "money": _money,
    "sum": _series,
    "prod": _series,
    "lim": _limit,
    "int": _integral,
    "boxed": _boxed,
    "empty": lambda cursor, token: Apply("set"),
    "...": lambda cursor, token: Apply("dots"),
    "U": lambda cursor, token: Name("U"),
}
