"""Plus-or-minus signs in a tree: whether there are any, and the tree with one of the two signs chosen."""

from __future__ import annotations

from rewardkit.answers.tree import Apply, Node

__all__ = ["has_signs", "with_sign"]


def has_signs(node: Node, heads: tuple[str, ...] = ("pm", "mp")) -> bool:
    """Whether one of the signs stands anywhere in the tree."""
    if type(node) is not Apply:
        return False
    if node.head in heads:
        return True
    return any(has_signs(arg, heads) for arg in node.args if type(arg) is Apply and arg.args)


def with_sign(node: Node, sign: int) -> Node:
    """The tree with every plus-or-minus as plus for 1 and as minus for -1, and every minus-or-plus the other way."""
    if type(node) is not Apply:
        return node
    args = tuple(with_sign(arg, sign) for arg in node.args)
    if node.head in ("pm", "mp"):
        last = args[-1]
        if (sign < 0) == (node.head == "pm"):
            last = Apply("neg", (last,))
        return last if len(args) == 1 else Apply("add", (args[0], last))
    return Apply(node.head, args)
