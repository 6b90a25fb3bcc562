"""The expression tree: four small immutable nodes, and what can be asked of any tree.

A tree is a `Number`, a `Name`, a `Text`, or `Apply`, a head with arguments. Everything composite is an `Apply`:
sums (`add`), functions (`sin`), constants (`pi`, no arguments), lists, tuples, intervals, relations. `HEADS` names them all.

Trees hold text from a model, so they are only ever walked, never evaluated as code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum, auto
from typing import Any, NamedTuple

from flint import fmpq

__all__ = [
    "BINDERS",
    "FUNCTIONS",
    "HEADS",
    "RELATIONS",
    "Apply",
    "Family",
    "Head",
    "Name",
    "Node",
    "Number",
    "Text",
    "has_names",
    "names",
    "negated",
    "number",
    "show",
    "size",
    "substitute",
    "walk",
]


class Family(Enum):
    """What a head is of."""

    ARITHMETIC = auto()
    FUNCTION = auto()
    CONSTANT = auto()
    BINDER = auto()  # body, variable, lower and upper bound; the variable is bound in the body
    UNKNOWN = auto()  # the first argument of call and index is what is called or indexed
    COLLECTION = auto()
    RELATION = auto()
    STATEMENT = auto()


class Head(NamedTuple):
    """A family, and the least and the most arguments; `most` is None for any number."""

    family: Family
    least: int
    most: int | None


def _heads(family: Family, least: int, most: int | None, words: str) -> dict[str, Head]:
    return dict.fromkeys(words.split(), Head(family, least, most))


HEADS: Mapping[str, Head] = {
    **_heads(Family.ARITHMETIC, 1, None, "add mul max min gcd lcm"),
    **_heads(Family.ARITHMETIC, 1, 1, "neg sqrt fact dfact abs floor ceil percent degree"),
    **_heads(Family.ARITHMETIC, 2, 2, "div pow root binom mod base"),
    **_heads(Family.ARITHMETIC, 1, 2, "pm mp"),
    **_heads(Family.FUNCTION, 1, 1, "sin cos tan cot sec csc arcsin arccos arctan arccot arcsec arccsc"),
    **_heads(Family.FUNCTION, 1, 1, "sinh cosh tanh coth sech csch arcsinh arccosh arctanh"),
    **_heads(Family.FUNCTION, 1, 1, "exp ln lg gamma erf sgn re im arg conj det"),
    **_heads(Family.FUNCTION, 1, 2, "log"),
    **_heads(Family.CONSTANT, 0, 0, "pi e i inf dots"),
    **_heads(Family.BINDER, 4, 4, "sum prod"),
    **_heads(Family.BINDER, 1, 4, "integral"),  # with fewer than four it keeps the parts as written
    **_heads(Family.UNKNOWN, 1, None, "call limit"),
    **_heads(Family.UNKNOWN, 2, 2, "index"),
    # `list` is bare, `braces` is {1,2} without a backslash, `span` an interval with a square bracket, whose brackets come first.
    **_heads(Family.COLLECTION, 1, None, "list or and braces matrix row cases case"),
    **_heads(Family.COLLECTION, 0, None, "set tuple"),
    **_heads(Family.COLLECTION, 0, 3, "span"),
    **_heads(Family.COLLECTION, 2, None, "cup cap minus ratio"),
    **_heads(Family.COLLECTION, 2, 3, "setof"),  # variable, condition, set
    **_heads(Family.RELATION, 2, 2, "= < > <= >= != ~ => in notin subset supset to equiv perp parallel"),
    **_heads(Family.STATEMENT, 2, None, "chain compound"),  # sides with the signs between them; quantities to be added up
    **_heads(Family.STATEMENT, 2, 2, "named where quantity modulo"),  # label, condition, unit, modulus
    **_heads(Family.STATEMENT, 4, 4, "time"),  # hours, minutes, seconds, half of the day
    **_heads(
        Family.STATEMENT, 3, 4, "date"
    ),  # year, month and day, 0 where not told; `either` where month and day may change places
}
"""Every head, with its family and how many arguments it takes."""


def _of(family: Family) -> frozenset[str]:
    return frozenset(word for word, head in HEADS.items() if head.family is family)


FUNCTIONS = _of(Family.FUNCTION)
RELATIONS = _of(Family.RELATION)
BINDERS = _of(Family.BINDER)


class Number(NamedTuple):
    """An exact rational; `step` is the worth of the last digit written when it was written as a decimal."""

    value: Any
    step: Any = None


class Name(NamedTuple):
    """A variable, with its subscript and primes in the text: `x`, `a_1`, `f'`."""

    text: str


class Text(NamedTuple):
    """Words: a unit, a label, a condition."""

    words: str


class Apply(NamedTuple):
    """A head applied to arguments; a constant has none."""

    head: str
    args: tuple[Any, ...] = ()


Node = Number | Name | Text | Apply


def number(value: int | str, below: int = 1) -> Number:
    """A number node of an integer or a quotient."""
    return Number(fmpq(int(value), below))


def negated(node: Node) -> Node:
    """The tree with its sign turned."""
    return Number(-node.value, node.step) if type(node) is Number else Apply("neg", (node,))


def walk(node: Node) -> Iterator[Node]:
    """Every node of the tree, parents first."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        if type(node) is Apply:
            stack.extend(reversed(node.args))


