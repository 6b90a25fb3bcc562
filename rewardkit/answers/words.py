"""Numbers written as words: `twenty-five`, `three hundred and two`, and the characters of Chinese numerals."""

from __future__ import annotations

import re

__all__ = ["spell_out"]

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {word: i for i, word in enumerate(_ONES)} | {word: 10 * i for i, word in enumerate(_TENS, start=2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_PHRASE = re.compile(rf"\b(?:{'|'.join(_VALUES)})(?:[\s-]+(?:and\s+)?(?:{'|'.join([*_VALUES, *_SCALES])}))*\b", re.IGNORECASE)
_STARTS = re.compile(r"[a-z]", re.IGNORECASE)
_CHINESE = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE_NUMERAL = re.compile("[零〇一二两三四五六七八九十百千万]+")


def spell_out(text: str) -> str:
    """The text with numerals for number words, when the text begins with one; other text comes back unchanged."""
    if not text.isascii() and (match := _CHINESE_NUMERAL.fullmatch(text)):
        return str(_chinese(match.group()))
    first = text[:1]
    if not first.isalpha():
        return text
    match = _PHRASE.match(text)
    return str(_english(match.group().lower())) + text[match.end() :] if match else text


def _english(words: str) -> int:
    total = part = 0
    for word in re.split(r"[\s-]+", words):
        if word in _VALUES:
            part += _VALUES[word]
        elif word == "hundred":
            part *= 100
        elif word in _SCALES:
            total += part * _SCALES[word]
            part = 0
    return total + part


def _chinese(text: str) -> int:
    total = part = digit = 0
    for char in text:
        if char in _CHINESE:
            digit = _CHINESE[char]
        elif char == "万":
            total, part, digit = (total + part + digit) * 10_000, 0, 0
        else:
            part += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
    return total + part + digit
