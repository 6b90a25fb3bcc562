"""Amounts: a number with its scale, its currency or unit, and what its last digit is worth, in any usual spelling.

`$12,645 million`, `USD 12.6bn`, `12,6 Mrd. Euro`, `126.45亿元`, `$(1,234) million` and `-1.53%`. A letter for a scale (`$5M`,
`€3.2bn`) counts beside money only, where it is no metre.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from rewardkit.answers.notation.plain_number import MAX_LENGTH, read_number
from rewardkit.answers.units import multiplier, normal_unit, same_unit, split_scale

__all__ = ["Amount", "read_amount"]

KEPT = 4096


class Amount(NamedTuple):
    """An amount in its unit, the scale multiplied in and a percentage divided by 100.

    `step` is what one of the last written digit is worth, None for a fraction. `scale` is the word of scale as a number, 1
    without one. `unit` has one spelling and is empty where none stands there; a number with other words is no amount. `sign` is
    set for money with a sign or code before it alone, as in `$5`. `cents` says that it has the two decimals that money is
    written with, the last of them zero, so that its zeros do not tell how exact it is.
    """

    value: Fraction
    step: Fraction | None
    scale: Fraction = Fraction(1)
    unit: str = ""
    percent: bool = False
    sign: bool = False
    cents: bool = False


_MONEY_BEFORE = re.compile(r"([-−–+]?)\s?((?:[A-Z]{1,3}|[A-Z]{0,3}\\?)[$€£¥₹₩₽₺]|[A-Z]{3}(?![A-Za-z])|Rs\.?)\s?(?=[-−(\d.])")
_LOSS = re.compile(r"\(\s*(\d[\d.,]*)\s*\)")
_LETTERS = re.compile(r"(?<=\d)\s?(k|K|m|M|mm|MM|mn|Mn|b|B|bn|Bn|BN|tn|T)(?![A-Za-z])")
_LETTER_SCALE = {"k": "thousand", "m": "million", "mm": "million", "mn": "million", "b": "billion", "bn": "billion"}
_LETTER_SCALE |= {"tn": "trillion", "t": "trillion"}
_SHORTENED = re.compile(r"(?<=[^\W\d_])\.(?=\s*[^\W\d_])")
_GLUED = re.compile(r"(?<=\d)(?=[\u3040-\u9fff\uac00-\ud7af])")
_TIMES = re.compile(r"(?<=\d)\s?[x×]$")
_LINK = re.compile(r"(?:of|de|von|di)\s+|d['’]\s?", re.IGNORECASE)
_DIGITS = re.compile(r"\d[\d., '’\u00a0\u202f]*\d|\d")
_CENTS = re.compile(r"\.\d0(?!\d)")
_CURRENCY = {"$": "dollar", "Rs": "INR", "Rs.": "INR"}


def read_amount(text: str) -> Amount | None:
    """Read text that is one amount, or return None when it is anything else; linear, and never raises."""
    return _read(text) if len(text) <= MAX_LENGTH else None


@lru_cache(maxsize=KEPT)
def _read(text: str) -> Amount | None:
    money, plain = _without_money(text.strip().strip("*").strip())
    plain = _plainly(plain, money)
    number = read_number(plain)
    if number is None:
        return None
    written = _LINK.sub("", number.unit or "", count=1)
    if written and not same_unit(written, written):
        return None
    unit = normal_unit(written) if written else ""
    money = money or _currency(number.currency or "")
    if money and unit and not _is_money(unit):
        return None  # money and a measure
    cents = number.decimals == 2 and _CENTS.search(plain) is not None
    sign = bool(money) and not written
    return Amount(number.value, number.step, _scale_in(plain), money or unit, number.percent, sign, cents)


def _without_money(text: str) -> tuple[str, str]:
    """The money that stands before a number, empty where none does, and the number with its sign; a loss may be in brackets."""
    # Two dollars delimit mathematics.
    before = _MONEY_BEFORE.match(text) if text.count("$") < 2 else None
    money = _currency(before[2]) if before else ""
    if before is None or not money:
        return "", text
    rest = text[before.end() :]
    loss = _LOSS.match(rest)
    if loss:
        rest = loss[1] + rest[loss.end() :]
    return money, f"-{rest}" if loss or before[1] in ("-", "−", "–") else rest


def _plainly(text: str, money: str) -> str:
    """A number with the word of scale that its letters stand for, and without points that shorten words and the x of times."""
    text = _TIMES.sub("", text)
    if "." in text:
        text = _SHORTENED.sub("", text)
    if not text.isascii():
        text = _GLUED.sub(" ", text)
    letters = _LETTERS.search(text)
    if letters and (money or _is_money(normal_unit(text[letters.end() :]))):
        return f"{text[: letters.start()]} {_LETTER_SCALE[letters[1].lower()]}{text[letters.end() :]}"
    return text


def _currency(sign: str) -> str:
    """The unit of a sign or code of money; empty for anything else."""
    sign = sign.removeprefix("\\")
    word = _CURRENCY.get(sign, sign)
    return normal_unit(word) if word and same_unit(word, word) and _is_money(normal_unit(word)) else ""


def _is_money(unit: str) -> bool:
    """Whether a unit in its one spelling is a currency or its hundredth."""
    return (len(unit) == 3 and unit.isupper()) or unit in ("dollar", "cent", "pound", "yuan_or_yen")


def _scale_in(text: str) -> Fraction:
    """What the word of scale behind a number multiplies by; 1 without one."""
    number = _DIGITS.search(text)
    words = text[number.end() :].split() if number else []
    found = split_scale(words[0]) if words else None
    return Fraction(found[0] if found else multiplier(words[0]) or 1) if words else Fraction(1)
