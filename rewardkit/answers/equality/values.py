"""Equality of two single values: numbers and expressions with their percent signs, angles, units and rounding."""

from __future__ import annotations

import re
from fractions import Fraction

from flint import fmpq

from rewardkit.answers.equality.case import Case
from rewardkit.answers.equality.renaming import renamed_letters
from rewardkit.answers.equality.rounding import is_rounding, literal
from rewardkit.answers.forms.kinds import Answer
from rewardkit.answers.notation.chinese import COUNTERS
from rewardkit.answers.numerics.agree import agree, constant
from rewardkit.answers.numerics.exact import rational
from rewardkit.answers.steps import Step
from rewardkit.answers.tree import Apply, Node, Number, names, substitute
from rewardkit.answers.units import convert, in_pi, is_unit_word, may_be_molar, normal_unit, same_unit

__all__ = ["same_expression", "same_value"]

# Words beside a unit that say nothing of what is counted.
_FILLING = frozenset(["a", "an", "the", "of", "in", "all", "total", "altogether", "overall", "exactly", "remaining", "each"])
_FILLING |= {"st", "nd", "rd", "th", *COUNTERS}


def same_value(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """Whether two values are equal under the case's policies; None when that cannot be told."""
    if reference.unit is None and answer.unit is None:
        return _same_number(case, reference.node, answer.node)
    if reference.unit is not None and answer.unit is not None:
        return _same_quantity(case, reference, answer)
    if case.units == "strict" and answer.unit is None:
        return False
    named, bare = (reference, answer) if reference.unit is not None else (answer, reference)
    if may_be_molar(named.unit or ""):
        return False
    sign = bare.node.head if type(bare.node) is Apply else ""
    if sign == "degree" and normal_unit(named.unit or "") == "radian":
        return _same_or_rounded(case, reference.node, answer.node)
    if sign == "degree" and type(bare.node) is Apply:
        marked = bare._replace(node=bare.node.args[0], unit="degree")
        if normal_unit(named.unit or "") in ("degC", "degF") and case.units != "strict":
            marked = marked._replace(unit=named.unit)  # the scale is left out
        return _same_quantity(case, *((named, marked) if named is reference else (marked, named)))
    if sign == "percent" and ("point" in (named.unit or "") or _without("percent", named.node) is named.node):
        return False  # "30 percentage points", "30 dogs", "30 per thousand" for 30 %
    return _same_number(case, reference.node, answer.node)


def _same_quantity(case: Case, reference: Answer, answer: Answer) -> bool | None:
    units = normal_unit(reference.unit or ""), normal_unit(answer.unit or "")
    if units[0] == units[1]:
        return _same_number(case, reference.node, answer.node)
    signs = [type(side.node) is Apply and side.node.head in ("degree", "percent") for side in (reference, answer)]
    if signs[0] != signs[1]:
        return False  # a sign before a unit that the other side has converted
    value, scale = rational(answer.node), _scale(answer.unit or "", reference.unit or "")
    if value is not None and (scale is None or in_pi(scale) is None or rational(reference.node) is not None):
        converted = convert(Fraction(int(value.p), int(value.q)), answer.unit or "", reference.unit or "")
        if converted is not None:
            case.decided_by(Step.UNITS)
            shown = literal(answer.node)
            step = shown.step * abs(fmpq(converted.numerator, converted.denominator) / value) if shown and value != 0 else None
            return _same_number(case, reference.node, Number(fmpq(converted.numerator, converted.denominator), step))
    elif scale is not None:
        case.decided_by(Step.UNITS)
        return _same_number(case, reference.node, Apply("mul", (_factor(scale), answer.node)))
    if case.units == "strict" or _both_known(*units) or _say_other_things(*units):
        return False
    return _same_number(case, reference.node, answer.node)


def _scale(unit: str, into: str) -> Fraction | None:
    """What one unit is in another, for values that are no rational numbers; None where zero is not zero, as with temperatures."""
    return convert(Fraction(1), unit, into) if convert(Fraction(0), unit, into) == 0 else None


def _factor(scale: Fraction) -> Node:
    """A factor as a tree, exact also where it holds pi."""
    value, power = in_pi(scale) or (scale, 0)
    exact = Number(fmpq(value.numerator, value.denominator))
    return exact if power == 0 else Apply("mul" if power == 1 else "div", (exact, Apply("pi")))


def _both_known(left: str, right: str) -> bool:
    return convert(Fraction(1), left, left) is not None and _is_known(left) and _is_known(right)


def _say_other_things(left: str, right: str) -> bool:
    """Whether each has a word of its own: apples and oranges, kilometres and apples, days before and days after."""
    one, other = (set(re.findall(r"[^\W\d]+(?: \*\* -?\d)?", unit.lower())) - _FILLING for unit in (left, right))
    measures = [{word for word in words if is_unit_word(word.split(" ")[0])} for words in (one, other)]
    if all(measures) and measures[0] != measures[1]:
        return True  # products of units of which one has a factor that is not known
    return not (all(_has(other, word) for word in one) or all(_has(one, word) for word in other))


def _has(words: set[str], word: str) -> bool:
    """Whether one of the words is this one, or holds it where words are written together: 小时 in 个小时."""
    return any(word == other or same_unit(word, other) or (not word.isascii() and word in other) for other in words)


def _is_known(unit: str) -> bool:
    return bool(unit) and all(is_unit_word(word) for word in unit.replace("*", " ").replace("/", " ").split() if word.isalpha())


def _same_number(case: Case, reference: Node, answer: Node) -> bool | None:
    verdict = _same_or_rounded(case, reference, answer)
    if verdict or case.units == "strict":
        return verdict
    for sign in ("percent", "degree"):
        inside = _without(sign, reference), _without(sign, answer)
        if (inside[0] is reference) != (inside[1] is answer):
            bare = answer if inside[1] is answer else reference
            if names(bare) or (sign == "percent" and not _above_one(bare)):
                continue
            if _same_or_rounded(case, *inside):
                case.info["sign_left_out"] = sign
                return True
        elif sign == "degree" and inside[0] is not reference:
            return _same_or_rounded(case, *inside)
    return verdict


def _without(sign: str, node: Node) -> Node:
    """What stands before a percent or degree sign; the node itself without one."""
    return node.args[0] if type(node) is Apply and node.head == sign else node


def _above_one(node: Node) -> bool:
    value = constant(node)
    return value is not None and bool(abs(value) > 1)


def _same_or_rounded(case: Case, reference: Node, answer: Node) -> bool | None:
    verdict = same_expression(case, reference, answer)
    if verdict is False and case.rounding != "exact" and is_rounding(case.rounding, reference, answer):
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
        renaming = renamed_letters(case.integers, reference, answer)
        if renaming:
            renamed, step = agree(reference, substitute(answer, renaming))
            if renamed:
                case.info["renamed"] = {old: new.text for old, new in renaming.items()}
                case.decided_by(step)
                return True
    if verdict is None:
        case.undecided = True
    return verdict
