r"""Whether a relation without variables holds: `\{1\} \subseteq \{1, 2\}`, `\pi < 22/7`, `2 \in [0, 1)`.

An equation is not asked here: its answer is a side of it, so that `1 + 1 = 2` is 2 before it is true.
"""

from __future__ import annotations

from rewardkit.answers.forms.pieces import Region, compare_ends, tidy
from rewardkit.answers.forms.regions import region_of
from rewardkit.answers.tree import Apply, Node, names

__all__ = ["truth"]

_ORDER = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (1, 0), "!=": (-1, 1)}
_INSIDE = ("in", "notin", "subset", "supset")


def truth(node: Node) -> bool | None:
    r"""Whether the relation holds; None for anything else, and where that cannot be told.

    `\subset` of two equal sets cannot: some write it for a part, some for a proper one.
    """
    if type(node) is not Apply or not (node.head in _ORDER or node.head in _INSIDE) or names(node):
        return None
    left, right = node.args[::-1] if node.head == "supset" else node.args
    if node.head in _ORDER:
        order = compare_ends(left, right)
        return None if order is None else order in _ORDER[node.head]
    part, whole = region_of(left), region_of(right)
    if part is None:
        part = region_of(Apply("set", (left,)))  # a number; beside a sign of sets it is `{1}`, whose braces were lost
    elif node.head in ("in", "notin"):
        return None  # a set among numbers
    inside = None if part is None or whole is None else _is_inside(part[0], whole[0], proper=node.head.endswith("set"))
    return None if inside is None else inside is not (node.head == "notin")


def _is_inside(part: Region, whole: Region, *, proper: bool) -> bool | None:
    """Whether what both cover is no more than the whole covers."""
    both, alone, own = tidy([*part, *whole]), tidy(whole), tidy(part)
    if both is None or alone is None or own is None:
        return None
    return None if proper and own == alone else both == alone
