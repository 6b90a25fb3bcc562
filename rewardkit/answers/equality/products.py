"""A letter before a bracket: a function in one text, and in the other a variable, so that it multiplies in both.

`W(W + 4a)` has W plain as well, and `h(f - f_0)` stands beside `hf - hf_0`. What is called in both texts stays a function.
"""

from __future__ import annotations

from rewardkit.answers.tree import Apply, Node, names, walk

__all__ = ["as_products"]


def as_products(reference: Node, answer: Node) -> tuple[Node, Node] | None:
    """Both trees with every letter multiplied that is called in one and a variable in one; None where there is no such letter."""
    called = _called(reference) | _called(answer)
    letters = called & (names(reference) | names(answer)) if called else called
    return (_multiplied(reference, letters), _multiplied(answer, letters)) if letters else None


def _called(node: Node) -> frozenset[str]:
    """Single letters that are called with one argument, and nowhere with several."""
    calls = [part.args for part in walk(node) if type(part) is Apply and part.head == "call"]
    several = {args[0].text for args in calls if len(args) != 2}
    return frozenset(args[0].text for args in calls if len(args) == 2 and args[0].text not in several and len(args[0].text) == 1)


def _is_call_of(node: Node, letters: frozenset[str]) -> bool:
    return type(node) is Apply and node.head == "call" and node.args[0].text in letters


def _multiplied(node: Node, letters: frozenset[str]) -> Node:
    if type(node) is not Apply:
        return node
    args = tuple(_multiplied(arg, letters) for arg in node.args)
    if _is_call_of(node, letters):
        return Apply("mul", (node.args[0], args[1]))
    if node.head == "pow" and _is_call_of(node.args[0], letters):  # the power is that of the bracket
        letter, inside = node.args[0].args
        return Apply("mul", (letter, Apply("pow", (_multiplied(inside, letters), args[1]))))
    return Apply(node.head, args)
