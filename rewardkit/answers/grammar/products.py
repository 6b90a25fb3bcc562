"""Sums and products: terms and factors, implicit multiplication, mixed numbers and slashes.

Nothing is simplified: the tree says what was written.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.answers.grammar.cursor import END, Cursor, Unreadable
from rewardkit.answers.grammar.powers import factor, postfixes
from rewardkit.answers.tree import RELATIONS, Apply, Name, Node, Number, negated, show

__all__ = ["expression", "is_relation", "term"]

_CLOSERS = ") ] rangle \\} } , ; end & \\\\ rfloor rceil mid and or text unit word money ... ."
_SIGNS = "+ - pm mp * / = < > <= >= != ~ => in notin cup cap minus U subset supset to equiv perp parallel : mod pmod over choose"
_MARKS = "^ _ ! ' % deg | ||"
_DAGGER = Name("dagger")
_NOT_FACTOR = frozenset([*f"{_CLOSERS} {_SIGNS} {_MARKS}".split(), END.kind])


def expression(cursor: Cursor) -> Node:
    """Terms joined by plus, minus and plus-or-minus."""
    cursor.deeper()
    kind = cursor.kind
    if kind in ("pm", "mp"):
        cursor.at += 1
        terms: list[Node] = [Apply(kind, (term(cursor),))]
    else:
        terms = [term(cursor)]
    while (kind := cursor.kind) in ("+", "-", "pm", "mp"):
        cursor.at += 1
        if kind == "+":
            terms.append(term(cursor))
        elif kind == "-":
            terms.append(negated(term(cursor)))
        else:
            terms = [Apply(kind, (_joined("add", terms), term(cursor)))]
    cursor.depth -= 1
    return terms[0] if len(terms) == 1 else Apply("add", tuple(terms))


def _joined(head: str, parts: Sequence[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Apply(head, tuple(parts))


def term(cursor: Cursor) -> Node:
    """Factors joined by times, a slash, `mod` or nothing."""
    negative = cursor.kind in ("+", "-") and cursor.minus()
    factors = [factor(cursor)]
    mixed = False  # whether the last two numbers stand side by side, as in `3 1/2` and not in `3*1/2`
    while True:
        kind = cursor.kind
        if kind == "*":
            cursor.at += 1
            factors.append(_signed(cursor))
        elif kind == "/":
            cursor.at += 1
            below = _denominator(cursor)
            factors = [(_mixed(factors, below) if mixed else None) or Apply("div", (_joined("mul", factors), below))]
            mixed = False
        elif kind == "mod":
            cursor.at += 1
            left = _joined("mul", factors)
            factors = [Apply("mod", (negated(left) if negative else left, _signed(cursor)))]
            negative = False
        elif kind == "num":
            mixed |= _take_number(cursor, factors)
        elif (kind in _NOT_FACTOR and not (kind == "|" and not cursor.bars)) or not _take_factor(cursor, kind, factors):
            break
    if len(factors) > 1 and any(map(_is_operator, factors)):
        factors = _in_order(factors)
    result = factors[0] if len(factors) == 1 else Apply("mul", tuple(factors))
    return negated(result) if negative else result


def _is_operator(node: Node) -> bool:
    """Whether a factor is one under a hat or with a dagger, which is multiplied in an order."""
    if type(node) is Apply and node.head == "pow":
        return bool(node.args[1] == _DAGGER) or _is_operator(node.args[0])
    return type(node) is Name and len(node.text) == 2 and node.text[0] == "^"


def _in_order(factors: Sequence[Node]) -> list[Node]:
    """The factors with the operators among them, and what else bears their letters, as one name that keeps their order."""
    letters = {_letter(factor) for factor in factors if _is_operator(factor)}
    acting = [factor for factor in factors if _letter(factor) in letters]
    if len(acting) < 2:
        return list(factors)
    rest = [factor for factor in factors if _letter(factor) not in letters]
    return [*rest, Name(" ".join(map(show, acting)))]


def _letter(node: Node) -> str:
    if type(node) is Apply and node.head == "pow":
        return _letter(node.args[0])
    return node.text if type(node) is Name else ""


def _take_factor(cursor: Cursor, kind: str, factors: list[Node]) -> bool:
    """Take what is multiplied by standing there; False where a bracket holds the domain of what stands before it."""
    if kind == "(":
        start = cursor.at
        bracketed = factor(cursor)
        if is_relation(bracketed):
            cursor.at = start
            return False
        factors.append(bracketed)
    elif kind == "frac" and len(factors) == 1 and type(factors[0]) is Number and cursor.tokens[cursor.at - 1].kind == "num":
        fraction = cursor.atom()
        total = _add_fraction(factors[0], fraction)
        factors[:] = [postfixes(cursor, total) if total else Apply("mul", (factors[0], postfixes(cursor, fraction)))]
    else:
        factors.append(factor(cursor))
    return True


def _take_number(cursor: Cursor, factors: list[Node]) -> bool:
    """Take a number that stands behind other factors; True where it begins the fraction of a mixed number."""
    if _is_times(cursor, factors):
        factors[-1] = factor(cursor)
        return False
    previous = cursor.tokens[cursor.at - 1].kind
    beside = previous == "num" or (previous in ("}", "frac") and cursor.tokens[cursor.at].spaced)
    if beside and not _is_whole(cursor, factors):
        raise Unreadable("two numbers side by side")
    factors.append(factor(cursor))
    return beside


def _is_times(cursor: Cursor, factors: Sequence[Node]) -> bool:
    """`2 x 10^5`: whether a letter x before a number is a multiplication sign."""
    if len(factors) < 2 or factors[-1] != Name("x") or type(factors[-2]) is not Number:
        return False
    return cursor.tokens[cursor.at - 1].value == "x"


def _is_whole(cursor: Cursor, factors: Sequence[Node]) -> bool:
    """Whether an integer stands before the fraction of a mixed number such as `3 1/2`."""
    last = factors[-1]
    after = cursor.tokens[cursor.at + 1].kind
    return len(factors) == 1 and type(last) is Number and last.value.q == 1 and last.step is None and after == "/"


def _signed(cursor: Cursor) -> Node:
    """A factor after an explicit operator, where a sign may stand."""
    negative = cursor.minus()
    result = factor(cursor)
    return negated(result) if negative else result


def _denominator(cursor: Cursor) -> Node:
    """What stands after a slash; with `tight`, letters set against it belong to it, as in `1/2x`."""
    below = _signed(cursor)
    if cursor.kind in ("name", "const", "num", "sqrt", "func", "(") and not cursor.tokens[cursor.at].spaced:
        cursor.slash = True
    if not cursor.tight:
        return below
    factors = [below]
    while cursor.kind not in _NOT_FACTOR and not cursor.tokens[cursor.at].spaced:
        factors.append(factor(cursor))
    return _joined("mul", factors)


def is_relation(node: Node) -> bool:
    """Whether the node is a relation or a list of them: what stands in brackets behind an expression as its domain."""
    if isinstance(node, Apply) and node.head in ("list", "and", "or"):
        return all(is_relation(arg) for arg in node.args)
    return isinstance(node, Apply) and (node.head in RELATIONS or node.head == "chain")


def _mixed(factors: Sequence[Node], below: Node) -> Node | None:
    """`3 1/2`, which comes as two numbers side by side and a denominator."""
    if len(factors) != 2 or not (type(factors[1]) is type(below) is Number) or below.value == 0:
        return None
    return _add_fraction(factors[0], Apply("div", (factors[1], below)))


def _add_fraction(whole: Node, fraction: Node) -> Node | None:
    """A mixed number: an integer before a proper fraction of integers adds, anything else multiplies."""
    if type(fraction) is not Apply or fraction.head != "div" or type(whole) is not Number or whole.step is not None:
        return None
    top, bottom = fraction.args
    if not (type(top) is type(bottom) is Number and top.value.q == bottom.value.q == whole.value.q == 1):
        return None
    return Number(whole.value + top.value / bottom.value) if 0 < top.value < bottom.value else None
