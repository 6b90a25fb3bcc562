"""A text as it was read, drawn for a person: an indented tree with the value of every part that has one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.tree import Tree

    from rewardkit.answers.tree import Node

__all__ = ["at_a_point", "decimal", "draw", "one_line", "printable"]

MAX_TEXT = 2_000
MAX_LABEL = 200
MAX_LINES = 60
SHORT = 40
DIGITS = 20

# What a terminal obeys, and the marks that turn the direction of what stands beside them.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# A made-up value stands for what these are; it is no value to show.
_UNKNOWN = frozenset(["call", "index"])


def printable(text: str) -> str:
    """The text without what a terminal would obey, cut to a screenful."""
    text = _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}… ({len(text):,} characters)"


def one_line(text: str) -> str:
    """The text as `printable`, on one line of at most 200 characters, so that it cannot pass for a line of ours."""
    flat = printable(text[: 2 * MAX_LABEL]).replace("\n", "\\n").replace("\t", "\\t")
    return flat if len(flat) <= MAX_LABEL else f"{flat[:MAX_LABEL]}… ({len(text):,} characters)"


def draw(title: Any, node: Node | None) -> Tree:
    """The tree under its title, at most 60 lines; parts that hold a number get ` = ` and 20 digits of it."""
    from rich.tree import Tree

    tree = Tree(title, guide_style="dim")
    if node is not None:
        left = [MAX_LINES]
        _add(tree, node, left, valued=True)
        if left[0] < 0:
            tree.add(f"… {-left[0]:,} more parts are not shown")
    return tree


def _add(branch: Tree, node: Node, left: list[int], *, valued: bool) -> None:
    from rich.text import Text as Styled

    from rewardkit.answers.tree import Apply, show, size

    left[0] -= 1
    if left[0] < 0:
        left[0] -= size(node) - 1
        return
    value = _value(node) if valued else ""
    text = show(node)
    whole = type(node) is not Apply or not node.args or (len(text) <= SHORT and all(_is_leaf(arg) for arg in node.args))
    label = Styled(one_line(text if whole or type(node) is not Apply else node.head))
    if value and value != text:
        label.append(f"  = {value}", style="cyan")
    inner = branch.add(label)
    if not whole and type(node) is Apply:
        for arg in node.args:
            # The parts of a number are not numbers that anybody asked for.
            _add(inner, arg, left, valued=valued and not value)


def _is_leaf(node: Node) -> bool:
    from rewardkit.answers.tree import Apply

    return type(node) is not Apply or not node.args


def _value(node: Node) -> str:
    """The value of a part without names, or nothing."""
    from rewardkit.answers.numerics.agree import constant
    from rewardkit.answers.tree import Apply, Number, walk

    if type(node) is Number:
        return decimal(node.value)
    if type(node) is not Apply or any(type(part) is Apply and part.head in _UNKNOWN for part in walk(node)):
        return ""
    try:
        value = constant(node)
    except (ArithmeticError, ValueError, RecursionError):
        return ""
    return "" if value is None else decimal(value)


def decimal(value: Any) -> str:
    """An exact rational or a ball to 20 significant digits; `…` says that more follow."""
    from flint import arb, fmpq

    from rewardkit.answers.numerics.balls import precision

    if not isinstance(value, fmpq) and value.is_exact() and value.is_integer() and abs(value) < 10**DIGITS:
        value = fmpq(value.unique_fmpz())
    with precision(448):
        exact = isinstance(value, fmpq)
        text: str = (arb(value) if exact else value).str(DIGITS, radius=False)
    if "e" in text or "." not in text:
        return text if exact and "e" not in text else f"{text}…"
    short = text.rstrip("0").rstrip(".")
    return short if exact and Fraction(short) == Fraction(int(value.p), int(value.q)) else f"{text}…"


def at_a_point(nodes: Sequence[Node]) -> tuple[str, list[str]]:
    """Where expressions with names are looked at, and their values there; nothing when they have none."""
    from rewardkit.answers.numerics.balls import NotNumeric, evaluate, precision
    from rewardkit.answers.tree import Apply, names, walk

    free = sorted(frozenset().union(*(names(node) for node in nodes)))
    parts = [part for node in nodes for part in walk(node)]
    if not free or any(type(part) is Apply and part.head in _UNKNOWN for part in parts):
        return "", []
    from flint import fmpq

    # Whole numbers, because a parameter may stand for one; not 0, 1 or 2, at which too much is equal.
    point = {name: fmpq(3 + place) for place, name in enumerate(free)}
    try:
        with precision(448):
            values = [evaluate(node, point) for node in nodes]
            if not all(value.is_finite() for value in values):
                return "", []
            return ", ".join(f"{name} = {value}" for name, value in point.items()), [decimal(value) for value in values]
    except (NotNumeric, ArithmeticError, ValueError, RecursionError):
        return "", []
