"""Chemical reactions: on each side how much of what, and between them an arrow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from rewardkit.answers.forms.species import Species, read_species

__all__ = ["Reaction", "read_amount", "read_reaction"]

MAX_SPECIES = 30
_ARROW = re.compile(r"⇌|->|<-|=")
# A plus sign that joins, and is no charge: between spaces, or set against what begins another formula and is no state.
_PLUS = re.compile(r"\s\+\s|(?<![\s^{])\+(?=[\dA-Z\[_^e]|\((?!(?:s|l|g|aq)\)))")
_AMOUNT = re.compile(r"\(?(?P<number>\d{1,4}(?:/\d{1,4}|\.\d{1,6})?)\)?\s?·?(?=\s*[A-Z(\[^_e])")

Side = tuple[tuple[Species, Fraction], ...]


class Reaction(NamedTuple):
    """Two sides of species with their amounts; `sure` is set where the text can hardly be anything but chemistry."""

    left: Side
    right: Side
    sure: bool

    def same(self, other: Reaction) -> bool:
        """Whether it is the same reaction in the same direction, up to order on a side and one common factor."""
        if len(self.left) != len(other.left) or len(self.right) != len(other.right):
            return False
        factor: Fraction | None = None
        sure = self.sure or other.sure
        for mine, theirs in ((self.left, other.left), (self.right, other.right)):
            rest = list(theirs)
            for species, amount in mine:
                found = next((pair for pair in rest if species.same(pair[0], sure=sure)), None)
                if found is None:
                    return False
                rest.remove(found)
                if factor is None:
                    factor = found[1] / amount
                if found[1] != factor * amount:
                    return False
        return True


def read_reaction(text: str, *, marked: bool = False) -> Reaction | None:
    """Two sides around one arrow or equals sign; None for anything else.

    With an equals sign nothing may be won or lost, so that `P_2V_2 = P_3V_3` is none.
    """
    arrows = list(_ARROW.finditer(text))
    if len(arrows) != 1:
        return None
    (arrow,) = arrows
    sides = [_side(text[: arrow.start()], marked), _side(text[arrow.end() :], marked)]
    if sides[0] is None or sides[1] is None or sides[0] == sides[1]:
        return None
    left, right = sides if arrow[0] != "<-" else sides[::-1]
    assert left is not None
    assert right is not None
    sure = any(species.sure for species, _ in (*left, *right))
    if arrow[0] == "=" and not (sure and _atoms(left) == _atoms(right)):
        return None
    return Reaction(left, right, sure)


def _side(text: str, marked: bool) -> Side | None:
    parts = _PLUS.split(text.strip())
    if len(parts) > MAX_SPECIES:
        return None
    amounts: dict[Species, Fraction] = {}
    for part in parts:
        read = read_amount(part.strip(), marked=marked)
        if read is None:
            return None
        species, amount = read
        amounts[species] = amounts.get(species, Fraction(0)) + amount
    return tuple(amounts.items())


def read_amount(text: str, *, marked: bool = False) -> tuple[Species, Fraction] | None:
    """One species with the number before it, which is one where none stands there."""
    number = _AMOUNT.match(text)
    amount = Fraction(1)
    if number:
        if number["number"].strip("0./") == "" or number["number"].endswith("/0"):
            return None
        amount = Fraction(number["number"])
    species = read_species(text[number.end() :].strip() if number else text, marked=marked)
    return None if species is None else (species, amount)


def _atoms(side: Side) -> Mapping[str, Fraction]:
    total: dict[str, Fraction] = {}
    for species, amount in side:
        for symbol, count in species.atoms:
            total[symbol] = total.get(symbol, Fraction(0)) + amount * count
    return total
