r"""Greatest common divisors and least common multiples of expressions that are no rational numbers.

`\gcd(x, y)` is 1, `\gcd(125, 50x)` is 25 and `\operatorname{lcm}(2y, x)` is 2xy: divisors as of polynomials with integer
coefficients. A coefficient that is no integer counts as 1, for every rational divides every other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from flint import fmpq

from rewardkit.answers.numerics.exact import rational
from rewardkit.answers.tree import Apply, Node, Number

__all__ = ["written_out"]

Factored = tuple[Any, list[Node]]


def written_out(head: str, args: Sequence[Node]) -> Node:
    """The `gcd` or `lcm` of expressions, not all of them rational numbers, as a number times factors."""
    return _divisor(args) if head == "gcd" else _multiple(args)


def _divisor(args: Sequence[Node]) -> Node:
    content, factors = _split(args[0])
    for arg in args[1:]:
        content, factors = _common((content, factors), _split(arg))
    return _join(content, factors)


def _multiple(args: Sequence[Node]) -> Node:
    content, factors = _split(args[0])
    for arg in args[1:]:
        other, others = _split(arg)
        shared = _common((content, factors), (other, others))[1]
        rest = list(others)
        for factor in shared:
            rest.remove(factor)
        factors = factors + rest
        if content.q == other.q == 1:
            size = math.lcm(int(content.p), int(other.p))
            content = fmpq(-size if (content < 0) != (other < 0) else size)
        else:
            content = fmpq(1)
    return _join(content, factors)


def _split(node: Node) -> Factored:
    """A tree as a rational content times other factors."""
    exact = rational(node)
    if exact is not None:
        return exact, []
    if type(node) is Apply and node.head == "neg":
        content, factors = _split(node.args[0])
        return -content, factors
    if type(node) is Apply and node.head == "mul":
        content, factors = fmpq(1), []
        for arg in node.args:
            inner, more = _split(arg)
            content *= inner
            factors = factors + more
        return content, factors
    return fmpq(1), [node]


def _common(left: Factored, right: Factored) -> Factored:
    shared: list[Node] = []
    rest = list(right[1])
    for factor in left[1]:
        if factor in rest:
            rest.remove(factor)
            shared.append(factor)
    if left[0].q == right[0].q == 1:
        return fmpq(math.gcd(int(left[0].p), int(right[0].p))), shared
    return fmpq(1), shared


def _join(content: Any, factors: Sequence[Node]) -> Node:
    if not factors:
        return Number(content)
    return Apply("mul", (Number(content), *factors))
