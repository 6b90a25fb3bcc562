"""Units: which words are units, when two units are the same, and what a number in one is in another.

The tables beside this file are made by `tools/tables/units.py` out of pint's registry and CLDR's names in twenty languages.
"""

from __future__ import annotations

from rewardkit.answers.units.conversion import convert, dimension, in_pi, is_currency, same_unit
from rewardkit.answers.units.scales import multiplier, split_scale
from rewardkit.answers.units.spelling import SHAPES, is_unit_word, may_be_molar, normal_unit

__all__ = [
    "SHAPES",
    "convert",
    "dimension",
    "in_pi",
    "is_currency",
    "is_unit_word",
    "may_be_molar",
    "multiplier",
    "normal_unit",
    "same_unit",
    "split_scale",
]
