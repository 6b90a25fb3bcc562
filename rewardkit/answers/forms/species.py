"""What a chemical formula says: which atoms in which groups, how many of each, the charge and the state.

The reader goes from left to right through elements, groups in brackets and counts; no word of more than chemistry passes it.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from rewardkit.answers.notation.elements import atomic_numbers
from rewardkit.answers.units import is_unit_word

__all__ = ["Species", "read_species"]

MAX_ATOMS = 60
MAX_DEPTH = 4

_STATE = re.compile(r"\s*_?\{?\s*\((s|l|g|aq)\)\s*\}?$")
_RAISED = re.compile(r"\^(?:\{\s*(\d{0,2})\s*([+-])\s*\}|\{\s*([+-])\s*(\d{1,2})\s*\}|(\d{0,2})([+-]))$")
_FLAT = re.compile(r"(\d*)([+-])$")
_ELECTRON = re.compile(r"e\s*\^?\{?([+-])\}?")
_ISOTOPE = re.compile(
    r"(?:\^\{?(?P<mass>\d{1,3})\}?\s*(?:_\{?(?P<charge>[+-]?\d{1,3})\}?)?|_\{?(?P<before>[+-]?\d{1,3})\}?\s*\^\{?(?P<behind>\d{1,3})\}?)\s*"
)
_DASHED = re.compile(r"([A-Z][a-z]?)-(\d{1,3})")
_SYMBOL = re.compile(r"[A-Z][a-z]?")
_COUNT = re.compile(r"_\{(?P<braced>[0-9a-z+-]{1,6})\}|_(?P<low>\d)|_(?P<letter>[a-z])|(?P<flat>\d{1,3})")
_PARTICLES = frozenset("enp")
_OXIDATION = re.compile(r"[\(\[][IVX]+[\)\]]")


class Species(NamedTuple):
    """A formula as it is compared.

    `body` is the formula in plain signs, `atoms` the count of each element (empty where a count is a letter), `charge` its
    charge, `state` one of s, l, g and aq or empty. `sure` is set where the text can hardly be anything but chemistry.
    """

    body: str
    atoms: tuple[tuple[str, int], ...]
    charge: int = 0
    state: str = ""
    sure: bool = False

    def same(self, other: Species, *, sure: bool) -> bool:
        """Whether it is the same formula; a state may be left out of what is `sure` to be chemistry."""
        stated = self.state == other.state or (sure and not (self.state and other.state))
        return stated and (self.body, self.charge) == (other.body, other.charge)


class _Unread(Exception):
    """The text is no formula."""


class _Reader:
    """Goes through the body of a formula once, and notes what speaks for chemistry on the way."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.flat = False
        self.counts: list[str] = []
        self.symbols: list[str] = []
        self.isotope = False

    def formula(self) -> tuple[str, Counter[str]]:
        """The whole formula: parts joined by the dots of a hydrate, each with the number before it."""
        written, atoms = self.group(0)
        while self.at < len(self.text) and self.text[self.at] in "·.":
            self.at += 1
            digits = self.text[self.at : self.at + 2]
            digits = digits if digits.isdigit() else digits[:1] if digits[:1].isdigit() else ""
            self.at += len(digits)
            times = int(digits or 1)
            part, inside = self.group(0)
            written += f"·{times if times > 1 else ''}{part}"
            atoms.update({symbol: times * count for symbol, count in inside.items()})
        if self.at < len(self.text):
            raise _Unread
        return written, atoms

    def group(self, depth: int) -> tuple[str, Counter[str]]:
        """Elements and bracketed groups with their counts, up to a closing bracket, a dot or the end."""
        written: list[str] = []
        atoms: Counter[str] = Counter()
        while self.at < len(self.text) and self.text[self.at] not in ")]·.":
            part, inside = self.unit(depth)
            count, times = self.count()
            written.append(part + count)
            atoms.update({symbol: times * number for symbol, number in inside.items()})
        if not written or len(self.symbols) > MAX_ATOMS:
            raise _Unread
        return "".join(written), atoms

    def unit(self, depth: int) -> tuple[str, Counter[str]]:
        """One element, with its mass where that is written before it, or one group in brackets."""
        if self.text[self.at] in "([":
            if depth > MAX_DEPTH or _OXIDATION.match(self.text, self.at):
                raise _Unread
            self.at += 1
            written, atoms = self.group(depth + 1)
            if self.at >= len(self.text) or self.text[self.at] not in ")]":
                raise _Unread
            self.at += 1
            return f"({written})", atoms
        isotope = _ISOTOPE.match(self.text, self.at)
        if isotope:
            return self.nuclide(isotope)
        symbol = self.symbol()
        return symbol, Counter({symbol: 1})

    def nuclide(self, isotope: re.Match[str]) -> tuple[str, Counter[str]]:
        """An element or particle behind its mass and, where it is written, its charge number, which must be its own."""
        self.at = isotope.end()
        self.isotope = True
        mass, charge = isotope["mass"] or isotope["behind"], isotope["charge"] or isotope["before"]
        if self.text[self.at : self.at + 1] in _PARTICLES and self.text[self.at : self.at + 1]:
            particle = self.text[self.at]
            self.at += 1
            return f"<{mass},{int(charge or 0)}>{particle}", Counter({particle: 1})
        symbol = self.symbol()
        number = atomic_numbers()[symbol]
        if (charge is not None and int(charge) != number) or not number <= int(mass) <= 3 * number:
            raise _Unread
        return f"<{mass}>{symbol}", Counter({f"{mass}{symbol}": 1})

    def symbol(self) -> str:
        """The symbol of an element; of two letters where they are one."""
        found = _SYMBOL.match(self.text, self.at)
        symbol = found[0] if found else ""
        if symbol not in atomic_numbers():
            raise _Unread
        self.at += len(symbol)
        self.symbols.append(symbol)
        return symbol

    def count(self) -> tuple[str, int]:
        """How many of it: a number of two or more, or in a general formula letters."""
        found = _COUNT.match(self.text, self.at)
        if not found:
            return "", 1
        self.at = found.end()
        count = found["braced"] or found["low"] or found["letter"] or found["flat"]
        if not count.isdigit():
            self.counts.append(count)
            return f"_{{{count}}}", 0
        if count[0] == "0" or count == "1":
            raise _Unread
        self.flat |= found["flat"] is not None
        self.counts.append(count)
        return count, int(count)


