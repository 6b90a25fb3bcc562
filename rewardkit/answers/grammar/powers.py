"""An atom with what stands behind it: powers, subscripts, primes, factorials, percent and degree signs."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from rewardkit.answers.grammar.cursor import END, Cursor, Unreadable
from rewardkit.answers.grammar.numerals import numeral
from rewardkit.answers.notation.tokens import Token
from rewardkit.answers.tree import Apply, Name, Node, Number, Text, negated

__all__ = ["exponent", "factor", "lower", "postfixes", "subscript"]

_MARKS = frozenset(["^", "_", "!", "'", "%", "deg"])
_SIGNED = frozenset(["num", "name", "const", "(", "frac", "{", "func", "sqrt"])


def factor(cursor: Cursor) -> Node:
    """An atom with its powers, subscripts, primes, factorials, percent and degree signs."""
    cursor.deeper()
    node = postfixes(cursor, cursor.atom())
    cursor.depth -= 1
    return node


def postfixes(cursor: Cursor, node: Node) -> Node:
    """The atom with whatever stands behind it and belongs to it."""
    power: Node | None = None  # kept apart until the next mark: a subscript behind it is the name's
    while (mark := cursor.kind) in _MARKS or (mark == "|" and _is_evaluated(cursor)):
        if mark == "|":
            node, power = _evaluated(cursor, _raised(node, power)), None
            continue
        if mark == "'" and (type(node) is not Name or power is not None):
            break
        cursor.at += 1
        if mark == "^" and not _is_degree(cursor):
            node, power = _with_power(node, power, exponent(cursor))
        elif mark == "_":
            node, power = _with_subscript(cursor, node, power)
        else:
            node, power = _marked(cursor, mark, _raised(node, power)), None
    return node if power is None else Apply("pow", (node, power))


def _is_evaluated(cursor: Cursor) -> bool:
    r"""Whether the bar that stands here is that of `\left. f \right|_a`, behind which the place is lowered."""
    return cursor.tokens[cursor.at + 1].kind == "_"


def _evaluated(cursor: Cursor, node: Node) -> Node:
    """What stands before a bar, at the place behind it or between two places."""
    cursor.at += 2
    places = [lower(cursor)]
    if cursor.accept("^"):
        places.append(exponent(cursor))
    return Apply("call", (Name("at"), node, *places))


def lower(cursor: Cursor) -> Node:
    """A brace group or one atom, as after `_`."""
    if cursor.accept("{"):
        return cursor.group("}")
    cursor.deeper()
    node = cursor.atom()
    cursor.depth -= 1
    return node


def _raised(node: Node, power: Node | None) -> Node:
    return node if power is None else Apply("pow", (node, power))


def _with_power(node: Node, power: Node | None, above: Node) -> tuple[Node, Node | None]:
    if type(above) is Text:
        if type(node) is not Name:
            raise Unreadable(f"a raised {above.words!r}")
        return Name(node.text + above.words), power
    return _raised(node, power), above


def _with_subscript(cursor: Cursor, node: Node, power: Node | None) -> tuple[Node, Node | None]:
    node = subscript(cursor, node)
    if power is None and cursor.kind == "^" and type(node) is Name and node.text[0] in "CAP" and node.text[1:2] == "_":
        cursor.at += 1
        power = exponent(cursor)
        if (chosen := _selection(node, power)) is not None:
            return chosen, None
    return node, power


def _marked(cursor: Cursor, mark: str, node: Node) -> Node:
    if mark == "!":
        return Apply("dfact" if cursor.accept("!") else "fact", (node,))
    if mark == "%":
        return Apply("percent", (node,))
    if mark == "'" and type(node) is Name:
        return Name(node.text + "'")
    return _angle(cursor, node)


def _selection(name: Name, above: Node) -> Node | None:
    """`C_n^k` and `A_n^k` as the number of selections; None where what is raised cannot be chosen from what is lowered."""
    below = name.text[2:].strip("{}")
    if below.isdigit() and not (type(above) is Number and above.value > int(below)):
        whole: Node = Number(fmpq(int(below)))
    elif below.isalpha() and below in "nmNMk":
        whole = Name(below)
    else:
        return None
    chosen = Apply("binom", (whole, above))
    return chosen if name.text[0] == "C" else Apply("mul", (chosen, Apply("fact", (above,))))


def _is_degree(cursor: Cursor) -> bool:
    """Whether the exponent is a degree sign, which is then taken."""
    if cursor.accept("deg"):
        return True
    if cursor.kind == "{" and cursor.tokens[cursor.at + 1].kind == "deg" and cursor.tokens[cursor.at + 2].kind == "}":
        cursor.at += 3
        return True
    return False


def _angle(cursor: Cursor, degrees: Node) -> Node:
    r"""Degrees with the minutes and seconds that may follow: `60^\circ 42'`."""
    parts = [degrees]
    below = 60
    while cursor.kind == "num" and cursor.tokens[cursor.at + 1].kind in ("'", "^", END.kind) and below <= 3600:
        start = cursor.at
        part = numeral(cursor, cursor.take())
        if cursor.accept("^"):
            braced = cursor.accept("{")
            marks = _primes(cursor)
            if braced and marks:
                cursor.expect("}")
        else:
            marks = _primes(cursor)
        if not marks and cursor.kind != END.kind:
            cursor.at = start
            break
        parts.append(Apply("div", (part, Number(fmpq(below)))))
        below *= 60
    if cursor.kind == "name" and cursor.tokens[cursor.at].value in ("C", "F") and len(parts) == 1:
        return Apply("quantity", (degrees, Text("°" + cursor.take().value)))
    return Apply("degree", (parts[0] if len(parts) == 1 else Apply("add", tuple(parts)),))


def _primes(cursor: Cursor) -> int:
    count = 0
    while cursor.accept("'") or cursor.accept('"'):
        count += 1
    return count


def exponent(cursor: Cursor) -> Node:
    """What stands after a caret: one atom, or a brace group; a mark such as `*` or a prime comes back as text."""
    kind = cursor.kind
    if kind == "{":
        cursor.at += 1
        if cursor.kind in ("'", "*", "+", "-") and cursor.tokens[cursor.at + 1].kind in ("}", "'"):
            return Text("".join(token.kind for token in cursor.until("}")))
        return cursor.group("}")
    if kind in ("'", "*") or (kind in ("+", "-") and cursor.tokens[cursor.at + 1].kind not in _SIGNED):
        return Text(cursor.take().kind)
    return _signed_atom(cursor)


def _signed_atom(cursor: Cursor) -> Node:
    """An atom that a sign may precede; code style lets a power follow, as in `2**-x**2`."""
    negative = cursor.minus()
    cursor.deeper()
    node = cursor.atom()
    if cursor.accept("^"):
        node = Apply("pow", (node, exponent(cursor)))
    elif cursor.accept("!"):
        node = Apply("fact", (node,))
    cursor.depth -= 1
    return negated(node) if negative else node


def subscript(cursor: Cursor, node: Node) -> Node:
    """A name with its subscript, a number in its base, or an indexed name when the subscript is an expression."""
    start = cursor.at
    inner = _lowered(cursor)
    if type(node) is Number:
        if len(inner) == 1 and inner[0].kind == "num" and inner[0].value.isdigit():
            return Apply("base", (node, Number(fmpq(int(inner[0].value[:4])))))
        raise Unreadable("a number with a subscript")
    if type(node) is Apply and node.head in ("i", "e", "pi") and not node.args:
        node = Name(node.head)
    if type(node) is not Name:
        raise Unreadable("a subscript that belongs to no name")
    words = "".join(token.value or token.kind for token in inner if token.kind not in ("{", "}"))
    if _is_index(inner, words, cursor.bound):
        after, cursor.at = cursor.at, start
        index = exponent(cursor)
        if cursor.at == after:
            return Apply("index", (node, index))
        cursor.at = after
    return Name(f"{node.text}_{words}")


def _lowered(cursor: Cursor) -> Sequence[Token]:
    """The tokens of a subscript, which are taken: a brace group with all that it holds, or one token with its sign."""
    start = cursor.at
    if not cursor.accept("{"):
        cursor.at += 2 if cursor.kind in ("+", "-") else 1
        return cursor.tokens[start : cursor.at]
    open_braces = 1
    while open_braces:
        token = cursor.take()
        if token is END:
            raise Unreadable("an open brace")
        open_braces += {"{": 1, "}": -1}.get(token.kind, 0)
    return cursor.tokens[start + 1 : cursor.at - 1]


def _is_index(inner: Sequence[Token], words: str, bound: set[str]) -> bool:
    """Whether a subscript counts, as `n+1` and the variable of a sum do, and is no mere mark."""
    if any(token.value in bound for token in inner):
        return True
    signs = any(token.kind in ("+", "-", "*", "/", "^") for token in inner)
    return signs and not words.strip("+-*").isdigit() and words not in "+-*"
