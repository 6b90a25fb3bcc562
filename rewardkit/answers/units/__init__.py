"""Units: which words are units, when two units are the same, and what a number in one is in another.

The tables beside this file are made by `tools/tables/units.py` out of pint's registry and CLDR's names in twenty languages.
"""

from __future__ import annotations

from rewardkit.answers.units.conversion import convert, dimension, same_unit
from rewardkit.answers.units.scales import multiplier, split_scale
from rewardkit.answers.units.spelling import is_unit_word, normal_unit

__all__ = ["convert", "dimension", "is_unit_word", "multiplier", "normal_unit", "same_unit", "split_scale"]