def read_species(text: str, *, marked: bool = False) -> Species | None:
    """One formula in one dress, without a number before it; None for anything else. `marked` where its dress says chemistry."""
    if electron := _ELECTRON.fullmatch(text):
        return Species("e", (), 1 if electron[1] == "+" else -1)
    if dashed := _DASHED.fullmatch(text):
        number = atomic_numbers().get(dashed[1])
        known = number is not None and number <= int(dashed[2]) <= 3 * number
        return Species(f"<{dashed[2]}>{dashed[1]}", ((f"{dashed[2]}{dashed[1]}", 1),)) if known else None
    state = _STATE.search(text)
    body, charge, explicit = _without_charge(text[: state.start()].strip() if state else text)
    reader = _Reader(body)
    try:
        written, atoms = reader.formula()
    except _Unread:
        return None
    written = _unwrapped(written)
    if reader.isotope and reader.counts and len(reader.symbols) == 1:
        return None  # `^{12}C_5` is a number of choices
    counted = () if any(not count.isdigit() for count in reader.counts) else tuple(sorted(atoms.items()))
    return Species(written, counted, charge, state[1] if state else "", marked or _is_sure(reader, explicit))


def _unwrapped(written: str) -> str:
    """The formula without brackets around all of it."""
    if written[0] != "(" or written[-1] != ")":
        return written
    depth = 0
    for char in written[:-1]:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if not depth:
            return written
    return written[1:-1]


def _without_charge(text: str) -> tuple[str, int, bool]:
    """The formula without its charge, the charge, and whether it is raised with its sign."""
    if raised := _RAISED.search(text):
        number = raised[1] or raised[4] or raised[5] or "1"
        sign = raised[2] or raised[3] or raised[6]
        return text[: raised.start()].rstrip(), int(sign + number), True
    flat = _FLAT.search(text)
    if flat is None:
        return text, 0, False
    digits, body = flat[1], text[: flat.start()]
    alone = _SYMBOL.fullmatch(body) is not None or body.endswith("]")
    if len(digits) > 1 or (digits and alone):
        return body + digits[:-1], int(flat[2] + digits[-1]), True
    return body + digits, int(flat[2] + "1"), bool(digits)


def _is_sure(reader: _Reader, charged: bool) -> bool:
    """Whether a formula can hardly be a product of names with indices, or a word."""
    kinds = set(reader.symbols)
    long = any(len(symbol) == 2 for symbol in kinds)
    if reader.isotope or (charged and (long or reader.counts or len(kinds) > 1)):
        return True
    if len(kinds) < 2:
        return charged and reader.text.isalpha() and long
    if not reader.counts:
        return long and not is_unit_word(reader.text)
    indexed = len(reader.counts) == len(reader.symbols) and len(set(reader.counts)) == 1
    return reader.flat or long or not indexed or bool(kinds & {"H", "O"})
