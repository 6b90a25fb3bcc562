"""Exact rational values of trees; sizes are checked before any power, factorial or binomial.

Exact integers can kill the process: no exception and no alarm stops the big-number library once it has begun. So an
operation whose result might not fit a few thousand digits is not begun at all; the ball arithmetic of `balls`
takes over, which is safe at any size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from flint import fmpq, fmpz

from rewardkit.answers.tree import Apply, Node, Number

__all__ = ["MAX_BITS", "MAX_FACTORIAL", "determinant", "rational"]

MAX_BITS = 20_000
MAX_FACTORIAL = 2100
MAX_BINOMIAL = 1000
_ZERO = fmpq(0)


def rational(node: Node) -> Any:
    """The tree's exact value as an `fmpq`; None when it has names, is irrational, undefined or too large."""
    if type(node) is Number:
        return node.value
    if type(node) is not Apply:
        return None
    rule = _RULES.get(node.head)
    if rule is None:
        written_out = determinant(node.args[0]) if node.head == "det" else None
        return None if written_out is None else rational(written_out)
    values = []
    for arg in node.args:
        value = rational(arg)
        if value is None:
            return None
        values.append(value)
    try:
        return rule(values)
    except ZeroDivisionError:
        return None


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


def _bits(value: Any) -> int:
    return max(int(value.p).bit_length(), int(value.q).bit_length())


def _add(values: Sequence[Any]) -> Any:
    total = values[0]
    for value in values[1:]:
        total += value
    return total


def _mul(values: Sequence[Any]) -> Any:
    if sum(_bits(v) for v in values) > MAX_BITS:
        return None
    product = values[0]
    for value in values[1:]:
        product *= value
    return product


def _pow(values: Sequence[Any]) -> Any:
    base, exponent = values
    if exponent.q == 1:
        if base == 0:
            return None if exponent <= 0 else _ZERO
        power = int(exponent.p)
        if base in (1, -1):
            return base if power % 2 else fmpq(1)
        return None if abs(power) * _bits(base) > MAX_BITS else base**power
    if abs(exponent.p) * _bits(base) > MAX_BITS:
        return None
    root = exact_root(base, int(exponent.q))
    return None if root is None or (root == 0 and exponent < 0) else root ** int(exponent.p)


def exact_root(value: Any, degree: int) -> Any:
    """The real root when it is rational, else None; odd roots of negative numbers are negative."""
    if degree < 1 or degree > 64 or (value < 0 and degree % 2 == 0):
        return None
    above, below = _integer_root(abs(int(value.p)), degree), _integer_root(int(value.q), degree)
    if above is None or below is None:
        return None
    return fmpq(-above if value < 0 else above, below)


def _integer_root(value: int, degree: int) -> int | None:
    if degree == 2:
        root = math.isqrt(value)
    else:
        if value.bit_length() > 1000:
            return None
        root = int(fmpz(value).root(degree))
    return root if root**degree == value else None


def _fact(values: Sequence[Any]) -> Any:
    (n,) = values
    return fmpq(math.factorial(int(n.p))) if n.q == 1 and 0 <= n <= MAX_FACTORIAL else None


def _dfact(values: Sequence[Any]) -> Any:
    (n,) = values
    return fmpq(math.prod(range(int(n.p), 0, -2))) if n.q == 1 and 0 <= n <= MAX_FACTORIAL else None


def _binom(values: Sequence[Any]) -> Any:
    n, k = values
    if n.q != 1 or k.q != 1 or not 0 <= n <= MAX_BINOMIAL or not 0 <= k <= MAX_BINOMIAL:
        return None
    return fmpq(math.comb(int(n.p), int(k.p)))


def _gcd(values: Sequence[Any]) -> Any:
    above = math.gcd(*(int(v.p) * (math.lcm(*(int(w.q) for w in values)) // int(v.q)) for v in values))
    return fmpq(above, math.lcm(*(int(v.q) for v in values)))


def _lcm(values: Sequence[Any]) -> Any:
    below = math.lcm(*(int(v.q) for v in values))
    return fmpq(math.lcm(*(int(v.p) * (below // int(v.q)) for v in values)), below)


def _mod(values: Sequence[Any]) -> Any:
    value, modulus = values
    return None if modulus == 0 else value - modulus * (value / modulus).floor()


def _base(values: Sequence[Any]) -> Any:
    digits, base = values
    if digits.q != 1 or base.q != 1 or not 2 <= base <= 36 or _bits(digits) > 2000:
        return None
    text = str(abs(int(digits.p)))
    if any(int(d) >= base for d in text):
        return None
    total = 0
    for digit in text:
        total = total * int(base.p) + int(digit)
    return fmpq(-total if digits < 0 else total)


_RULES: dict[str, Callable[[Sequence[Any]], Any]] = {
    "add": _add,
    "mul": _mul,
    "neg": lambda v: -v[0],
    "div": lambda v: None if v[1] == 0 else v[0] / v[1],
    "ratio": lambda v: None if len(v) != 2 or v[1] == 0 else v[0] / v[1],
    "pow": _pow,
    "sqrt": lambda v: exact_root(v[0], 2),
    "root": lambda v: exact_root(v[0], int(v[1].p)) if v[1].q == 1 and v[1] > 0 else None,
    "abs": lambda v: abs(v[0]),
    "floor": lambda v: fmpq(v[0].floor()),
    "ceil": lambda v: fmpq(v[0].ceil()),
    "percent": lambda v: v[0] / 100,
    "fact": _fact,
    "dfact": _dfact,
    "binom": _binom,
    "gcd": _gcd,
    "lcm": _lcm,
    "max": max,
    "min": min,
    "mod": _mod,
    "base": _base,
}
