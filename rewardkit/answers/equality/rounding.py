"""The one policy on rounding: which decimal may stand for a number that is written more exactly.

A decimal reference of at least 3 significant digits counts at its own digits against anything written more exactly.
Under `significant`, so does a decimal answer of at least 4 significant digits against an exact reference that is no integer.
Under `asked`, so does besides a reference of any length, at the digits that its question asks for.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from flint import arb, fmpq

from rewardkit.answers.notation.plain_number import PlainNumber
from rewardkit.answers.numerics.agree import SHARP, constant
from rewardkit.answers.numerics.balls import precision
from rewardkit.answers.numerics.exact import rational
from rewardkit.answers.tree import Apply, Node, Number, names

__all__ = ["Places", "Rounding", "is_as_asked", "is_rounding", "literal", "plain_rounds", "rounds_as_asked"]

REFERENCE_DIGITS = 3
ANSWER_DIGITS = 4

Rounding = Literal["exact", "reference", "significant", "asked"]


class Places(NamedTuple):
    """The digits that an answer is asked in: what the last one is worth, or how many are significant."""

    step: Fraction | None = None
    significant: int | None = None

    def worth(self, value: Fraction) -> Fraction | None:
        """What the last asked digit of a value is worth."""
        if self.step is not None or not value or self.significant is None:
            return self.step
        return Fraction(10) ** (_magnitude(abs(value)) - self.significant + 1)


class Decimal(NamedTuple):
    """A decimal as it is written: its value, and the worth of its last digit."""

    value: Any
    step: Any

    @property
    def digits(self) -> int:
        """How many digits are significant."""
        return len(str(math.floor(abs(self.value / self.step)))) if self.value else 0


def _magnitude(value: Fraction) -> int:
    """The power of ten of the first digit of a positive value."""
    power = len(str(value.numerator)) - len(str(value.denominator))
    return power if value >= Fraction(10) ** power else power - 1


def rounds_as_asked(
    value: Fraction, step: Fraction | None, given: Fraction, given_step: Fraction | None, asked: Fraction
) -> bool:
    """Whether an answer is a reference at the asked digits, where one of them is written more exactly than the other.

    The steps are what the last written digits are worth, None for what is exact. A reference that has the asked digits, or whose
    closing zeros were left out, counts at these; one that is written more exactly counts at its own, and an answer that has the
    asked digits may be its rounding. Two values of equally many digits that differ are two values.
    """
    own = asked if value % asked == 0 else step
    if own is not None and (given_step is None or given_step < own) and abs(value - given) <= own / 2:
        return True
    return given_step == asked and (own is None or own < asked) and abs(value - given) <= asked / 2


def plain_rounds(policy: Rounding, reference: PlainNumber, answer: PlainNumber) -> bool:
    """Whether one of two plain numbers is the other correctly rounded, as the policy allows."""
    shown, offered = _plain_decimal(reference), _plain_decimal(answer)
    rounded = _rounded(policy, shown, offered)
    if rounded is None or (rounded is offered and reference.value.denominator == 1):
        return False
    return bool(abs(reference.value - answer.value) <= rounded.step / 2)


def _plain_decimal(number: PlainNumber) -> Decimal | None:
    if number.significant is None or number.step is None:
        return None
    return Decimal(number.value, number.step)


def is_as_asked(reference: Node, answer: Node, places: Places) -> bool:
    """Whether the value of an answer rounds to a number at the asked digits; decimals are compared as plain numbers before."""
    number = rational(reference)
    if number is None or names(answer):
        return False
    value = Fraction(int(number.p), int(number.q))
    worth = places.worth(value)
    if worth is None or value % worth != 0 or (literal(answer) or Decimal(0, 0)).step:
        return False
    return _rounds_to(answer, Decimal(number, fmpq(worth.numerator, worth.denominator)))


def is_rounding(policy: Rounding, reference: Node, answer: Node) -> bool:
    """Whether one of two values is a decimal that is the other correctly rounded, as the policy allows."""
    shown, offered = literal(reference), literal(answer)
    rounded = _rounded(policy, shown, offered)
    if rounded is None:
        return False
    if rounded is shown:
        return _rounds_to(answer, rounded)
    exact = rational(reference)
    return not (exact is not None and exact.q == 1) and _rounds_to(reference, rounded)


def _rounded(policy: Rounding, reference: Decimal | None, answer: Decimal | None) -> Decimal | None:
    """The side that may be the other side rounded."""
    if policy == "exact":
        return None
    if reference is not None:
        finer = answer is None or answer.step < reference.step
        return reference if finer and reference.digits >= REFERENCE_DIGITS else None
    return answer if policy in ("significant", "asked") and answer is not None and answer.digits >= ANSWER_DIGITS else None


def literal(node: Node) -> Decimal | None:
    """A decimal as written, with its sign, percent and power of ten; None for anything else."""
    if type(node) is Number:
        return None if node.step is None else Decimal(node.value, node.step)
    if type(node) is not Apply or node.head not in ("neg", "percent", "mul") or (inner := literal(node.args[0])) is None:
        return None
    if node.head == "neg":
        return Decimal(-inner.value, inner.step)
    if node.head == "percent":
        return Decimal(inner.value / 100, inner.step / 100)
    scale = _power_of_ten(node.args[1]) if len(node.args) == 2 else None
    return None if scale is None else Decimal(inner.value * scale, inner.step * scale)


def _power_of_ten(node: Node) -> Any:
    if type(node) is Number and node.step is None and node.value in (10, 100, 1000, 10**6, 10**9, 10**12):
        return node.value
    if type(node) is Apply and node.head == "pow" and type(node.args[0]) is Number and node.args[0].value == 10:
        return rational(node)
    return None


def _rounds_to(node: Node, rounded: Decimal) -> bool:
    value = None if names(node) else constant(node)
    if value is None:
        return False
    with precision(SHARP):
        gap = abs(value - rounded.value) if isinstance(value, fmpq) else abs(value - arb(rounded.value))
        half = rounded.step / 2 if isinstance(value, fmpq) else arb(rounded.step) / 2
        return bool(gap <= half)
