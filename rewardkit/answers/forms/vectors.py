"""Vectors and matrices that are written as sums and multiples of others, or by the unit vectors i, j and k."""

from __future__ import annotations

from collections.abc import Callable

from rewardkit.answers.tree import Apply, Name, Node, Number, names, size

__all__ = ["by_unit_vectors", "combined", "in_unit_vectors"]

MAX_NODES = 400
_UNIT_VECTORS = tuple(map(Name, "ijk"))


def combined(node: Node) -> Node | None:
    """A sum, multiple or transposition of tuples or matrices as one tuple or matrix; None for anything else."""
    return _combined(node) if type(node) is Apply and size(node) <= MAX_NODES else None


def _combined(node: Node) -> Apply | None:
    if type(node) is not Apply:
        return None
    head, args = node
    if head in ("tuple", "matrix"):
        return node
    if head == "call" and len(args) > 2 and args[0].text.isupper() and not _counts(args):
        return Apply("tuple", args[1:])  # a point: P(1, 2)
    if head == "neg":
        inner = _combined(args[0])
        return None if inner is None else _each(inner, lambda cell: Apply("neg", (cell,)))
    if head == "div":
        inner = _combined(args[0])
        return None if inner is None else _each(inner, lambda cell: Apply("div", (cell, args[1])))
    if head == "mul":
        return _multiple(args)
    if head == "add":
        return _sum(args)
    if head == "pow" and args[1] == Name("T"):
        return _transposed(_combined(args[0]))
    return None


def _counts(call: tuple[Node, ...]) -> bool:
    """Whether the call is `C(5, 2)` or `P(5, 2)`, which choose 2 of 5 and are no point."""
    name, *values = call
    numbers = [value.value for value in values if type(value) is Number]
    return type(name) is Name and name.text in ("C", "P", "A") and len(numbers) == len(values) == 2 and numbers[0] >= numbers[1]


def _each(collection: Apply, change: Callable[[Node], Node]) -> Apply:
    return Apply(
        collection.head,
        tuple(_each(cell, change) if type(cell) is Apply and cell.head == "row" else change(cell) for cell in collection.args),
    )


def _multiple(args: tuple[Node, ...]) -> Apply | None:
    parts = [_combined(arg) for arg in args]
    scale = tuple(arg for arg, part in zip(args, parts, strict=True) if part is None)
    found = [part for part in parts if part is not None]
    return _each(found[0], lambda cell: Apply("mul", (*scale, cell))) if len(found) == 1 else None


def _sum(args: tuple[Node, ...]) -> Apply | None:
    first = _combined(args[0])
    if first is None:
        return None
    total = first
    for arg in args[1:]:
        part = _combined(_as_multiple(arg, len(first.args)))
        added = None if part is None else _added(total, part)
        if added is None:
            return None
        total = added
    return total


def _as_multiple(node: Node, width: int) -> Node:
    """The second part of `(1,2) + t(3,4)`, where t reads as a function, as a multiple of a vector."""
    if type(node) is Apply and node.head == "call" and len(node.args) == width + 1:
        return Apply("mul", (node.args[0], Apply("tuple", node.args[1:])))
    return node


def _added(one: Apply, other: Apply) -> Apply | None:
    if one.head != other.head or len(one.args) != len(other.args):
        return None
    cells: list[Node] = []
    for left, right in zip(one.args, other.args, strict=True):
        if type(left) is Apply and left.head == "row":
            row = _added(left, right)
            if row is None:
                return None
            cells.append(row)
        else:
            cells.append(Apply("add", (left, right)))
    return Apply(one.head, tuple(cells))


def _transposed(collection: Apply | None) -> Apply | None:
    if collection is None:
        return None
    if collection.head == "tuple":
        return Apply("matrix", tuple(Apply("row", (cell,)) for cell in collection.args))
    return Apply("matrix", tuple(Apply("row", cells) for cells in zip(*(row.args for row in collection.args), strict=True)))


def in_unit_vectors(node: Node) -> Node | None:
    """A value written by unit vectors, with i as a name; None without a j or k, where i is the imaginary unit."""
    return _named(node) if names(node) & {"j", "k"} else None


def _named(node: Node) -> Node:
    if type(node) is not Apply:
        return node
    return Name("i") if node == Apply("i") else Apply(node.head, tuple(_named(arg) for arg in node.args))


def by_unit_vectors(components: tuple[Node, ...]) -> Node | None:
    """`(1, 2)` as `1 i + 2 j`; None for other than two or three components."""
    if not 2 <= len(components) <= 3:
        return None
    return Apply(
        "add", tuple(Apply("mul", (part, unit)) for part, unit in zip(components, _UNIT_VECTORS[: len(components)], strict=True))
    )
