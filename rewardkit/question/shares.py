"""A percentage in answer to a question that speaks of none: "72%" for the 72 that 8 times 9 is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewardkit.answers.notation.plain_number import read_number
from rewardkit.answers.units import normal_unit
from rewardkit.question.asks import Field
from rewardkit.question.samples import question_of
from rewardkit.types import Sample

__all__ = ["is_unasked_share"]

_SIGNS = frozenset("%％٪‰")
_WORD = re.compile(r"[^\W\d_]+")
_AMOUNT = re.compile(r"\s*([-−+]?\d[\d.,]*)\s?(\D+)")
_GIVEN = re.compile(r"\d\s?(?:\\?[%％٪‰]|[^\W\d_]+)")  # "30 % of 90" gives a share, and asks for none
_GLUED = ("퍼센트", "パーセント", "百分")  # in scripts that put no space behind them


def is_unasked_share(sample: Sample, answer: str, references: Sequence[str]) -> bool:
    """Whether an answer has the digits of a bare reference and is a share of a hundred, of which the question says nothing.

    A picture may speak of shares, which cannot be told from here.
    """
    found = _AMOUNT.fullmatch(answer)
    if found is None or not _is_of_a_hundred(found[2]):
        return False
    given = read_number(found[1])
    wanted = [number for number in map(read_number, references) if number is not None]
    if given is None or not wanted or any(number.percent or number.value != given.value for number in wanted):
        return False
    question = question_of(sample)
    return question is not None and not question.has(Field.PERCENT) and not _is_of_a_hundred(_GIVEN.sub(" ", question.text))


def _is_of_a_hundred(text: str) -> bool:
    """Whether a text has a sign or a word for a hundredth."""
    if not _SIGNS.isdisjoint(text) or any(word in text for word in _GLUED):
        return True
    words = (word.lower() for word in _WORD.findall(text))
    return any(word.startswith("percent") or normal_unit(word) == "percent" for word in words)
