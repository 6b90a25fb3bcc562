"""A bare number and an answer, compared as their question asks: in its unit and scale, and at its digits.

A question "in USD millions" makes of a reference `12645` 12,645 million dollars, which `$12,645 million` and `$12.645 billion`
are, and `$12,645 thousand` and `€12,645 million` are not. Nothing here knows of questions; what they ask for comes as values.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from flint import fmpq

from rewardkit.answers.equality.compare import compare
from rewardkit.answers.equality.comparison import Comparison
from rewardkit.answers.equality.rounding import Places, is_as_asked, literal, rounds_as_asked
from rewardkit.answers.equality.sides import read_side
from rewardkit.answers.notation.amounts import Amount, read_amount
from rewardkit.answers.numerics.exact import rational
from rewardkit.answers.steps import Step
from rewardkit.answers.tree import Number
from rewardkit.answers.units import convert, is_unit_word, normal_unit, same_unit

__all__ = ["Asked", "compare_asked"]

_ONE = Fraction(1)
_HUNDRED = 100
PERCENT = "percent"
_COMMAND = re.compile(r"\\[a-zA-Z]+")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_OPEN_END = re.compile(r"(?:[-−+*/×÷·=^_]|\\(?:cdot|times|div|pm))[\s$)}\]]*$")


class Asked(NamedTuple):
    """How a bare number is meant: its unit in one spelling (empty for none, `percent` for a hundredth), its scale and its digits.

    `written` is the unit as the question writes it.
    """

    unit: str = ""
    scale: Fraction = _ONE
    places: Places | None = None
    written: str = ""

    @property
    def told(self) -> str:
        """It in words: "1000000 USD, to 1/100"."""
        measure = " ".join(([str(self.scale)] if self.scale > 1 else []) + ([self.written or self.unit] if self.unit else []))
        step, digits = self.places or (None, None)
        size = f"to {step}" if step is not None else f"to {digits} significant" if digits is not None else ""
        return ", ".join(filter(None, (measure, size)))


def compare_asked(*, reference: str, answer: str, asked: Asked, share: Fraction = Fraction(0)) -> Comparison | None:
    """Compare an answer with a reference that is a bare number; None where what is asked for decides nothing.

    The reason is `match_asked` where the answer is right only at the asked digits. An answer in a unit that cannot be converted
    into the asked one is a mismatch. `share` is how far an answer may lie from the reference, as a share of it. Never raises.
    """
    wanted = read_amount(reference)
    if wanted is None or _OPEN_END.search(answer):
        return None
    given = read_amount(answer)
    if given is None:
        if not _is_formula(answer):
            return None
        given = _measured(answer)
    if given is None:
        return _of_formula(reference, answer, wanted, asked)
    if (own := _of_reference(wanted, asked)) is None:
        return None
    asked, unit = own, own.unit
    if _contradicts(given, unit):
        return _verdict(False)
    reading = _reference_of(wanted, asked)
    for value, step in _readings(given, unit, asked):
        if abs(value - reading.value) <= share * abs(reading.value):
            return _verdict(True)
        if reading.own is not None and rounds_as_asked(reading.value, reading.step, value, step, reading.own):
            return _verdict(True, "match_asked")
    return _verdict(False) if _is_converted(given, unit, asked) else None


class _Reference(NamedTuple):
    """A reference in full: its value, what its last written digit is worth, and the digits that it is compared at."""

    value: Fraction
    step: Fraction | None
    own: Fraction | None


def _of_reference(wanted: Amount, asked: Asked) -> Asked | None:
    """What is asked for, in the reference's own unit where it has one; None where the two are in different money."""
    if wanted.percent:
        return asked._replace(unit=PERCENT, scale=_ONE)
    if not wanted.unit or not asked.unit or convert(_ONE, wanted.unit, asked.unit) == 1:
        return asked._replace(unit=asked.unit or wanted.unit, scale=asked.scale if wanted.scale == 1 else _ONE)
    return None if wanted.sign else asked._replace(unit=wanted.unit, scale=_ONE)


