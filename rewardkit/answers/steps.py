"""The means by which two answers are compared."""

from __future__ import annotations

from enum import Enum

__all__ = ["Step"]


class Step(str, Enum):
    """What decided a comparison. The first six are in order of strength, of which the strongest that was needed is named."""

    TEXT = "text"
    PLAIN = "plain"
    STRUCTURE = "structure"
    RATIONAL = "rational"
    BALLS = "balls"
    UNITS = "units"
    WORDS = "words"
    TRUTH = "truth"
    LIMITS = "limits"

    __str__ = str.__str__
