"""Verifiers of mathematics with no defences of their own, which leave survival to the workers."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable
from fractions import Fraction

from rewardkit.registry import verifier
from rewardkit.types import Sample

logging.getLogger("math_verify").setLevel(logging.CRITICAL)  # it warns on every call that its signals are off

TOKEN = re.compile(r"\\[a-z]+|\d+(?:\.\d+)?|\S")
OPENS = {"{": "}", "(": ")", "[": "]"}
SUMS: dict[str, Callable[[list[Fraction]], Fraction]] = {"\\sum": lambda terms: Fraction(sum(terms)), "\\prod": math.prod}


@verifier("chaos.math", requires=("answer",), isolated=True)
def by_math_verify(sample: Sample) -> bool:
    """Compare by math-verify, with its signals off."""
    from math_verify import parse, verify

    gold = parse(f"${sample.references[0]}$", parsing_timeout=None)
    return bool(verify(gold, parse(sample.text, parsing_timeout=None), timeout_seconds=None))


@verifier("chaos.arithmetic", requires=("answer",), isolated=True)
def by_arithmetic(sample: Sample) -> bool:
    r"""Compare what stands in `\boxed` by working it out in whole numbers, however large; a worker of it starts at once."""
    return Reader(sample.text.partition("\\boxed")[2]).atom() == Reader(sample.references[0]).whole()


class Reader:
    """Reads and works out at once: sums, products, powers, factorials, roots; a letter is its last value, or 2."""

    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text.replace("\\left", "").replace("\\right", "").replace("\\cdot", "*"))
        self.at = 0
        self.letters: dict[str, Fraction] = {}

    def next(self, *wanted: str) -> str:
        """The next token, passed over, if it is one of these or anything will do; else nothing."""
        if self.at == len(self.tokens) or (wanted and self.tokens[self.at] not in wanted):
            return ""
        self.at += 1
        return self.tokens[self.at - 1]

    def whole(self) -> Fraction:
        total = self.product()
        while sign := self.next("+", "-"):
            total += self.product() if sign == "+" else -self.product()
        return total

    def product(self) -> Fraction:
        value = self.power()
        while sign := self.next("*", "/"):
            value = value * self.power() if sign == "*" else value / self.power()
        return value

    def power(self) -> Fraction:
        if self.next("-"):
            return -self.power()
        value = self.atom()
        while self.next("!"):
            value = Fraction(math.factorial(int(value)))
        return value ** self.power() if self.next("^") else value  # type: ignore[return-value]

    def atom(self) -> Fraction:
        token = self.next()
        if token in OPENS:
            value = self.whole()
            self.next(OPENS[token])
            return value
        if token in SUMS:
            return self.repeated(SUMS[token])
        if token == "\\frac":
            return self.atom() / self.atom()
        if token == "\\binom":
            return Fraction(math.comb(int(self.atom()), int(self.atom())))
        if token == "\\sqrt":
            degree = self.atom() if self.tokens[self.at] == "[" else 2
            return Fraction(round(self.atom() ** (1 / Fraction(degree))))
        if token == "\\sin":
            return Fraction(math.sin(self.atom()))
        return self.letters.get(token, Fraction(2)) if token.isalpha() else Fraction(token)

    def repeated(self, combine: Callable[[list[Fraction]], Fraction]) -> Fraction:
        self.at += 2  # _{
        letter, _ = self.next(), self.next("=")
        first = int(self.whole())
        self.at += 2  # }^
        last, begin, terms = int(self.atom()), self.at, []
        for place in range(first, last + 1):
            self.at, self.letters[letter] = begin, Fraction(place)
            terms.append(self.product())
        return combine(terms)
