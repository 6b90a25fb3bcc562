"""Numbers in the characters of Chinese and Japanese: numerals, shares, fractions, ratios, discounts, and what they count.

`一百零五` is 105, `百分之二十五` 25 percent, `三分之二` two thirds, `1比2` a ratio, `八折` four fifths of a price, `十二个`
twelve of something. What is formed as no number is (`二三`, two or three) stays as it is.
"""

from __future__ import annotations

import re
from fractions import Fraction

from rewardkit.answers.units import is_unit_word

__all__ = ["COUNTERS", "from_chinese"]

COUNTERS = frozenset("个個只隻名位件条條张張本支头頭辆棵朵つ")
"""Characters that stand between a number and what it counts and say nothing of it."""
_COUNTED = frozenset("人次倍")
_FORMS = frozenset("角度")  # with one character before them they are words: a triangle, star anise, a company

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2, "俩": 2}
_DIGITS |= {char: value for value, char in enumerate("壹贰叁肆伍陆柒捌玖", start=1)} | {"貳": 2, "參": 3, "陸": 6}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_CHARACTERS = "".join((*_DIGITS, *_TENS, *_MYRIADS))
_NUMERAL = rf"(?:[{_CHARACTERS}]+|\d+(?:\.\d+)?(?:[万萬亿億]\d{{0,4}}){{0,2}})"
_DECIMAL = rf"{_NUMERAL}(?:[点點][{''.join(_DIGITS)}]+)?"
_PLAIN = re.compile(rf"(?P<sign>[负負])?(?P<number>{_DECIMAL})(?P<unit>\D{{0,12}})")
_SHARE = re.compile(rf"(?P<sign>[负負])?(?P<below>百|千|万|{_NUMERAL})分[之の](?P<above>{_DECIMAL})")
_RATIO = re.compile(rf"({_DECIMAL})\s*[比对対]\s*({_DECIMAL})")
_DISCOUNT = re.compile(r"打?([一二三四五六七八九]{1,2}|\d(?:\.\d)?)折")
_HALF = frozenset(["一半", "半数", "半分", "二分之一"])
_ALL = re.compile(rf"[{_CHARACTERS}\d][{_CHARACTERS}\d点點分之の比对対折半数.\s]*.{{0,12}}|[负負打半].{{1,20}}")
LONGEST_UNDECIDED = 2  # digits side by side, which may also be the one or the other


def from_chinese(text: str) -> str | None:
    """The text in digits and the notation of mathematics, with the unit behind it; None for anything else."""
    if not _ALL.fullmatch(text) or is_unit_word(text):
        return None
    if text in _HALF:
        return r"\frac{1}{2}"
    if found := _DISCOUNT.fullmatch(text):
        return _discount(found[1])
    if found := _SHARE.fullmatch(text):
        return _share(found)
    if found := _RATIO.fullmatch(text):
        sides = [_number(side) for side in found.groups()]
        return None if None in sides else f"{sides[0]}:{sides[1]}"
    found = _PLAIN.fullmatch(text)
    number = _number(found["number"]) if found else None
    if found is None or number is None or (found["number"][0].isdigit() and found["number"][-1].isdigit()):
        return None
    unit = None if found["unit"] in _FORMS and len(found["number"]) == 1 else _unit(found["unit"])
    return None if unit is None else f"{'-' if found['sign'] else ''}{number} {unit}".strip()


def _unit(text: str) -> str | None:
    """The unit behind a number without what only counts; None for words that are no unit."""
    text = text.strip().removesuffix("整")
    bare = text[1:] if text[:1] in COUNTERS else text
    for unit in (text, bare):
        if not unit or unit in _COUNTED or is_unit_word(unit):
            return unit
    return None


def _discount(digits: str) -> str:
    """`八折` is eight tenths of the price, `七五折` three quarters."""
    written = digits.replace(".", "") if digits[0].isdigit() else "".join(str(_DIGITS[char]) for char in digits)
    return rf"{Fraction(int(written) * 100, 10 ** len(written))}\%"


def _share(found: re.Match[str]) -> str | None:
    above = _number(found["above"])
    below = {"百": "100", "千": "1000", "万": "10000"}.get(found["below"]) or _number(found["below"])
    if above is None or below is None or not below.isdigit() or int(below) == 0:
        return None
    sign = "-" if found["sign"] else ""
    return rf"{sign}{above}\%" if below == "100" else rf"{sign}\frac{{{above}}}{{{below}}}"


def _number(text: str) -> str | None:
    """The digits of a numeral with perhaps a decimal part; None for what is formed as no number."""
    whole, point, after = text.replace("點", "点").partition("点")
    value = _whole(whole)
    if value is None or not point:
        return None if value is None else str(value)
    return f"{value}.{''.join(str(_DIGITS[char]) for char in after)}"


def _whole(text: str) -> Fraction | None:
    if all(char in _DIGITS for char in text):
        if 1 < len(text) <= LONGEST_UNDECIDED and not set(text) & set("零〇"):
            return None
        return Fraction("".join(str(_DIGITS[char]) for char in text))
    total = Fraction(0)
    above = Fraction(10**12)
    section = ""
    for place, char in enumerate(text):
        if char not in _MYRIADS:
            section += char
            continue
        factor = _MYRIADS[char]
        value = _section(section, after=place > len(section)) if section else None
        if value is None or factor >= above:
            return None
        total, above, section = total + value * factor, Fraction(factor), ""
    if not section:
        return total
    if above < 10**12 and len(section) == 1 and section in _DIGITS:
        return total + _DIGITS[section] * above / 10  # 一万二 is 12000
    rest = _section(section, after=above < 10**12)
    return None if rest is None or rest >= above else total + rest


def _section(text: str, *, after: bool) -> Fraction | None:
    """The value of the characters before or behind a myriad, below ten thousand in characters."""
    if text[0].isdigit():
        return Fraction(text) if text.replace(".", "", 1).isdecimal() else None
    total, digit, scale, zero = 0, -1, 10**4, False
    for char in text:
        if char in _TENS:
            factor = _TENS[char]
            if factor >= scale or digit == 0 or (digit < 0 and factor != 10 and (total or after)):
                return None
            total, scale, digit, zero = total + (1 if digit < 0 else digit) * factor, factor, -1, False
        elif digit > 0 or char not in _DIGITS:
            return None
        else:
            zero = zero or _DIGITS[char] == 0
            digit = _DIGITS[char] or -1
    if digit < 0:
        return Fraction(total)
    colloquial = scale in (100, 1000) and not zero and not after
    return Fraction(total + digit * (scale // 10 if colloquial else 1))
