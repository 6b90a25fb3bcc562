"""How a question wants its answer rounded: "to two decimal places", "nearest cent", "3 significant figures"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from rewardkit.answers.equality.rounding import Places
from rewardkit.answers.units import multiplier, normal_unit, same_unit
from rewardkit.question.asks import Cue, Field, number_at
from rewardkit.question.measure import Measure

__all__ = ["asked_places"]

MOST = 12  # decimals or digits
_NEXT = re.compile(r"\s*\$?(0?\.\d{1,6}|10{0,6}|[^\W\d_]+)(?!\d|\.\d)")


def asked_places(text: str, cues: Sequence[Cue], measure: Measure | None) -> tuple[Places | None, bool]:
    """The digits that are asked for, or None; and whether rounding is spoken of without one size that can be read."""
    found = {places for cue in cues if (places := _places(text, cue, measure))}
    spoken_of = any(cue.field is Field.ROUNDS for cue in cues)
    return (found.pop(), False) if len(found) == 1 else (None, bool(found) or spoken_of)


def _places(text: str, cue: Cue, measure: Measure | None) -> Places | None:
    if cue.field is Field.STEP:
        return Places(step=Fraction(cue.value))
    if cue.field is Field.CENT:
        return Places(step=Fraction(1, 1 if measure and measure.unit == "cent" else 100))
    if cue.field is Field.NEAREST:
        step = _nearest(text, cue, measure)
        return Places(step=step) if step else None
    if cue.field not in (Field.DECIMALS, Field.SIGNIFICANT):
        return None
    number = number_at(text, cue)
    if number is None or not 0 < number <= MOST:
        return None
    return Places(step=Fraction(1, 10**number)) if cue.field is Field.DECIMALS else Places(significant=number)


def _number_word(word: str) -> int | None:
    return 10 if word.lower() == "ten" else multiplier(word.lower())


def _nearest(text: str, cue: Cue, measure: Measure | None) -> Fraction | None:
    """The size of what follows "nearest": a number, a scale, or the unit that the answer is in."""
    found = _NEXT.match(text, cue.end)
    if found is None:
        return None
    word = found[1]
    if word[0].isdigit() or word[0] == ".":
        return Fraction(word)
    if factor := _number_word(word):
        behind = _NEXT.match(text, found.end())
        factor *= _number_word(behind[1]) or 1 if behind else 1  # the nearest ten thousand
        return Fraction(factor) / (measure.scale if measure else 1)
    if word.lower() in ("cent", "penny"):
        return None  # a row of its own
    if word.lower() in ("percent", "percentage"):
        return Fraction(1) if measure and measure.unit == "percent" else Fraction(1, 100)
    if same_unit(word, word):
        return Fraction(1) if measure is None or not measure.unit or normal_unit(word) == measure.unit else None
    return None
