"""Numbers written as words: `twenty-five`, `minus three`, `two thirds`, `one and a half`, `first`, and Chinese numerals."""

from __future__ import annotations

import re

from rewardkit.answers.notation.chinese import from_chinese

__all__ = ["NUMBER_WORDS", "spell_out"]

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
NUMBER_WORDS = tuple(_VALUES)
"""The words for 0 to 19 and for the tens."""
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_ALONE = _SCALES | {"dozen": 12}
_AND = r"(?:(?<=hundred )and\s+|(?<=thousand )and\s+|(?<=[mb]illion )and\s+)?"
_MORE = rf"(?:[\s-]+{_AND}(?:{'|'.join([*_VALUES, *_SCALES])}))*"
_PHRASE = re.compile(rf"(?:(?:{'|'.join(_VALUES)})|an?(?=[\s-](?:{'|'.join(_SCALES)})\b)){_MORE}(?![a-z])", re.IGNORECASE)
_SIGN = re.compile(r"(?:minus|negative)[\s-]+", re.IGNORECASE)
_POINT = re.compile(rf"\s+point((?:[\s-]+(?:{'|'.join(_ONES[:10])}))+)(?![\w-])", re.IGNORECASE)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12}
_ORDINALS |= {word + "th": _VALUES[word] for word in _ONES[4:] if word + "th" not in _ORDINALS and word not in _ORDINALS}
_ORDINALS |= {word[:-1] + "ieth": value for word, value in _VALUES.items() if word in _TENS}
for _irregular in ("fiveth", "eightth", "nineth", "twelveth"):
    del _ORDINALS[_irregular]
_TH = "|".join(_ORDINALS)
_ORDINAL = re.compile(
    rf"(?:the )?(?:({'|'.join(_TENS)})[\s-])?({_TH})(?: (?:place|one|time|day|term)|( century))?", re.IGNORECASE
)
_PARTS = {"half": 2, "halves": 2, "quarter": 4, "quarters": 4, "hundredth": 100, "hundredths": 100}
_PARTS |= {"thousandth": 1000, "thousandths": 1000, "tenths": 10}
_PARTS |= {word + s: value for word, value in _ORDINALS.items() if value > 2 for s in ("", "s")}
_NAMED = "|".join(sorted(_PARTS, key=len, reverse=True))
_PART = re.compile(rf"([\s-]+and\s+(?:an?|one)|[\s-])[\s-]*({_NAMED})(?![a-z])", re.IGNORECASE)
_DOZEN = re.compile(r"(half )?a dozen(?![a-z])", re.IGNORECASE)
_SINGULAR = "|".join(word for word in _PARTS if word[-1] != "s")
_ONE_PART = re.compile(rf"(?:an? +|one[ -])({_SINGULAR})(?![a-z])|half(?= an?\b|$)|quarter(?=$)", re.IGNORECASE)
_BRACKETED = re.compile(r"(?:\\left)?\(\s*([A-Za-z]{3,}(?:[\s-][A-Za-z]+)*|an?(?:[\s-][A-Za-z]+)+)\s*(?:\\right)?\)")


_OPENING = frozenset([*_VALUES, *_ALONE, *_ORDINALS, "minus", "negative", "the", "a", "an", "half", "quarter"])


def may_begin(word: str) -> bool:
    """A quick look: whether a text that begins with a word may be spelt out in numerals."""
    return not word.isascii() or word.lower() in _OPENING


def spell_out(text: str) -> str:
    """The text with numerals for number words, when the text begins with one; other text comes back unchanged."""
    if not text.isascii() and (said := from_chinese(text)) is not None:
        return said
    if bracketed := _BRACKETED.fullmatch(text):
        text = bracketed[1]
    if not text[:1].isalpha():
        return text
    if sign := _SIGN.match(text):
        rest = text[sign.end() :]
        if rest.lower() == "infinity":
            return "-infinity"
        number = spell_out(rest)
        return "-" + number if number[:1].isdigit() or number.startswith("\\frac") else text
    if ordinal := _ORDINAL.fullmatch(text):
        value = _VALUES.get((ordinal[1] or "zero").lower(), 0) + _ORDINALS[ordinal[2].lower()]
        return f"{value}th{ordinal[3] or ''}"
    if scale := _ALONE.get(text.lower()):
        return str(scale)
    if dozen := _DOZEN.match(text):
        return ("6" if dozen[1] else "12") + text[dozen.end() :]
    if part := _ONE_PART.match(text):
        return rf"\frac{{1}}{{{_PARTS[(part[1] or part[0]).lower()]}}}" + text[part.end() :]
    match = _PHRASE.match(text)
    return _with_part(_english(match.group().lower()), text, match.end()) if match else text


def _with_part(whole: int, text: str, end: int) -> str:
    """A whole number with what follows it: `two thirds`, `two and a half`, `three point five`, or anything else as it is."""
    if point := _POINT.match(text, end):
        digits = "".join(str(_VALUES[word]) for word in re.findall(r"[a-z]+", point[1].lower()))
        return f"{whole}.{digits}" + text[point.end() :]
    if part := _PART.match(text, end):
        below = _PARTS[part[2].lower()]
        above = 1 + whole * below if "and" in part[1].lower() else whole
        return rf"\frac{{{above}}}{{{below}}}" + text[part.end() :]
    return str(whole) + text[end:]


def _english(words: str) -> int:
    total = part = 0
    for word in re.split(r"[\s-]+", words):
        if word in _VALUES:
            part += _VALUES[word]
        elif word in ("a", "an"):
            part = 1
        elif word == "hundred":
            part *= 100
        elif word in _SCALES:
            total += part * _SCALES[word]
            part = 0
    return total + part
