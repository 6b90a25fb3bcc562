"""The last resort: computer algebra on our own trees, for pairs that nothing else decides.

Meant for a process that may be killed, since simplification has no bound on time. The objects are built node by
node from trees that our own parser made; no text ever reaches `sympify` or any other parser.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rewardkit.answers.equality.written import is_written
from rewardkit.answers.forms.answer import answer_of
from rewardkit.answers.forms.kinds import Answer, Kind
from rewardkit.answers.numerics.exact import MAX_BITS, rational
from rewardkit.answers.read import read
from rewardkit.answers.tree import BINDERS, FUNCTIONS, Apply, Name, Node, Number, size, walk
from rewardkit.first_use import first_use

__all__ = ["algebra", "settle"]

MAX_NODES = 400
_RENAMED = {
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arccot": "acot", "arcsec": "asec", "arccsc": "acsc",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "ln": "log", "abs": "Abs", "ceil": "ceiling", "fact": "factorial",
    "dfact": "factorial2",     "binom": "binomial", "max": "Max", "min": "Min", "mod": "Mod", "conj": "conjugate", "sgn": "sign",
}  # fmt: skip
_OTHERS = {"gamma", "erf", "exp", "re", "im", "arg", "floor", "sqrt", "gcd", "lcm", "root"}
_SAME = {name for name in FUNCTIONS if name.rstrip("h") in {"sin", "cos", "tan", "cot", "sec", "csc"}} | _OTHERS


class _NoCounterpart(Exception):
    """The tree has no counterpart in computer algebra, or its values would be too large to build."""


def settle(*, reference: str, answer: str) -> bool | None:
    """Whether two answers are equal by computer algebra; None when that does not settle it either.

    Both texts are read by our own parser. Single values are simplified to see whether their difference is zero;
    anything else is None, as is a code, which is what is written. May take arbitrarily long: call it where it can be killed.
    """
    if is_written(reference):
        return None
    left, right = _value(reference), _value(answer)
    if left is None or right is None:
        return None
    sympy = algebra()
    try:
        one, other = _build(left.node, sympy), _build(right.node, sympy)
    except (_NoCounterpart, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError):
        return None
    return _zero(one - other, sympy)


@lru_cache(maxsize=1)
@first_use
def algebra() -> Any:
    """Computer algebra, with what its first limit, sum and simplification load: a worker's first sample pays for none of it."""
    import sympy

    x = sympy.Symbol("x")
    for warm in (sympy.Limit(sympy.sin(x) / x, x, 0), sympy.Sum(1 / x**2, (x, 1, sympy.oo))):
        sympy.simplify((warm - 1).doit())
    return sympy


def _value(text: str) -> Answer | None:
    tree = read(text).tree
    if tree is None or size(tree) > MAX_NODES:
        return None
    answer = answer_of(tree)
    return answer if answer.kind == Kind.VALUE else None


def _zero(difference: Any, sympy: Any) -> bool | None:
    for simplified in (sympy.expand, sympy.simplify, lambda d: sympy.simplify(d.doit())):
        try:
            found = simplified(difference)
        except (TypeError, ValueError, ArithmeticError, AttributeError, NotImplementedError, RecursionError):
            continue
        if found == 0:
            return True
        if found.is_number and found.is_zero is False:
            return False
    return None


def _build(node: Node, sympy: Any) -> Any:
    if type(node) is Number:
        return sympy.Rational(int(node.value.p), int(node.value.q))
    if type(node) is Name:
        return sympy.Symbol(node.text)
    if type(node) is not Apply:
        raise _NoCounterpart
    head, args = node
    if not args and head in ("pi", "e", "i", "inf"):
        return {"pi": sympy.pi, "e": sympy.E, "i": sympy.I, "inf": sympy.oo}[head]
    _check_size(node)
    if head in ("sum", "prod", "limit", "integral"):
        return _calculus(node, sympy)
    if head in ("call", "index"):
        return sympy.Function(f"{head}_{args[0].text}")(*(_build(arg, sympy) for arg in args[1:]))
    built = [_build(arg, sympy) for arg in args]
    if head in _ARITHMETIC:
        return _ARITHMETIC[head](built, sympy)
    name = _RENAMED.get(head) or (head if head in _SAME else None)
    if name is None:
        raise _NoCounterpart
    return getattr(sympy, name)(*built)


_ARITHMETIC: dict[str, Any] = {
    "add": lambda v, s: s.Add(*v),
    "mul": lambda v, s: s.Mul(*v),
    "neg": lambda v, s: -v[0],
    "div": lambda v, s: v[0] / v[1],
    "ratio": lambda v, s: v[0] / v[1],
    "pow": lambda v, s: v[0] ** v[1],
    "log": lambda v, s: s.log(*v),
    "lg": lambda v, s: s.log(v[0], 10),
    "percent": lambda v, s: v[0] / 100,
    "degree": lambda v, s: v[0] * s.pi / 180,
}


def _calculus(node: Apply, sympy: Any) -> Any:
    if node.head in BINDERS and len(node.args) == 4:
        body, variable, low, high = node.args
        parts = (sympy.Symbol(variable.text), _build(low, sympy), _build(high, sympy))
        return {"sum": sympy.Sum, "prod": sympy.Product, "integral": sympy.Integral}[node.head](_build(body, sympy), parts)
    if node.head == "limit" and len(node.args) == 2 and type(node.args[1]) is Apply and node.args[1].head == "to":
        variable, target = node.args[1].args
        return sympy.Limit(_build(node.args[0], sympy), _build(variable, sympy), _build(target, sympy))
    raise _NoCounterpart


def _check_size(node: Apply) -> None:
    """Refuse powers and factorials of numbers that would not fit `MAX_BITS`, which no exception could stop once begun."""
    if node.head in ("fact", "dfact", "binom"):
        top = rational(node.args[0])
        if top is not None and top > 1000:
            raise _NoCounterpart
        if top is None and not any(type(part) is Name for part in walk(node.args[0])):
            raise _NoCounterpart
    if node.head == "pow":
        base, exponent = (rational(arg) for arg in node.args)
        if (
            exponent is not None
            and abs(exponent) * (max(int(base.p).bit_length(), int(base.q).bit_length()) if base is not None else 20) > MAX_BITS
        ):
            raise _NoCounterpart
        if exponent is None and base is not None and not any(type(part) is Name for part in walk(node.args[1])):
            inside = node.args[1]
            if any(type(part) is Apply and part.head in ("pow", "fact") for part in walk(inside)):
                raise _NoCounterpart
