"""An answer in words where a number or a time of day is asked for: number words of other languages, `noon`, `half past eight`."""

from __future__ import annotations

from dataclasses import replace

from rewardkit.answers.equality.sides import Side, read_side
from rewardkit.answers.forms.answer import answer_of
from rewardkit.answers.forms.kinds import Kind
from rewardkit.answers.notation.foreign_numbers import in_numerals
from rewardkit.answers.notation.plain_number import read_number
from rewardkit.answers.notation.quantities import as_clock

__all__ = ["with_digits"]


def with_digits(reference: Side, answer: Side) -> Side | None:
    """The answer read with figures for the words; None where it is none such, or the reference is no number and no time.

    References are not read so: `Elf` and `Sei` are names, and whoever means a number there can write one.
    """
    wanted = reference.answer
    if wanted is not None and wanted.kind is Kind.TIME and answer.answer is None:
        clock = as_clock(answer.reading.cleaned)
        return None if clock is None else replace(answer, answer=answer_of(clock))
    if any(map(str.isdigit, answer.text)) or read_number(reference.text) is None:
        return None
    numerals = in_numerals(answer.reading.cleaned)
    return None if numerals is None else read_side(numerals)
