"""Whether what a program printed is what it should have printed."""

from __future__ import annotations

import re

from rewardkit.verifiers.code.values import numbers_agree

__all__ = ["same_output"]

_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?")


def same_output(wanted: str, given: str, tolerance: float, *, ordered: bool) -> bool:
    """Line by line, without the spaces around a line and blank lines at the ends; in any order where it is not `ordered`.

    Lines that differ are compared word by word: words are equal, or numbers of which one has a point or an exponent, within
    the tolerance.
    """
    ours, theirs = _lines(wanted), _lines(given)
    if not ordered:
        ours, theirs = sorted(ours), sorted(theirs)
    return len(ours) == len(theirs) and all(a == b or _same_words(a, b, tolerance) for a, b in zip(ours, theirs, strict=True))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().split("\n")]


def _same_words(wanted: str, given: str, tolerance: float) -> bool:
    ours, theirs = wanted.split(), given.split()
    return len(ours) == len(theirs) and all(a == b or _close(a, b, tolerance) for a, b in zip(ours, theirs, strict=True))


def _close(wanted: str, given: str, tolerance: float) -> bool:
    if not (_NUMBER.fullmatch(wanted) and _NUMBER.fullmatch(given)):
        return False
    whole = wanted.lstrip("+-").isdecimal() and given.lstrip("+-").isdecimal()
    return not whole and numbers_agree(float(wanted), float(given), tolerance)