def size(node: Node) -> int:
    """How many nodes the tree has."""
    return sum(1 for _ in walk(node))


_NO_NAMES: frozenset[str] = frozenset()


def names(node: Node) -> frozenset[str]:
    """The free names: variables, and the heads of unknown functions are not among them."""
    if type(node) is not Apply:
        return frozenset((node.text,)) if type(node) is Name else _NO_NAMES
    found: set[str] = set()
    _collect(node, found, frozenset())
    return frozenset(found)


def has_names(node: Node) -> bool:
    """Whether there are free names in the tree."""
    if type(node) is not Apply or node.head in BINDERS:
        return type(node) is Name or bool(names(node))
    return any(map(has_names, node.args[1:] if node.head in ("call", "index") else node.args))


def _collect(node: Node, found: set[str], bound: frozenset[str]) -> None:
    if type(node) is Name:
        if node.text not in bound:
            found.add(node.text)
    elif type(node) is Apply and node.args:
        args = node.args
        if node.head in BINDERS and len(args) == 4:
            body, variable, low, high = args
            _collect(low, found, bound)
            _collect(high, found, bound)
            _collect(body, found, bound | {variable.text})
            return
        if node.head in ("call", "index"):
            args = args[1:]
        for arg in args:
            _collect(arg, found, bound)


def substitute(node: Node, replacements: Mapping[str, Node]) -> Node:
    """The tree with free names replaced; what a sum binds, and the heads of unknown functions, stay."""
    if type(node) is Name:
        return replacements.get(node.text, node)
    if type(node) is not Apply or not node.args:
        return node
    if node.head in ("call", "index"):
        return Apply(node.head, (node.args[0], *(substitute(arg, replacements) for arg in node.args[1:])))
    if node.head in BINDERS and len(node.args) == 4:
        body, variable, low, high = node.args
        inside = {name: tree for name, tree in replacements.items() if name != variable.text}
        if any(variable.text in names(tree) for tree in inside.values()):
            variable, taken = Name(f"{variable.text}′"), variable.text
            inside[taken] = variable
        return Apply(
            node.head, (substitute(body, inside), variable, substitute(low, replacements), substitute(high, replacements))
        )
    return Apply(node.head, tuple(substitute(arg, replacements) for arg in node.args))


def show(node: Node) -> str:
    """The tree as nested text: `add(mul(2, x), 1)`; long numbers are shortened in the middle."""
    if isinstance(node, Number):
        return _shorten(str(node.value))
    if isinstance(node, Name):
        return node.text
    if isinstance(node, Text):
        return repr(node.words)
    if not node.args:
        return str(node.head)
    return f"{node.head}({', '.join(show(arg) for arg in node.args)})"


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:25]}…({len(text)} characters)…{text[-25:]}"