def _reference_of(wanted: Amount, asked: Asked) -> _Reference:
    scale = asked.scale
    step = wanted.step * scale if wanted.step is not None else None
    size = Fraction(1, _HUNDRED) if wanted.percent else wanted.scale if scale == 1 else scale
    value = wanted.value * scale
    if asked.places is not None:
        worth = asked.places.worth(value / size)
        # A whole number does not show whether it is rounded to tens.
        return _Reference(value, step, worth * size if worth is not None and (asked.places.step or 1) <= 1 else None)
    if scale <= 1 or step is None or step >= scale:
        return _Reference(value, step, None)
    if wanted.cents:
        step = _without_zeros(value, step)
    return _Reference(value, step, step)


def _without_zeros(value: Fraction, step: Fraction) -> Fraction:
    """What the last digit of a decimal is worth when its two closing zeros, or the one, are left out."""
    return next((larger for larger in (step * 100, step * 10) if value % larger == 0), step)


def _readings(given: Amount, unit: str, asked: Asked) -> list[tuple[Fraction, Fraction | None]]:
    """The answer in the unit, with what its last digit is worth.

    Without a unit or scale of its own it is in the asked ones. Money with its sign alone may also be written in full.
    """
    if given.percent:
        return [(given.value, given.step)]
    factor = convert(_ONE, given.unit, unit) if given.unit and unit and unit != PERCENT else _ONE
    zero = convert(Fraction(0), given.unit, unit) if given.unit and unit and unit != PERCENT else Fraction(0)
    if factor is None or zero is None:
        return []
    factor -= zero
    full = given.value * factor + zero, given.step and given.step * factor
    if given.scale != 1:
        return [full]
    scaled = given.value * asked.scale, given.step and given.step * asked.scale
    if asked.scale == 1:
        return [full]
    if not given.unit:
        return [scaled]
    return [scaled, full] if given.sign else [full]


def _contradicts(given: Amount, unit: str) -> bool:
    """Whether an answer is in a unit that is none of what is asked for."""
    if unit == PERCENT:
        return bool(given.unit)
    if given.percent:
        return bool(unit)
    return bool(given.unit and unit) and same_unit(unit, unit) is True and convert(_ONE, given.unit, unit) is None


def _is_converted(given: Amount, unit: str, asked: Asked) -> bool:
    """Whether an answer in another unit or a scale was converted, so that its digits alone say nothing."""
    if given.scale != 1 and asked.scale > 1:
        return True
    if not given.unit:
        return False
    return (bool(unit) and convert(_ONE, given.unit, unit) != 1) or (asked.scale > 1 and not given.sign)


def _is_formula(answer: str) -> bool:
    """Whether no word but names of units stands in a text."""
    return all(map(is_unit_word, _LETTERS.findall(_COMMAND.sub(" ", answer))))


def _measured(answer: str) -> Amount | None:
    r"""An amount with a known unit in mathematical notation, as `$4.68\,\mathrm{kHz}$`."""
    found = read_side(answer).answer
    if found is None or not found.unit or same_unit(found.unit, found.unit) is not True:
        return None
    value, shown = rational(found.node), literal(found.node)
    if value is None:
        return None
    step = Fraction(int(shown.step.p), int(shown.step.q)) if shown and shown.step else None
    return Amount(Fraction(int(value.p), int(value.q)), step, unit=normal_unit(found.unit))


def _of_formula(reference: str, answer: str, wanted: Amount, asked: Asked) -> Comparison | None:
    """The verdict on an answer that is no plain amount: a quantity in LaTeX, or an expression that rounds to the reference."""
    bare = wanted.scale == 1 and not (wanted.unit or wanted.percent)
    if bare and asked.written and asked.scale == 1:
        result = compare(reference=f"{reference} {asked.written}", answer=answer)
        if result.equal:
            return result
    if asked.places is None or not bare:
        return None
    side = read_side(answer)
    if side.answer is None or side.answer.unit is not None:
        return None
    number = Number(fmpq(wanted.value.numerator, wanted.value.denominator))
    return _verdict(True, "match_asked") if is_as_asked(number, side.answer.node, asked.places) else None


def _verdict(equal: bool, reason: str = "") -> Comparison:
    return Comparison(equal, Step.UNITS, reason or ("match" if equal else "mismatch"), "number", "number", {})
