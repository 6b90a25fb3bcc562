"""Equality of two single values: numbers and expressions with their percent signs, angles, units and rounding."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from rewardkit.answers.forms.kinds import Answer
from rewardkit.answers.numerics.agree import SHARP, agree, constant
from rewardkit.answers.numerics.balls import precision
from rewardkit.answers.numerics.exact import rational
from rewardkit.answers.tree import Apply, Name, Node, Number, names, substitute, walk
from rewardkit.answers.units import convert, is_unit_word, normal_unit

__all__ = ["Case", "same_expression", "same_value"]

REFERENCE_DIGITS = 3
ANSWER_DIGITS = 4
_PARAMETERS = frozenset("knmlj")
# Words beside a unit that say nothing of what is counted.
_FILLING = frozenset(["a", "an", "the", "of", "in", "all", "total", "altogether", "overall", "exactly", "remaining", "each"])
_YUAN_SIGN = frozenset(["yuan", "yen", "yuan_or_yen"])  # ¥ stands for either
_STEPS = ("text", "plain", "structure", "rational", "balls", "numeric", "units")


@dataclass(slots=True)
class Case:
    """One comparison under way: its policies, and what was found on the way to the verdict."""

    rounding: str = "significant"
    units: str = "lenient"
    rounded: bool = False
    step: str = "structure"
    undecided: bool = False
    integers: frozenset[str] = frozenset()
    info: dict[str, Any] = field(default_factory=dict)

    def decided_by(self, step: str) -> None:
        """Remember the strongest means that was needed."""
        if _STEPS.index(step) > _STEPS.index(self.step):
            self.step = step


def same_value(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """Whether two values are equal under the case's policies; None when that cannot be told."""
    if reference.unit is None and answer.unit is None:
        return _same_number(case, reference.node, answer.node)
    if reference.unit is not None and answer.unit is not None:
        return _same_quantity(case, reference, answer)
    if case.units == "strict" and answer.unit is None:
        return False
    named, bare = (reference, answer) if reference.unit is not None else (answer, reference)
    sign = bare.node.head if type(bare.node) is Apply else ""
    if sign == "degree" and normal_unit(named.unit or "") == "radian":
        return _same_or_rounded(case, reference.node, answer.node)
    if sign == "degree" and type(bare.node) is Apply:
        marked = bare._replace(node=bare.node.args[0], unit="degree")
        if normal_unit(named.unit or "") in ("degC", "degF") and case.units != "strict":
            marked = marked._replace(unit=named.unit)  # the scale is left out
        return _same_quantity(case, *((named, marked) if named is reference else (marked, named)))
    if sign == "percent" and ("point" in (named.unit or "") or _is_known(normal_unit(named.unit or ""))):
        return False
    return _same_number(case, reference.node, answer.node)


def _same_quantity(case: Case, reference: Answer, answer: Answer) -> bool | None:
    mine, other = normal_unit(answer.unit or ""), normal_unit(reference.unit or "")
    if mine == other or ("yuan_or_yen" in (mine, other) and {mine, other} < _YUAN_SIGN):
        return _same_number(case, reference.node, answer.node)
    signs = [type(side.node) is Apply and side.node.head in ("degree", "percent") for side in (reference, answer)]
    if signs[0] != signs[1]:
        return False  # a sign before a unit that the other side has converted
    value = rational(answer.node)
    if value is not None:
        converted = convert(Fraction(int(value.p), int(value.q)), answer.unit or "", reference.unit or "")
        if converted is not None:
            case.decided_by("units")
            shown = literal(answer.node)
            step = shown[1] * abs(fmpq(converted.numerator, converted.denominator) / value) if shown and value != 0 else None
            return _same_number(case, reference.node, Number(fmpq(converted.numerator, converted.denominator), step))
    elif (scale := _scale(answer.unit or "", reference.unit or "")) is not None:
        case.decided_by("units")
        factor = Number(fmpq(scale.numerator, scale.denominator))
        return _same_number(case, reference.node, Apply("mul", (factor, answer.node)))
    if case.units == "strict" or _both_known(mine, other) or _count_other_things(mine, other):
        return False
    return _same_number(case, reference.node, answer.node)


def _scale(unit: str, into: str) -> Fraction | None:
    """What one unit is in another, for values that are no rational numbers; None where zero is not zero, as with temperatures."""
    return convert(Fraction(1), unit, into) if convert(Fraction(0), unit, into) == 0 else None


def _both_known(left: str, right: str) -> bool:
    return convert(Fraction(1), left, left) is not None and _is_known(left) and _is_known(right)


def _count_other_things(left: str, right: str) -> bool:
    """Whether each has a word of its own that is no unit: apples and oranges, days before and days after, a profit and a loss."""
    mine, other = (set(re.findall(r"[^\W\d_]{3,}", unit.lower())) - _FILLING for unit in (left, right))
    return all(any(not _is_known(word) for word in own) for own in (mine - other, other - mine))


def _is_known(unit: str) -> bool:
    return bool(unit) and all(is_unit_word(word) for word in unit.replace("*", " ").replace("/", " ").split() if word.isalpha())


