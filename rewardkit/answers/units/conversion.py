"""Sizes of units and products of units, and what a value in one is in another; exact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from rewardkit.answers.units.spelling import normal_unit
from rewardkit.answers.units.table import rows

__all__ = ["convert", "dimension", "in_pi", "is_currency", "same_unit"]

MAX_LENGTH = 200
MAX_FACTORS = 8
MAX_MEANINGS = 64
_PI = Fraction("3.1415926535897932384626433832795028841971693993751")
_ANY_RATIONAL = 10**40  # what a factor's denominator is below unless it holds pi
_FACTOR = re.compile(r"([^\W\d]+(?: [^\W\d]+)*)(?: \*\* (-?\d))?")


class _Size(NamedTuple):
    """A unit as powers of base dimensions and its size in base units; `offset` is added after it, for a temperature alone."""

    dimension: tuple[tuple[str, int], ...]
    factor: Fraction
    offset: Fraction = Fraction(0)


def convert(value: Fraction, unit: str, into: str) -> Fraction | None:
    """The exact value in another unit, or None when either is unknown or they measure different things.

    A word of two meanings (`pound`, `dollar`, `cent`, `¥`) is taken in the one that fits. Factors that are not rational, as from
    degrees to radians, are taken to some fifty digits.
    """
    unit, into = normal_unit(unit), normal_unit(into)
    if unit == into:
        return value
    for mine, other in product(_sizes(unit), _sizes(into)):
        if mine.dimension == other.dimension and not (_turns(unit, mine, other, into) or _turns(into, other, mine, unit)):
            return (value * mine.factor + mine.offset - other.offset) / other.factor
    return None


def in_pi(factor: Fraction) -> tuple[Fraction, int] | None:
    """A factor as a rational and the power of pi, 1 or -1, that it stands beside; None for a rational factor."""
    if factor.denominator < _ANY_RATIONAL or factor == 0:
        return None
    for power in (1, -1):
        rest = factor / _PI**power
        found = rest.limit_denominator(10**6)
        if abs(found - rest) * _ANY_RATIONAL < abs(rest):
            return found, power
    return None


def _turns(unit: str, mine: _Size, other: _Size, into: str) -> bool:
    """Whether one unit counts turns, and the other no angle: 60 turns a minute are 1 a second to some, 2 pi to others."""
    return mine.factor.denominator > _ANY_RATIONAL > other.factor.denominator and "radian" not in into and "turn" not in into


def same_unit(left: str, right: str) -> bool | None:
    """Whether two units are the same by another name; None when one of them is not known."""
    mine, other = _sizes(normal_unit(left)), _sizes(normal_unit(right))
    return not set(mine).isdisjoint(other) if mine and other else None


def is_currency(unit: str) -> bool:
    """Whether a word is money of some country."""
    sizes = _sizes(normal_unit(unit))
    return bool(sizes) and all(len(size.dimension) == 1 and size.dimension[0][0].isupper() for size in sizes)


def dimension(unit: str) -> Mapping[str, int] | None:
    """The base dimensions of a unit with their powers, `length` 1 and `time` -1; None when it is unknown or ambiguous."""
    found = {size.dimension for size in _sizes(normal_unit(unit))}
    return dict(found.pop()) if len(found) == 1 else None


@lru_cache(maxsize=1024)
def _sizes(unit: str) -> tuple[_Size, ...]:
    """The sizes that a normal unit may have: none when it is unknown, several when a word in it has several meanings."""
    if not unit or len(unit) > MAX_LENGTH:
        return ()
    if unit in rows() and rows()[unit].dimension:
        return tuple(_of_row(unit))
    choices: list[list[_Size]] = []
    for place, part in enumerate(unit.split(" / ")):
        for text in part.split(" * ") if part else ():
            match = _FACTOR.fullmatch(text)
            power = int(match[2] or 1) if match else 0
            found = list(_of_row(match[1])) if match else []
            if not found:
                return ()
            choices.append([_raised(size, -power if place else power) for size in found])
    meanings = 1
    for choice in choices:
        meanings *= len(choice)
    if len(choices) > MAX_FACTORS or meanings > MAX_MEANINGS:
        return ()
    return tuple(_times(sizes) for sizes in product(*choices))


def _of_row(name: str) -> Iterator[_Size]:
    row = rows().get(name)
    if row is None or not row.factor:
        return
    if row.dimension == "either":
        for meaning in row.factor.split():
            yield from _of_row(meaning)
        return
    powers = tuple((base, int(power)) for base, _, power in (part.partition(":") for part in row.dimension.split()))
    yield _Size(powers, Fraction(row.factor), Fraction(row.offset or 0))


def _raised(size: _Size, power: int) -> _Size:
    """A power of a unit; a degree of temperature is a difference there."""
    return _Size(tuple((base, exponent * power) for base, exponent in size.dimension), size.factor**power)


def _times(sizes: tuple[_Size, ...]) -> _Size:
    powers: dict[str, int] = {}
    factor = Fraction(1)
    for size in sizes:
        factor *= size.factor
        for base, exponent in size.dimension:
            powers[base] = powers.get(base, 0) + exponent
    return _Size(tuple(sorted((base, exponent) for base, exponent in powers.items() if exponent)), factor)
