"""Names and functions with what they apply to."""

from __future__ import annotations

from flint import fmpq

from rewardkit.answers.grammar.cursor import Cursor, Rule, Unreadable
from rewardkit.answers.grammar.powers import exponent, factor, lower, subscript
from rewardkit.answers.notation.tokens import Token
from rewardkit.answers.tree import Apply, Name, Node, Number

__all__ = ["RULES"]

_CALLED = frozenset("fghFGHWTSPQ") | {"phi", "psi", "Phi", "Psi"}
_PREFIXED = frozenset(["Delta", "partial", "delta", "nabla"])
_INVERSE = {"sin": "arcsin", "cos": "arccos", "tan": "arctan", "cot": "arccot", "sec": "arcsec", "csc": "arccsc"}
_LISTED = frozenset(["max", "min", "gcd", "lcm", "binom"])
_ARGUMENT = frozenset(["num", "name", "const", "frac", "sqrt", "{", "binom", "angle", "overline", "font", "hat", "arrow"])
_ARGUMENT |= {"dot", "ddot", "tilde", "langle"}
_CLOSERS = {"(": ")", "[": "]", "{": "}", "\\{": "\\}"}
MAX_CALL = 24  # tokens


def _name(cursor: Cursor, token: Token) -> Node:
    text = token.value
    if text in _PREFIXED and cursor.kind == "name":
        text += cursor.take().value
    node = Name(text)
    if cursor.kind == "(" and ((text in _CALLED and not cursor.tokens[cursor.at].spaced) or _is_call(cursor)):
        return _call(cursor, node)
    if cursor.kind in ("'", "^", "_") and text in _CALLED:
        return _decorated(cursor, node)
    return node


def _decorated(cursor: Cursor, node: Name) -> Node:
    """A function's name with primes or a subscript, called when a bracket follows."""
    start = cursor.at
    while cursor.accept("'"):
        node = Name(node.text + "'")
    if cursor.accept("_"):
        indexed = subscript(cursor, node)
        if type(indexed) is not Name:
            return indexed
        node = indexed
    if cursor.kind == "^" and [t.kind for t in cursor.tokens[cursor.at + 1 : cursor.at + 6]] == ["{", "-", "num", "}", "("]:
        cursor.at += 5
        return _call(cursor, Name(node.text + "^-1"))
    return _call(cursor, node) if cursor.kind == "(" and cursor.at > start else node


def _is_call(cursor: Cursor) -> bool:
    """Whether the bracket after a name holds arguments: a comma inside, or a relation right behind a single one."""
    depth = 0
    for position in range(cursor.at, min(cursor.at + MAX_CALL, len(cursor.tokens) - 1)):
        kind = cursor.tokens[position].kind
        if kind in ("(", "[", "{", "\\{"):
            depth += 1
        elif kind in (")", "]", "}", "\\}"):
            depth -= 1
            if not depth:
                starts = cursor.at < 2 or cursor.tokens[cursor.at - 2].kind in (",", ";", "and", "or", "=", "(")
                return starts and cursor.tokens[position + 1].kind == "=" and position == cursor.at + 2
        elif kind == "," and depth == 1:
            return True
    return False


def _call(cursor: Cursor, node: Name) -> Node:
    cursor.at += 1
    return Apply("call", (node, *_arguments(cursor.group(")"))))


def _arguments(inside: Node) -> tuple[Node, ...]:
    return inside.args if type(inside) is Apply and inside.head == "list" else (inside,)


def _constant(cursor: Cursor, token: Token) -> Node:
    return Name(token.value) if token.value in cursor.bound else Apply(token.value)


def _function(cursor: Cursor, token: Token) -> Node:
    name = token.value
    if name in _LISTED:
        return _listed(cursor, name)
    power: Node | None = None
    base: Node | None = None
    while cursor.kind in ("^", "_"):
        if cursor.take().kind == "_":
            base = lower(cursor)
        elif cursor.accept("deg"):
            raise Unreadable("a function to the degree")
        else:
            power = exponent(cursor)
    if name == "det" and cursor.kind == "begin":
        return Apply("det", (cursor.atom(),))
    if type(power) is Number and power.value == -1 and name in _INVERSE:
        name, power = _INVERSE[name], None
    argument = _argument(cursor)
    if name == "log" and base is not None:
        node = Apply("log", (argument, base))
    elif name == "cbrt":
        node = Apply("root", (argument, Number(fmpq(3))))
    else:
        node = Apply(name, (argument,))
    return node if power is None else Apply("pow", (node, power))


def _argument(cursor: Cursor) -> Node:
    """What a function applies to: a bracket, a brace group, or the factors up to the next function or bracket."""
    cursor.deeper()
    kind = cursor.kind
    if kind in ("(", "[", "{"):
        cursor.at += 1
        node = cursor.group(_CLOSERS[kind])
    elif kind == "|":
        node = cursor.atom()
    else:
        negative = cursor.minus()
        node = _factors(cursor)
        node = Apply("neg", (node,)) if negative else node
    cursor.depth -= 1
    return node


def _factors(cursor: Cursor) -> Node:
    if cursor.kind not in _ARGUMENT and cursor.kind not in ("func", "(", "sqrt"):
        raise Unreadable(f"{cursor.here()} where a function's argument was expected")
    inner = cursor.kind == "func"
    factors = [factor(cursor)]
    while not inner and cursor.kind in _ARGUMENT:
        factors.append(factor(cursor))
    return factors[0] if len(factors) == 1 else Apply("mul", tuple(factors))


def _listed(cursor: Cursor, name: str) -> Node:
    """A function of several arguments, which stand in brackets."""
    closer = _CLOSERS.get(cursor.kind)
    if closer is None:
        raise Unreadable(f"{name} without arguments")
    cursor.at += 1
    args = _arguments(cursor.group(closer))
    if name == "binom" and len(args) != 2:
        raise Unreadable("binom of other than two")
    return args[0] if len(args) == 1 else Apply(name, args)


RULES: dict[str, Rule] = {"name": _name, "const": _constant, "func": _function}
