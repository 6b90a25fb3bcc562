"""Number words that multiply what stands before them: million, lakh, 万, Milliarden."""

from __future__ import annotations

import re

from rewardkit.answers.units.spelling import is_unit_word
from rewardkit.answers.units.table import scale_words

__all__ = ["multiplier", "split_scale"]

# Written together with what they count. 千克 is a unit; 百合 is a flower, so the small ones need a unit behind them.
_LARGE = frozenset("万萬亿億만억")
_GLUED = re.compile("([十百千万萬亿億천만억]{1,3})(.*)", re.DOTALL)


def multiplier(word: str) -> int | None:
    """What a counting word multiplies by: 1000000 for `million` or `Millionen`, 10000 for `万`; None for any other word."""
    words = scale_words()
    found = words.get(word) or words.get(word.lower())
    if found is None and len(word) <= 3 and (glued := _GLUED.fullmatch(word)) and not glued[2]:
        found = 1
        for sign in word:
            found *= words[sign]
    return found


def split_scale(word: str) -> tuple[int, str] | None:
    """A counting word and what is written on to it, `万元` as 10000 and `元`; None where no counting word begins."""
    if (factor := multiplier(word)) is not None:
        return factor, ""
    if word.isascii() or is_unit_word(word) or (glued := _GLUED.fullmatch(word)) is None:
        return None
    if not (_LARGE & set(glued[1]) or is_unit_word(glued[2])):
        return None
    factor = multiplier(glued[1])
    return (factor, glued[2]) if factor else None
