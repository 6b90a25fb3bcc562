"""A second opinion on plain expressions: a small reader and evaluator of its own, which shares nothing with the library.

It reads only what has one reading (no mixed numbers, no product behind a slash, no `\\sin 2x`, no unit, no list) and
refuses the rest, so that two texts it can read are equal exactly where their values are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import mpmath

__all__ = ["Refused", "letters", "parse", "same", "value"]

_TOKEN = re.compile(r" *(?:(\d+\.\d+|\d+)(?![.,]\d)|\\(?:left|right) *(?=[()])|(\\[a-zA-Z]+|\\|[a-zA-Z]|[-+*/^!(){}\[\]])) *")
_FUNCTIONS = ("sin", "cos", "tan", "ln", "arctan", "sinh", "cosh", "tanh")
_PRODUCTS = ("*", r"\cdot", r"\times")
_LETTERS = frozenset("abcxyzptuvwqr")
_MPMATH = {"ln": "log", "arctan": "atan"}
_MATH = {"ln": "log", "arctan": "atan"}
DIGITS = 80
LARGEST = 1e15
SCALES = (Fraction(1, 2), Fraction(5), Fraction(1, 9), Fraction(40))


class Refused(Exception):
    """Not plain, or without a real value of a sensible size."""


def parse(text: str) -> Any:
    """The tree of a plain expression as nested tuples; raises `Refused`."""
    tokens: list[str] = []
    at = 0
    text = text.strip(" ")
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or len(tokens) > 120:
            raise Refused
        if token := match[1] or match[2]:
            tokens.append(token)
        at = match.end()
    reader = _Reader(tokens)
    tree = reader.sum()
    if reader.at != len(tokens):
        raise Refused
    return tree


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise Refused
        self.at += 1
        return token

    def sum(self) -> Any:
        self.depth += 1
        if self.depth > 30:
            raise Refused
        sign = self.take() if self.peek() in ("-", "+") else ""
        total = self.product()
        if sign == "-":
            total = ("neg", total)
        while self.peek() in ("-", "+"):
            total = ("add" if self.take() == "+" else "sub", total, self.product())
        self.depth -= 1
        return total

    def product(self) -> Any:
        total = self.power()
        divided = False
        while True:
            token = self.peek()
            if token in _PRODUCTS or token == "/":
                if divided:
                    raise Refused  # a/b*c
                self.take()
                divided = token == "/"
                total = ("div" if divided else "mul", total, self.power())
            elif token and token not in ("+", "-", ")", "}", "]", "^", "!"):
                # Side by side is a product, but not `3 4`, `3\frac12`, `3e4`, `f(x)` and `1/2x`.
                before = self.tokens[self.at - 1]
                calls = token in "([{" and before in _LETTERS
                if divided or token in "[{" or calls or token[0].isdigit() or (token in (r"\frac", "e") and before[0].isdigit()):
                    raise Refused
                total = ("mul", total, self.power())
            else:
                return total

    def power(self) -> Any:
        base = self.atom()
        if self.peek() == "!":
            self.take()
            base = ("fact", base)
        if self.peek() == "^":
            self.take()
            if self.peek() == "{":
                exponent = self.group()
            elif len(self.peek()) == 1 and self.peek() not in "([{-+*/^!":
                exponent = self.atom()
            else:
                raise Refused
            base = ("pow", base, exponent)
            if self.peek() in ("^", "!"):
                raise Refused
        elif self.peek() == "!":
            raise Refused
        return base

    def group(self) -> Any:
        self.take("{")
        inside = self.sum()
        self.take("}")
        return inside

    def atom(self) -> Any:
        token = self.take()
        if token[0].isdigit():
            if len(token) > 40:
                raise Refused
            return Fraction(token)
        if token == "(":
            inside = self.sum()
            self.take(")")
            return inside
        if token == r"\frac":
            return ("div", self.group(), self.group())
        if token == r"\sqrt":
            if self.peek() == "[":
                self.take()
                degree = self.sum()
                self.take("]")
                return ("root", self.group(), degree)
            return ("sqrt", self.group())
        if token == r"\pi":
            return ("pi",)
        if token == "e":
            return ("e",)
        if token[1:] in _FUNCTIONS:
            if self.peek() not in ("(", "{"):
                raise Refused
            closing = ")" if self.take() == "(" else "}"
            inside = self.sum()
            self.take(closing)
            if self.peek() in ("^", "!", "("):
                raise Refused
            return (token[1:], inside)
        if token in _LETTERS:
            return token
        raise Refused


def letters(tree: Any) -> frozenset[str]:
    """The letters of a tree."""
    if isinstance(tree, str):
        return frozenset(tree)
    return frozenset().union(*(letters(part) for part in tree[1:])) if isinstance(tree, tuple) else frozenset()


def value(tree: Any, at: Mapping[str, Fraction], *, sharp: bool = False) -> Any:
    """The value, as a float or (inside `mpmath.workdps`) to `DIGITS` digits; raises `Refused`."""
    try:
        found = _value(tree, at, mpmath.mpf if sharp else float)
    except (ArithmeticError, ValueError, TypeError, RecursionError):
        raise Refused from None
    if not mpmath.isfinite(found) or abs(found) > LARGEST:
        raise Refused
    return found


def _value(tree: Any, at: Mapping[str, Fraction], kind: Any) -> Any:
    if isinstance(tree, Fraction):
        return kind(tree.numerator) / kind(tree.denominator)
    if isinstance(tree, str):
        return kind(at[tree].numerator) / kind(at[tree].denominator)
    head, *rest = tree
    library: Any = math if kind is float else mpmath
    if head in ("pi", "e"):
        return kind(0) + getattr(library, head)
    args = [_value(part, at, kind) for part in rest]
    if any(abs(arg) > 1e18 for arg in args):
        raise Refused
    if head == "root":
        if args[0] < 0:
            raise Refused
        args, head = [args[0], 1 / args[1]], "pow"
    if head == "pow":
        return _power(*args)
    if head == "fact":
        if args[0] != int(args[0]) or not 0 <= args[0] <= 60:
            raise Refused
        return kind(math.factorial(int(args[0])))
    if head in _SIMPLE:
        return _SIMPLE[head](*args)
    if head in ("sin", "cos", "tan") and abs(args[0]) > 1e4:
        raise Refused
    if head in ("sqrt", "ln") and args[0] < 0:
        raise Refused
    return getattr(library, (_MATH if kind is float else _MPMATH).get(head, head))(args[0])


def _power(base: Any, exponent: Any) -> Any:
    if abs(exponent) > 1000 or (base < 0 and exponent != int(exponent)) or (base == 0 and exponent <= 0):
        raise Refused
    found = (-1) ** int(exponent) * (-base) ** exponent if base < 0 else base**exponent
    if 0 < abs(found) < 1e-31:
        raise Refused
    return found


_SIMPLE: dict[str, Any] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
}


def same(left: Any, right: Any, *, sharp: bool) -> tuple[bool, float]:
    """Whether two trees with the same letters have the same values to 60 digits, and how far apart they are at most.

    Unless `sharp`, floats may tell them apart, which is much faster. Raises `Refused` where a side has no real value.
    """
    names = sorted(letters(left) | letters(right))
    apart, seen = 0.0, 0
    for turn, _ in enumerate(SCALES if names else "1"):
        # Letters take the scales in different orders, so that neither is always the larger.
        at = {name: SCALES[(turn * (2 * place + 1)) % len(SCALES)] * _near_one(name, turn) for place, name in enumerate(names)}
        try:
            gap = 0.0 if sharp else _gap(value(left, at), value(right, at))
            if gap < 1e-6:
                with mpmath.workdps(DIGITS):
                    gap = _gap(value(left, at, sharp=True), value(right, at, sharp=True))
        except Refused:
            if turn == 0:
                raise
            continue
        apart, seen = max(apart, gap), seen + 1
        if _acute(left) or _acute(right):
            break
    return apart < 1e-60 and seen > (len(names) > 0), apart


def _near_one(name: str, turn: int) -> Fraction:
    return Fraction(307 + (211 * ord(name) + 97 * turn) % 509, 401)


def _acute(tree: Any) -> bool:
    """Whether a root is taken of sines, which are equal to their roots of squares for acute angles only."""
    if not isinstance(tree, tuple):
        return False
    if tree[0] in ("sqrt", "root") or (tree[0] == "pow" and not isinstance(tree[2], str)):
        return any(word in repr(tree[1]) for word in ("'sin'", "'cos'", "'tan'"))
    return any(_acute(part) for part in tree[1:])


def _gap(one: Any, other: Any) -> float:
    size = max(abs(one), abs(other))
    return float(abs(one - other) / size) if size > 1e-40 else 0.0
