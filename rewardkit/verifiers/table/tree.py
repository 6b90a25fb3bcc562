"""The trees of tables, and how many nodes must be changed to make one of another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rewardkit.first_use import loading

__all__ = ["Node", "edit_distance", "size"]


@dataclass(slots=True)
class Node:
    """A table, a section, a row, or a cell with its spans and the characters and tags in it."""

    tag: str
    children: list[Node] = field(default_factory=list)
    spans: tuple[int, int] = (1, 1)
    content: tuple[str, ...] = ()


def size(node: Node) -> int:
    """The number of nodes in a tree."""
    return 1 + sum(map(size, node.children))


def edit_distance(a: Node, b: Node) -> float:
    """The least cost of deleting, inserting (1 each) and changing nodes that makes one ordered tree of another.

    By Zhang and Shasha (1989), with the short way for a cell against a tree: it becomes one of its nodes, and all others are new.
    """
    one, other = _Numbered(a), _Numbered(b)
    changes = [[_change(x, y) for y in other.nodes] for x in one.nodes]
    turned = list(zip(*changes, strict=True))
    found = [row[:] for row in changes]  # of a cell against a cell it is that
    for j in other.trees:
        for i in one.leaves:
            for place, value in _leaf(changes[i], other.first, j):
                found[i][place] = value
    for i in one.trees:
        for j in other.leaves:
            for place, value in _leaf(turned[j], one.first, i):
                found[place][j] = value
        for j in other.trees:
            _forests(one, other, i, j, changes, found)
    return found[-1][-1]


class _Numbered:
    """The nodes of a tree, children before parents, the first leaf below each, and the highest nodes above each first leaf.

    Those are trees, or leaves where a leaf is the highest itself.
    """

    def __init__(self, tree: Node) -> None:
        self.nodes: list[Node] = []
        self.first: list[int] = []
        self._number(tree)
        roots = sorted({first: place for place, first in enumerate(self.first)}.values())
        self.trees = [place for place in roots if self.first[place] != place]
        self.leaves = [place for place in roots if self.first[place] == place]

    def _number(self, node: Node) -> int:
        firsts = [self._number(child) for child in node.children]
        self.nodes.append(node)
        self.first.append(firsts[0] if firsts else len(self.nodes) - 1)
        return self.first[-1]


def _change(a: Node, b: Node) -> float:
    if a.tag != b.tag or a.spans != b.spans:
        return 1.0
    return 0.0 if a.content == b.content else _apart(a.content, b.content)


@lru_cache(maxsize=65_536)
def _apart(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    with loading:
        from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(a, b) / max(len(a), len(b))


def _leaf(changes: Sequence[float], firsts: Sequence[int], last: int) -> Iterator[tuple[int, float]]:
    """The distances of a cell from the trees along the left of the tree at `last`, by the cost of becoming each of the nodes."""
    first, least = firsts[last], 1.0
    for place in range(first, last + 1):
        if changes[place] < least:
            least = changes[place]
        if firsts[place] == first:
            yield place, place - first + least


def _forests(one: _Numbered, other: _Numbered, i: int, j: int, changes: list[list[float]], found: list[list[float]]) -> None:
    """The distances of all trees along the left of two trees, by those of the forests before each pair of nodes."""
    left, right = one.first[i], other.first[j]
    starts = [first - right for first in other.first[right : j + 1]]
    above = [float(place) for place in range(len(starts) + 1)]
    rows = [above]
    for x in range(left, i + 1):
        best = above[0] + 1
        row = [best]
        whole, before = one.first[x] == left, rows[one.first[x] - left]
        change, known = changes[x][right : j + 1], found[x]
        for place, start in enumerate(starts):
            # Insert or delete a node; or change the two where both forests are trees, else the trees that end here.
            if above[place + 1] < best:
                best = above[place + 1]
            best += 1
            whole_pair = whole and start == 0
            cost = above[place] + change[place] if whole_pair else before[start] + known[right + place]
            if cost < best:
                best = cost
            if whole_pair:
                known[right + place] = best
            row.append(best)
        rows.append(row)
        above = row
