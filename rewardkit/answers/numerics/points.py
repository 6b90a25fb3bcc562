"""Points at which expressions are compared: fixed for each name, the same in every process, different for different names."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

from flint import acb, arb, fmpq

from rewardkit.answers.tree import Apply, Node, Number, names

__all__ = ["TRIGONOMETRIC", "integer_names", "planar", "points", "wide_points"]

_INTEGER_LETTERS = frozenset("ijklmnrpqNKM")
_INTEGRAL_HEADS = frozenset(["fact", "dfact", "binom", "gcd", "lcm", "mod", "floor", "ceil"])
_ONLY_INTEGERS = frozenset(["fact", "dfact", "binom", "gcd", "lcm"])
# Where a function has pieces, small and large values must agree as well, and the names in more than one order.
_WIDE = tuple(fmpq(*pair) for pair in ((1, 50), (1, 7), (8, 9), (5, 2), (6, 1), (14, 1), (37, 1), (111, 1), (290, 1), (950, 1)))
_WIDE_INTEGERS = tuple(fmpq(value) for value in (1, 2, 3, 4, 7, 12, 18, 25, 40, 101))
TRIGONOMETRIC = frozenset(["sin", "cos", "tan", "cot", "sec", "csc"])


def points(free: frozenset[str], integral: frozenset[str]) -> list[dict[str, Any]]:
    """Points for the names: different for each name, the same in every process; the negative ones come last."""
    order = sorted(free)
    columns = {name: _integers(name) if name in integral else _rationals(name) for name in order}
    return [{name: columns[name][i] for name in order} for i in range(8)]


@lru_cache(maxsize=512)
def _rationals(name: str) -> tuple[Any, ...]:
    seed = zlib.crc32(name.encode("utf-8", "surrogatepass"))
    spans = ((7, 10), (13, 5), (3, 10), (41, 5), (1, 10), (163, 5), (-11, 10), (-23, 5))
    return tuple(fmpq(above, below) * fmpq(1000 + (seed >> (3 * i)) % 997, 1499) for i, (above, below) in enumerate(spans))


@lru_cache(maxsize=512)
def _integers(name: str) -> tuple[Any, ...]:
    seed = zlib.crc32(name.encode("utf-8", "surrogatepass"))
    return tuple(fmpq(2 + (seed >> (4 * i)) % 5 + start) for i, start in enumerate((1, 4, 0, 7, 2, 9, 3, 12)))


def integer_names(node: Node) -> frozenset[str]:
    """Names that stand for integers: under a factorial or binomial, in the exponent of a negative number, and so on."""
    found: set[str] = set()
    _find_integers(node, found)
    return frozenset(found)


def _find_integers(node: Node, found: set[str]) -> None:
    if type(node) is not Apply or not node.args:
        return
    head = node.head
    if head in _INTEGRAL_HEADS:
        inside = frozenset().union(*(names(arg) for arg in node.args))
        found |= inside if head in _ONLY_INTEGERS else {n for n in inside if n[0] in _INTEGER_LETTERS}
    elif head == "pow":
        base = node.args[0]
        if (type(base) is Number and base.value < 0) or (type(base) is Apply and base.head == "neg" and not names(base)):
            found |= names(node.args[1])
    elif head in ("sum", "prod"):
        found |= names(node.args[2]) | names(node.args[3])
    elif head == "index":
        found |= names(node.args[1])
    elif head in TRIGONOMETRIC:
        argument = node.args[0]
        if any(type(n) is Apply and n.head == "pi" for n in _parts(argument)):
            found |= {n for n in names(argument) if n in ("n", "k", "m")}
    for arg in node.args:
        _find_integers(arg, found)


def _parts(node: Node) -> Iterator[Node]:
    yield node
    if type(node) is Apply and node.head in ("mul", "div", "add", "neg"):
        for arg in node.args:
            yield from _parts(arg)


def planar(free: frozenset[str], integral: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Points in the plane for letters z and w, exact at any precision; other names stay real."""
    for one, other in pairwise(points(free, integral)[:4]):
        yield {
            name: acb(arb((value * 64).floor()) / 64, arb((other[name] * 64).floor()) / 64) if name[0] in "zw" else value
            for name, value in one.items()
        }


def wide_points(free: frozenset[str], integral: frozenset[str], turns: int = len(_WIDE)) -> list[dict[str, Any]]:
    """As many points as `turns`, at most ten, among small and large positive values."""
    columns = {name: _wide_values(name, place, name in integral) for place, name in enumerate(sorted(free))}
    return [{name: column[turn] for name, column in columns.items()} for turn in range(turns)]


@lru_cache(maxsize=512)
def _wide_values(name: str, place: int, whole: bool) -> tuple[Any, ...]:
    """Small and large values for a name; names at different places run through them with different strides, in every order."""
    stride = (1, 3, 7, 9)[place % 4]
    values = [(_WIDE_INTEGERS if whole else _WIDE)[(turn * stride + place) % len(_WIDE)] for turn in range(len(_WIDE))]
    seed = zlib.crc32(name.encode("utf-8", "surrogatepass"))
    return tuple(values if whole else [v * fmpq(1000 + (seed >> i) % 97, 1031) for i, v in enumerate(values)])
