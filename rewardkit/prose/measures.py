"""Where the unit behind a number ends: `km`, `km/h`, `kg·m/s^2`, `$/h`."""

from __future__ import annotations

import re

from rewardkit.answers.units import SHAPES, is_unit_word, multiplier, split_scale
from rewardkit.prose.glue import AND

__all__ = ["JOINT", "unit_end"]

JOINT = re.compile(rf"\s?,?\s(?:{AND}\s)?")
"""What stands between the parts of one amount in two units: "2 hours and 20 minutes"."""
# A word of another script goes on without a space: "million是"
_UNSPACED = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_POWER = r"(?:\^\{?-?[1-4]\}?|[²³]|⁻[¹²³⁴])?"
_FIRST = re.compile(rf"(?:\s|\\[,;: ])?([A-Za-z]+(?={_UNSPACED})|[^\W\d_²³]+|[°¢€£¥]|\\?\$(?=\s?/)){_POWER}")
# "pour cent", "square metres"
_PAIR = re.compile(r"\s([^\W\d_]+) ([^\W\d_]+)(?!\w)")
_JOINED = re.compile(r"\s([^\W\d_]+-[^\W\d_]+)(?!\w)")  # "US-Dollar"
_NEXT = re.compile(rf"(?:\s?(?:/|[·⋅]|\\cdot)\s?|\sper\s)([^\W\d_²³]+){_POWER}")
# What stands beside a unit belongs to it where it is raised to less than nothing: `kJ mol⁻¹`.
_BELOW = re.compile(r"(?:\s|\\[,;: ])([^\W\d_²³]+)(?:\^\{?-[1-4]\}?|⁻[¹²³⁴])")
_CURRENCY = frozenset(["$", "\\$"])


def unit_end(text: str, at: int) -> int:
    """The end of the unit or word of scale that begins behind a number there; the same place where there is none."""
    if (pair := _PAIR.match(text, at)) and (is_unit_word(pair[0].strip()) or (pair[1] in SHAPES and is_unit_word(pair[2]))):
        return pair.end()
    if (joined := _JOINED.match(text, at)) and is_unit_word(joined[1]):
        return joined.end()
    first = _FIRST.match(text, at)
    if first is None or first[1] == "in" or not (first[1] in _CURRENCY or split_scale(first[1]) or is_unit_word(first[1])):
        return at
    end = first.end()
    if text.startswith(". ", end) and multiplier(first[1]) and unit_end(text, end + 1) > end + 1:
        return end + 1  # "Mio. Euro"
    while (more := _NEXT.match(text, end) or _BELOW.match(text, end)) and is_unit_word(more[1]):
        end = more.end()
    return end
