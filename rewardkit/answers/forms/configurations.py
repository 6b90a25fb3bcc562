"""Electron configurations and hybridisations: `[Ne] 3s^2 3p^4`, `1s22s22p6`, `sp^3d^2`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from rewardkit.answers.notation.elements import atomic_numbers
from rewardkit.first_use import first_use

__all__ = ["read_configuration", "read_hybrid"]

MAX_LENGTH = 200
_SUBSHELLS = {"s": 2, "p": 6, "d": 10, "f": 14}
_CORE = re.compile(r"\[\s*([A-Z][a-z]?)\s*\]\s*")
_SUBSHELL = re.compile(
    r"[\s,]*(?P<shell>[1-8n]|\(n-[12]\))\s?(?P<kind>[spdf])\s?(?:\^?\{(?P<braced>\d{1,2})\}|\^?(?P<digits>\d{1,2}))"
)
_HYBRID = re.compile(r"(?:d[23]?)?sp[23]?(?:d[23]?)?")
_HYBRIDISED = re.compile(r"\s*-?\s*hybrid[a-z]*(?: orbitals?)?$", re.IGNORECASE)
_MARKS = str.maketrans("", "", "^{} ")


def read_configuration(text: str) -> tuple[tuple[str, int], ...] | None:
    """How many electrons each subshell holds, in alphabetical order; None for other text.

    A noble gas in brackets stands for all its electrons. A lone subshell is a product as well, and is none.
    """
    if len(text) > MAX_LENGTH:
        return None
    core = _CORE.match(text)
    filled = _cores().get(core[1]) if core else {}
    if filled is None:
        return None
    listed = _filled(text, core.end() if core else 0)
    if listed is None or len(listed) + bool(core) < 2:
        return None
    electrons = dict(filled)
    for subshell, count in listed:
        if subshell in electrons:
            return None
        electrons[subshell] = count
    return tuple(sorted((subshell, count) for subshell, count in electrons.items() if count))


def _filled(text: str, at: int) -> list[tuple[str, int]] | None:
    """The subshells from here to the end. Of two ways to part digits, as in `2s22p6`, the one that is a configuration counts."""
    if not text[at:].strip(" ,"):
        return []
    found = _SUBSHELL.match(text, at)
    if found is None:
        return None
    shell, kind = found["shell"], found["kind"]
    if shell.isdigit() and "spdf".index(kind) >= int(shell):
        return None
    digits = found["braced"] or found["digits"]
    ends = [found.end()] if found["braced"] or len(digits) == 1 else [found.end(), found.end() - 1]
    for end in ends:
        count = int(digits[: len(digits) - (found.end() - end)])
        if count <= _SUBSHELLS[kind] and (rest := _filled(text, end)) is not None:
            return [(shell + kind, count), *rest]
    return None


@lru_cache(maxsize=1)
@first_use
def _cores() -> Mapping[str, Mapping[str, int]]:
    """The electrons of each noble gas: its shells are filled by the rule of Madelung, up to a full p subshell."""
    symbols = {number: symbol for symbol, number in atomic_numbers().items()}
    cores: dict[str, Mapping[str, int]] = {}
    electrons: dict[str, int] = {}
    for subshell, size in _by_energy():
        electrons[subshell] = size
        if subshell[1] == "p" or subshell == "1s":
            cores[symbols[sum(electrons.values())]] = dict(electrons)
    return cores


def _by_energy() -> Iterator[tuple[str, int]]:
    """The subshells in the order in which they fill, with how many electrons each holds."""
    places = ((shell + kind, shell, kind) for shell in range(1, 8) for kind in range(min(shell, 4)))
    for total, shell, kind in sorted(places):
        if total <= 8:
            yield f"{shell}{'spdf'[kind]}", 4 * kind + 2


def read_hybrid(text: str) -> str | None:
    """A hybridisation in its plainest spelling, as `sp3d2`; None for other text. Another order is another one."""
    if len(text) > MAX_LENGTH or "sp" not in text:
        return None
    plain = _HYBRIDISED.sub("", text).translate(_MARKS)
    return plain if _HYBRID.fullmatch(plain) else None
