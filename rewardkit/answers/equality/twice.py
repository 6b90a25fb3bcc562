"""An amount in two notations side by side: `eight (8)`, `1/2 (0.5)`, `50% (1/2)`, `1 m (100 cm)`, `5 km = 3.1 miles`.

It is one answer where both say the same, and none where they do not: nobody gets two chances in one answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from rewardkit.answers.equality.comparison import Comparison
from rewardkit.answers.notation.clean import clean
from rewardkit.answers.notation.number_words import spell_out
from rewardkit.answers.notation.plain_number import PlainNumber, read_number
from rewardkit.answers.steps import Step
from rewardkit.answers.units import convert

__all__ = ["compare_twice", "is_twice"]

Compare = Callable[[str, str], Comparison]
Notations = tuple[tuple[str, PlainNumber], ...]

MAX_LENGTH = 120
LEAST_DIGITS = 2  # of a rounded number that another stands beside
_RIM = " \t\n.*"
_TEMPERATURE = re.compile(r"\\text\{°([CF])\}")
# A quick look: one pair of brackets near the end, or one sign of equality behind a number.
_MAYBE = re.compile(r"[^()=]{1,80}\([^()=]{1,80}\)[^()=\\]{0,24}|\d[^()=≈]{0,60}(?:[=≈]|\\approx)[^()=≈]{1,60}")
# A command that stands in no plain number, nor between two or around one.
_COMMAND = re.compile(
    r"\\(?!frac|[dt]frac|text|math|times|cdot|circ|degree|left|right|mbox|rm|q?quad|approx|hat|widehat|n|[^a-zA-Z])"
)
_BESIDE = re.compile(
    r"(?P<one>[^()=]{1,60}?)(?P<gap>(?:\s|\\[,;:! ]|~)*)(?:\\left)?\("
    r"\s*(?:=|or|i\.e\.,?|\\approx|~)?\s*(?P<other>[^()=]{1,60}?)\s*(?:\\right)?\)(?P<tail>\s[^\W\d_]{2,20})?"
)
_EQUALS = re.compile(r"(?P<one>[^()=]{1,60}?)\s*(?:=|\\approx|~)\s*(?P<other>[^()=]{1,60})(?P<gap>)(?P<tail>)")


def compare_twice(reference: str, answer: str, inner: Compare) -> Comparison | None:
    """Compare where one side gives its amount in two notations, each of which `inner` compares; None for other answers."""
    wanted, given = _notations(reference), _notations(answer)
    if not given and not wanted:
        return None
    if wanted and not _agree(*wanted):
        return Comparison(None, Step.PLAIN, "gold_unparseable", "number", "number", {"twice": [text for text, _ in wanted]})
    if given and not _agree(*given):
        return Comparison(False, Step.PLAIN, "mismatch", "number", "number", {"twice": [text for text, _ in given]})
    for one, _ in wanted or ((reference, None),):
        for other, _ in given or ((answer, None),):
            found = inner(one, other)
            if found.equal:
                return found._replace(step=Step.PLAIN, info={**found.info, "twice": other})
    return Comparison(False, Step.PLAIN, "mismatch", "number", "number", {"twice": answer})


def is_twice(text: str) -> bool:
    """Whether a text gives an amount in two notations."""
    return bool(_notations(text))


def _notations(text: str) -> Notations:
    """The two notations of one amount with what each says; empty for anything else."""
    bare = text.strip(_RIM)
    if len(bare) > MAX_LENGTH or not _MAYBE.fullmatch(bare) or ("boxed" not in bare and _COMMAND.search(bare)):
        return ()
    return _read(bare)


@lru_cache(maxsize=1024)
def _read(text: str) -> Notations:
    cleaned = _TEMPERATURE.sub(r" deg\1", clean(text))
    found = _BESIDE.fullmatch(cleaned) or _EQUALS.fullmatch(cleaned)
    if found is None:
        return ()
    written = [f"{part.strip()}{found['tail'] or ''}" for part in (found["one"], found["other"])]
    spelled = [spell_out(part) for part in written]
    one, other = map(read_number, spelled)
    if one is None or other is None or not _differ(found, written, spelled, (one, other)):
        return ()
    return (spelled[0], one), (spelled[1], other)


def _differ(found: re.Match[str], written: list[str], spelled: list[str], numbers: tuple[PlainNumber, PlainNumber]) -> bool:
    """Whether two numbers are two notations and no product: in words, with a unit, or as a fraction, decimal and percent."""
    units = [number.unit or number.currency for number in numbers]
    if found.re is _EQUALS:
        return None not in units
    if written != spelled or (None not in units and not found["tail"]):
        return True
    if numbers[0].percent != numbers[1].percent and any(not n.percent and abs(n.value) > 1 for n in numbers):
        return False  # a count and its share
    ways = {(number.percent, number.decimals is None, number.step is None) for number in numbers}
    return len(ways) > 1 and (bool(found["gap"]) or numbers[0].percent) and any(n.percent or n.step is None for n in numbers)


def _agree(left: tuple[str, PlainNumber], right: tuple[str, PlainNumber]) -> bool:
    """Whether two notations say one amount, one of them perhaps rounded."""
    one, other = left[1], right[1]
    units = [number.unit or number.currency for number in (one, other)]
    scale = Fraction(1)
    value = other.value
    if None not in units and units[0] != units[1]:
        converted = convert(other.value, units[1] or "", units[0] or "")
        if converted is None or (other.value == 0) != (converted == 0):
            return False
        scale, value = (abs(converted / other.value) if other.value else scale), converted
    return one.value == value or _rounds(one, one.value, value, Fraction(1)) or _rounds(other, value, one.value, scale)


def _rounds(number: PlainNumber, value: Fraction, exact: Fraction, scale: Fraction) -> bool:
    """Whether a number, with its value in the other's unit, is the other one rounded."""
    if number.step is None or len(str(int(abs(number.value / number.step)))) < LEAST_DIGITS:
        return False
    return abs(value - exact) <= number.step * scale / 2
