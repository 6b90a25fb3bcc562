"""The expression tree: four small immutable nodes, and what can be asked of any tree.

A tree is a `Number`, a `Name`, a `Text`, or `Apply`, a head with arguments. Everything composite is an `Apply`:
sums (`add`), functions (`sin`), constants (`pi`, no arguments), lists, tuples, intervals, relations. The heads are:

- arithmetic: add mul div neg pow sqrt root fact dfact binom abs floor ceil mod gcd lcm max min percent degree base
  pm mp sum prod ratio, and the functions of `FUNCTIONS`;
- constants: pi e i inf dots;
- what is not known: call (name, arguments) and index (name, subscript);
- collections: list (bare, comma separated), or, and, braces ({1,2} without backslash), set, tuple, span (an interval
  with a square bracket), matrix of rows, cup, cap, minus, setof (variable, condition, set), cases of case (value, condition);
- statements: = < > <= >= != ~ in notin and others of `RELATIONS`, chain, named, where, quantity, modulo, time.

Trees hold text from a model, so they are only ever walked, never evaluated as code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flint import fmpq

__all__ = [
    "FUNCTIONS",
    "RELATIONS",
    "Apply",
    "Name",
    "Node",
    "Number",
    "Text",
    "determinant",
    "has_names",
    "names",
    "negated",
    "number",
    "show",
    "size",
    "substitute",
    "walk",
]

FUNCTIONS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "arcsin",
        "arccos",
        "arctan",
        "arccot",
        "arcsec",
        "arccsc",
        "sinh",
        "cosh",
        "tanh",
        "coth",
        "sech",
        "csch",
        "arcsinh",
        "arccosh",
        "arctanh",
        "exp",
        "ln",
        "log",
        "lg",
        "gamma",
        "erf",
        "sgn",
        "re",
        "im",
        "arg",
        "conj",
        "det",
    ]
)
_SIGNS = ["=", "<", ">", "<=", ">=", "!=", "~", "=>", "in", "notin", "subset", "supset", "to", "equiv", "perp", "parallel"]
RELATIONS = frozenset(_SIGNS)


# Each has the arguments body, variable, lower and upper bound; the variable is bound in the body.
BINDERS = frozenset(["sum", "prod", "integral"])


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


def determinant(matrix: Node) -> Node | None:
    """The determinant of a square matrix of at most 4 rows, written out along the first row; None for anything else."""
    if type(matrix) is not Apply or matrix.head != "matrix":
        return None
    rows = [row.args for row in matrix.args]
    if len(rows) > 4 or any(len(row) != len(rows) for row in rows):
        return None
    return _along_first_row(rows)


def _along_first_row(rows: Sequence[Sequence[Node]]) -> Node:
    if len(rows) == 1:
        return rows[0][0]
    terms = []
    for place, entry in enumerate(rows[0]):
        minor = _along_first_row([[*row[:place], *row[place + 1 :]] for row in rows[1:]])
        term = Apply("mul", (entry, minor))
        terms.append(Apply("neg", (term,)) if place % 2 else term)
    return Apply("add", tuple(terms))


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
