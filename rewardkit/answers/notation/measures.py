r"""The amount and the unit of a text that the grammar reads as mathematics: `5 m`, `3\pi cm^2`, `8.3 J mol^{-1} K^{-1}`.

Letters behind a number are names in a formula first. Where all of them are units, and the amount is one that people measure,
they may be the unit; a single letter behind more than a plain number may not, as `3\pi h` is no time.
"""

from __future__ import annotations

import re

from rewardkit.answers.units import is_unit_word, may_be_molar

__all__ = ["split_unit"]

MAX_LENGTH = 120
MAX_FACTORS = 8

_W = r"[A-Za-zΩμµÅ]+"
_RAISED = r"(?:\s*\^\s*(?:\{\s*-?\d\s*\}|\(-?\d\)|-?\d))?"
_POWER_OF_TEN = r"10\s*\^\s*(?:\{\s*-?\d+\s*\}|\(-?\d+\)|-?\d)"
_TEN = rf"(?:\s*(?:\\times|\\cdot|[*x])\s*{_POWER_OF_TEN})?"
_FACTOR = rf"\(?\s*{_W}{_RAISED}\s*\)?"
_UNIT = rf"{_FACTOR}(?:(?:\s*[*/]\s*|\s+per\s+|\s+|(?<=\}}))(?:1\s*/\s*)?{_FACTOR}){{0,{MAX_FACTORS - 1}}}"
_BELOW = rf"/\s*{_UNIT}"
_SPACE = r"(?:\s|(?=/))"
_PLAIN = re.compile(rf"(-?\s*(?:[\d.][\d.,]*{_TEN}|{_POWER_OF_TEN})){_SPACE}\s*({_UNIT}|{_BELOW})")
_LONGER = re.compile(
    r"((?:[-\d.,+*/^{}()\s]|\\(?:pi|sqrt|[dt]?frac|cdot|times)(?![a-zA-Z])){1,80}?)"
    rf"{_SPACE}\s*({_UNIT}|{_BELOW})"
)
_NAMED = re.compile(r"(\\?[A-Za-z]+(?:_(?:\w|\{\\?\w+\}))?\s*=\s*)(?=[-\d.])")
_WORDS = re.compile(_W)
# A command that is in no amount and no unit.
_OTHER_COMMAND = re.compile(r"\\(?!text|math|mbox|rm|operatorname|Omega|AA|angstrom|mu|cdot|[dt]?frac|pi|sqrt|times|[^a-zA-Z])")
_SPELLED = (
    (re.compile(r"\\(?:text|textrm|textbf|mathrm|mathbf|mbox|rm|operatorname)\s*\{((?:[^{}]|\{[^{}]*\})*)\}"), r" \1"),
    (re.compile(r"(?:\\[,;:! ]|~)+"), " "),
    (re.compile(r"\\Omega(?![a-zA-Z])\s*"), "Ω "),
    (re.compile(r"\\(?:AA|angstrom)(?![a-zA-Z])\s*"), "Å "),
    (re.compile(r"\\mu(?![a-zA-Z])\s*(?=[A-Za-zΩ])"), "μ"),
    (re.compile(r"(?<=[A-Za-zΩμµÅ}\d)])\s*\\cdot\s*(?=\(?\s*[A-Za-zΩμµÅ])"), "*"),
    (
        re.compile(r"\\[dt]?frac\s*\{\s*([^{}\d]*(?:\^\{-?\d\}[^{}]*)*)\}\s*\{\s*([^{}\d]+(?:\^\{?-?\d\}?[^{}]*)*)\}$"),
        r" \1/(\2)",
    ),
)
_POWER = re.compile(r"(-?\d[\d.]*)[eE]([-+]?\d{1,3})(?=\s|/)")


def split_unit(cleaned: str) -> tuple[str, str, str] | None:
    r"""The name of an amount with its equals sign, the amount and its unit; None for anything else.

    The name is empty where there is none, `t = ` in `t = 10 \mu m`.
    """
    if not cleaned or len(cleaned) > MAX_LENGTH or cleaned.isdigit():
        return None
    if "=" not in cleaned and _OTHER_COMMAND.search(cleaned):
        return None
    text = _plainly(cleaned)
    named = _NAMED.match(text)
    name, text = (named[1], text[named.end() :].strip()) if named else ("", text)
    if text[:1].isalpha():
        return None
    found = _PLAIN.fullmatch(text) or _LONGER.fullmatch(text)
    if found is None:
        return None
    amount, unit = found[1].strip(), found[2].strip()
    words = [word for word in _WORDS.findall(unit) if word != "per"]
    plain = found.re is _PLAIN
    if unit.count("(") != unit.count(")") or not all(is_unit_word(word) or may_be_molar(word) for word in words):
        return None
    if not plain and len(words) == 1 and len(words[0]) == 1:
        return None
    return name, amount, unit


def _plainly(cleaned: str) -> str:
    text = cleaned
    if "\\" in text or "~" in text:
        for pattern, plain in _SPELLED:
            text = pattern.sub(plain, text)
    text = text.strip()
    if power := _POWER.match(text):
        text = rf"{power[1]}\times 10^{{{int(power[2])}}}{text[power.end() :]}"
    return text
