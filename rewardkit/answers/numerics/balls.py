"""Rigorous numerics: a tree at a point, as a python-flint ball that surely contains the value.

The precision of python-flint is global to the process and its threads race for it, so every evaluation stands
inside `precision`, which holds the one lock while it sets, evaluates and restores.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flint import acb, arb, ctx, fmpq

from rewardkit.answers.numerics.divisors import written_out
from rewardkit.answers.numerics.exact import MAX_FACTORIAL, determinant, rational
from rewardkit.answers.tree import Apply, Name, Node, Number

__all__ = ["NeedsComplex", "NotNumeric", "evaluate", "has_imaginary", "precision"]

MAX_TERMS = 2000
_HUGE = arb(2) ** 2**40
_lock = threading.RLock()


class NotNumeric(Exception):
    """The tree holds something that has no numeric value."""


class NeedsComplex(NotNumeric):
    """The tree holds the imaginary unit, so real arithmetic will not do."""


class precision:
    """Hold the lock and work at this many bits, for the length of a `with` block."""

    __slots__ = ("before", "bits")

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def __enter__(self) -> None:
        _lock.acquire()
        self.before = ctx.prec
        ctx.prec = self.bits

    def __exit__(self, *_: object) -> None:
        ctx.prec = self.before
        _lock.release()


def evaluate(node: Node, point: Mapping[str, Any], *, plane: bool = False) -> Any:
    """The tree's value at a point that maps each free name to an `fmpq`.

    Real arithmetic (`arb`) unless `plane`, then complex (`acb`). A real value outside a function's domain is `nan`.
    Unknown functions and indexed names get a value that depends on nothing but their name and arguments.
    Raises `NotNumeric`. Call inside `precision`.
    """
    return _Evaluator(dict(point), plane).value(node)


class _Evaluator:
    def __init__(self, point: dict[str, Any], plane: bool) -> None:
        self.point = point
        self.kind = acb if plane else arb
        self.rules = _PLANE if plane else _REAL
        self.plane = plane
        self.terms = MAX_TERMS

    def value(self, node: Node) -> Any:
        if type(node) is Number:
            return self.kind(node.value)
        if type(node) is Name:
            try:
                return self.kind(self.point[node.text])
            except KeyError:
                raise NotNumeric(node.text) from None
        if type(node) is not Apply:
            raise NotNumeric("text")
        head, args = node
        if head == "add":
            total = self.value(args[0])
            for arg in args[1:]:
                total += self.value(arg)
            return total
        if head == "mul":
            product = self.value(args[0])
            for arg in args[1:]:
                product *= self.value(arg)
            return product
        if head == "pow":
            return self.power(args[0], args[1])
        rule = self.rules.get(head)
        if rule is not None:
            return rule([self.value(arg) for arg in args])
        return self.special(head, args)

    def power(self, base: Node, exponent: Node) -> Any:
        below = self.value(base)
        if not abs(below) < _HUGE:
            return self.kind(arb("nan"))  # nothing sharp comes of it, and a tower of powers would be long in showing that
        if type(exponent) is Number:
            exact = exponent.value
        else:
            exact = rational(exponent)
            if exact is None:
                above = self.value(exponent)
                if self.plane and above.imag.is_zero() and (integer := _integer(above.real)) is not None and abs(integer) < 10**6:
                    return below**integer
                return below**above
        if exact.q == 1:
            return below ** self.kind(exact) if abs(exact.p) > 10**6 else below ** int(exact.p)
        if not self.plane and exact.q % 2 and below < 0:
            root = (-below) ** arb(exact)
            return -root if exact.p % 2 else root
        return below ** self.kind(exact)

    def special(self, head: str, args: Sequence[Any]) -> Any:
        if head == "i":
            if not self.plane:
                raise NeedsComplex
            return acb(0, 1)
        if head in ("call", "index"):
            return self.opaque(args[0].text + head, args[1:])
        if head in ("sum", "prod"):
            return self.series(head, *args)
        if head in ("gcd", "lcm"):
            exact = rational(Apply(head, tuple(args)))
            return self.value(written_out(head, args)) if exact is None else self.kind(exact)
        if head == "det" and (expanded := determinant(args[0])) is not None:
            return self.value(expanded)
        raise NotNumeric(head)

    def opaque(self, name: str, args: Sequence[Node]) -> Any:
        """A value for an unknown function: the same for the same arguments, otherwise unrelated."""
        for arg in args:
            value = self.value(arg)
            parts = (value.real, value.imag) if self.plane else (value,)
            for part in parts:
                if not part.is_finite() or part.rad() > arb(2) ** -40 * (1 + abs(part)):
                    raise NotNumeric("unknown function of an uncertain argument")
                name += "," + part.str(9, radius=False, condense=0) if not part.contains(0) else ",0"
        return self.kind(fmpq(zlib.crc32(name.encode("utf-8", "surrogatepass")) % 99991 + 5003, 30011))

    def series(self, head: str, body: Node, variable: Name, low: Node, high: Node) -> Any:
        first, last = self.integer(low), self.integer(high)
        self.terms -= max(last - first, 0) + 1
        if self.terms < 0:
            raise NotNumeric("too many terms")
        before = self.point.get(variable.text)
        total = self.kind(0 if head == "sum" else 1)
        for index in range(first, last + 1):
            self.point[variable.text] = fmpq(index)
            term = self.value(body)
            total = total + term if head == "sum" else total * term
        if before is None:
            self.point.pop(variable.text, None)
        else:
            self.point[variable.text] = before
        return total

    def integer(self, node: Node) -> int:
        value = self.value(node)
        found = _integer(value.real if self.plane else value)
        if found is None:
            raise NotNumeric("a bound that is no integer")
        return found


def _integer(value: Any) -> int | None:
    # `unique_fmpz` ends the process on numbers as small as 10^-10^20, so that only a true integer may reach it.
    if not (value.is_exact() and abs(value) <= 10**9 and value.is_integer()):
        return None
    return int(value.unique_fmpz())


def _factorial(x: Any) -> Any:
    integer = _integer(x)
    return arb.fac_ui(integer) if integer is not None and 0 <= integer <= MAX_FACTORIAL else (x + 1).gamma()


def _binomial(v: Sequence[Any]) -> Any:
    n, k = v
    return (n + 1).gamma() * (k + 1).rgamma() * (n - k + 1).rgamma()


def _root(v: Sequence[Any]) -> Any:
    x, degree = v
    n = _integer(degree)
    if n is None or n < 1:
        return x ** (1 / degree)
    if n % 2 and x < 0:
        return -((-x).root(n))
    return x.root(n)


def _extreme(which: str) -> Callable[[Sequence[Any]], Any]:
    def rule(v: Sequence[Any]) -> Any:
        best = v[0]
        for x in v[1:]:
            best = getattr(best, which)(x)
        return best

    return rule


def _double_factorial(v: Sequence[Any]) -> Any:
    n = _integer(v[0])
    exact = rational(Apply("dfact", (Number(fmpq(n)),))) if n is not None else None
    if exact is None:
        raise NotNumeric("double factorial")
    return arb(exact)


def _method(name: str) -> Callable[[Sequence[Any]], Any]:
    return lambda v: getattr(v[0], name)()


_BOTH: dict[str, Callable[[Sequence[Any]], Any]] = {
    "neg": lambda v: -v[0],
    "div": lambda v: v[0] / v[1],
    "sqrt": lambda v: v[0].sqrt(),
    "percent": lambda v: v[0] / 100,
    "exp": lambda v: v[0].exp(),
    "ln": lambda v: v[0].log(),
    "log": lambda v: v[0].log() if len(v) == 1 else v[0].log() / v[1].log(),
    "lg": lambda v: v[0].log() / arb(10).log(),
    "gamma": lambda v: v[0].gamma(),
    "erf": lambda v: v[0].erf(),
    "arcsin": lambda v: v[0].asin(),
    "arccos": lambda v: v[0].acos(),
    "arctan": lambda v: v[0].atan(),
    "arccot": lambda v: (1 / v[0]).atan(),
    "arcsec": lambda v: (1 / v[0]).acos(),
    "arccsc": lambda v: (1 / v[0]).asin(),
    "arcsinh": lambda v: v[0].asinh(),
    "arccosh": lambda v: v[0].acosh(),
    "arctanh": lambda v: v[0].atanh(),
    **{
        name: _method(name) for name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch")
    },
}
_REAL: dict[str, Callable[[Sequence[Any]], Any]] = {
    **_BOTH,
    "pi": lambda v: arb.pi(),
    "e": lambda v: arb(1).exp(),
    "ratio": lambda v: v[0] / v[1] if len(v) == 2 else arb("nan"),
    "degree": lambda v: v[0] * arb.pi() / 180,
    "abs": lambda v: abs(v[0]),
    "floor": lambda v: v[0].floor(),
    "ceil": lambda v: v[0].ceil(),
    "mod": lambda v: v[0] - v[1] * (v[0] / v[1]).floor(),
    "root": _root,
    "fact": lambda v: _factorial(v[0]),
    "dfact": _double_factorial,
    "binom": _binomial,
    "max": _extreme("max"),
    "min": _extreme("min"),
    "sgn": lambda v: v[0].sgn(),
    "re": lambda v: v[0],
    "conj": lambda v: v[0],
    "im": lambda v: arb(0),
}
_PLANE: dict[str, Callable[[Sequence[Any]], Any]] = {
    **_BOTH,
    "pi": lambda v: acb(arb.pi()),
    "e": lambda v: acb(1).exp(),
    "degree": lambda v: v[0] * arb.pi() / 180,
    "abs": lambda v: acb(abs(v[0])),
    "root": lambda v: v[0] ** (1 / v[1]),
    "fact": lambda v: (v[0] + 1).gamma(),
    "binom": _binomial,
    "re": lambda v: acb(v[0].real),
    "im": lambda v: acb(v[0].imag),
    "arg": lambda v: acb(v[0].arg()),
    "conj": lambda v: v[0].conjugate(),
}


def has_imaginary(node: Node) -> bool:
    """Whether the imaginary unit stands anywhere in the tree."""
    if type(node) is Apply:
        return node.head == "i" or any(has_imaginary(arg) for arg in node.args)
    return False