def _same_number(case: Case, reference: Node, answer: Node) -> bool | None:
    verdict = _same_or_rounded(case, reference, answer)
    if verdict or case.units == "strict":
        return verdict
    for sign in ("percent", "degree"):
        marked = [type(node) is Apply and node.head == sign for node in (reference, answer)]
        if marked[0] != marked[1]:
            bare = answer if marked[0] else reference
            if names(bare) or (sign == "percent" and not _above_one(bare)):
                continue
            inside = [node.args[0] if type(node) is Apply and node.head == sign else node for node in (reference, answer)]
            if _same_or_rounded(case, inside[0], inside[1]):
                case.info["sign_left_out"] = sign
                return True
        elif all(marked) and sign == "degree":
            return _same_or_rounded(case, reference.args[0], answer.args[0])  # type: ignore[union-attr]
    return verdict


def _above_one(node: Node) -> bool:
    value = constant(node)
    return value is not None and bool(abs(value) > 1)


def _same_or_rounded(case: Case, reference: Node, answer: Node) -> bool | None:
    verdict = same_expression(case, reference, answer)
    if verdict is False and case.rounding != "exact" and is_rounding(case, reference, answer):
        case.rounded = True
        return True
    return verdict


def same_expression(case: Case, reference: Node, answer: Node) -> bool | None:
    """Whether two expressions are equal, integer parameters and integration constants renamed where need be."""
    verdict, step = agree(reference, answer)
    case.decided_by(step)
    if verdict:
        return True
    left, right = names(reference), names(answer)
    if left != right and len(left) == len(right):
        renaming = _renaming(case, reference, answer, left - right, right - left)
        if renaming:
            renamed, step = agree(reference, substitute(answer, renaming))
            if renamed:
                case.info["renamed"] = {old: new.text for old, new in renaming.items()}
                case.decided_by(step)
                return True
    if verdict is None:
        case.undecided = True
    return verdict


def _renaming(case: Case, reference: Node, answer: Node, left: frozenset[str], right: frozenset[str]) -> dict[str, Name]:
    """New names for the answer's own: one integer parameter for another, or the same letter in the other case."""
    if len(left) != 1:
        return {}
    (new,), (old,) = left, right
    if new.lower() == old.lower() and new.lower() in ("c", "k") and type(reference) is Apply:
        return {old: Name(new)}
    declared = case.integers
    if (new in declared and (old in declared or old in _PARAMETERS)) or (old in declared and new in _PARAMETERS):
        return {old: Name(new)}
    if new in _PARAMETERS and old in _PARAMETERS and _periodic(reference) and _periodic(answer):
        return {old: Name(new)}
    return {}


def _periodic(node: Node) -> bool:
    """Whether the expression has a multiple of a half turn in it, as solutions of trigonometric equations do."""
    return any(type(part) is Apply and part.head in ("pi", "degree") for part in walk(node))


# -- rounding


def literal(node: Node) -> tuple[Any, Any] | None:
    """Value and worth of the last digit of a decimal as written, with its sign, percent and power of ten; else None."""
    if type(node) is Number:
        return (node.value, node.step) if node.step is not None else None
    if type(node) is not Apply:
        return None
    if node.head == "neg":
        inner = literal(node.args[0])
        return (-inner[0], inner[1]) if inner else None
    if node.head in ("percent", "degree") and (inner := literal(node.args[0])):
        return (inner[0] / 100, inner[1] / 100) if node.head == "percent" else None
    if node.head == "mul" and len(node.args) == 2:
        inner, scale = literal(node.args[0]), _power_of_ten(node.args[1])
        return (inner[0] * scale, inner[1] * scale) if inner and scale is not None else None
    return None


def _power_of_ten(node: Node) -> Any:
    if type(node) is Number and node.step is None and node.value in (10, 100, 1000, 10**6, 10**9, 10**12):
        return node.value
    if type(node) is Apply and node.head == "pow" and type(node.args[0]) is Number and node.args[0].value == 10:
        return rational(node)
    return None


def is_rounding(case: Case, reference: Node, answer: Node) -> bool:
    """Whether one side is a decimal that is the other correctly rounded, as the case's policy allows.

    A decimal reference of at least 3 significant digits counts at its own digits against anything written more exactly.
    Under `significant`, so does a decimal answer of at least 4 significant digits against an exact reference that is no integer.
    """
    shown, offered = literal(reference), literal(answer)
    if shown is not None:
        if _digits(shown) < REFERENCE_DIGITS or (offered is not None and offered[1] >= shown[1]):
            return False
        return _rounds_to(answer, shown)
    if case.rounding != "significant" or offered is None or _digits(offered) < ANSWER_DIGITS:
        return False
    exact = rational(reference)
    if exact is not None and exact.q == 1:
        return False
    return _rounds_to(reference, offered)


def _digits(shown: tuple[Any, Any]) -> int:
    value, step = shown
    return len(str(abs(value / step).floor())) if value != 0 else 0


def _rounds_to(node: Node, shown: tuple[Any, Any]) -> bool:
    if names(node):
        return False
    value = constant(node)
    if value is None:
        return False
    with precision(SHARP):
        gap = abs(value - shown[0]) if isinstance(value, fmpq) else abs(value - arb(shown[0]))
        half = shown[1] / 2 if isinstance(value, fmpq) else arb(shown[1]) / 2
        return bool(gap <= half)
