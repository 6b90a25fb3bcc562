"""The names that writers give to values: `x = 3`, `f(x) = 2x`, `AB = 4`, `(x, y) = (1, 2)`, `a + b = 5`."""

from __future__ import annotations

from rewardkit.answers.tree import FUNCTIONS, Apply, Name, Node, Text, number

__all__ = ["is_combination", "is_difference", "is_made_of_one", "label_of"]


def label_of(node: Node) -> Node | None:
    """The node as a name for a value, as on the left of `x = 3`, `f(x) = 2x`, `AB = 4` or `(x, y) = (1, 2)`; else None."""
    if type(node) is Name or type(node) is Text:
        return node
    if type(node) is not Apply:
        return None
    head, args = node
    if head in ("call", "index", "limit", "integral"):
        return node
    if head in ("abs", "tuple", "ratio", "set", "neg", "degree") and args and head != "neg":
        return node if all(label_of(arg) is not None for arg in args) else None
    if head == "mul":
        capitals = [arg for arg in args if type(arg) is Name and arg.text[0].isupper()]
        if len(capitals) == len(args) or (
            len(args) == 2 and type(args[0]) is Name and type(args[1]) is Name and args[0].text[0].isupper()
        ):
            return node
    if _is_differential(node) or (head == "div" and all(_is_differential(arg) for arg in args)):
        return node
    if head in FUNCTIONS and len(args) == 1 and (type(args[0]) is Name or label_of(args[0]) is not None):
        return node
    if head in ("e", "i"):
        return Name(head)
    return None


def _is_differential(node: Node) -> bool:
    """`dy` or `dx`, as in a derivative."""
    return (
        type(node) is Apply
        and node.head == "mul"
        and len(node.args) == 2
        and node.args[0] == Name("d")
        and _is_name(node.args[1])
    )


def _is_name(node: Node) -> bool:
    return type(node) is Name


def is_made_of_one(node: Node) -> bool:
    """Whether the node is a capital letter's inverse or transpose, as in `A^{-1}`, which names a matrix and no equation for A."""
    if type(node) is not Apply or node.head != "pow":
        return False
    base, power = node.args
    return type(base) is Name and base.text.isupper() and power in (number(-1), Name("T"), Apply("neg", (number(1),)))


def is_difference(node: Node) -> bool:
    """Whether the node joins one letter with different subscripts, as in `C_p - C_v` and `T_1/T_2`, which is asked for as one."""
    if not is_combination(node) or type(node) is not Apply or node.head == "mul":
        return False
    flat = [arg.args[0] if type(arg) is Apply else arg for arg in node.args]
    parts = [arg.text.partition("_") for arg in flat]
    return len({letter for letter, _, _ in parts}) == 1 and all(mark for _, _, mark in parts)


def is_combination(node: Node) -> bool:
    """Whether the node is a plain sum, difference, product or quotient of different names, as in `a + b = 5`."""
    if type(node) is not Apply or node.head not in ("add", "mul", "div", "neg"):
        return False
    flat = [arg.args[0] if type(arg) is Apply and arg.head == "neg" else arg for arg in node.args]
    return len(flat) > 1 and all(type(arg) is Name for arg in flat) and len(set(flat)) == len(flat)
