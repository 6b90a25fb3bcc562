r"""Whole notations that the grammar lacks, said in ones that it has: `]0,1[`, `0.1(6)`, `0xFF`, `1011 base 2`, `3 squared`.

Each rewriting works on cleaned text and looks at the notation alone. Text without any comes back unchanged, after a
few tests for what such notations have in them.
"""

from __future__ import annotations

import re
from itertools import permutations

__all__ = ["rewritten"]

MAX_LENGTH = 400
MAX_PERMUTED = 4

_STYLE = re.compile(r"\\(?:text)?color\s*\{[^{}]{0,40}\}|\\(?:[lL]arge|[hH]uge)(?![a-zA-Z])")
# What is said of a name in a case: `n \\text{ is odd}`.
_IS = re.compile(r"(?<=[\s{])is (?=[a-z])")
_WITHOUT = re.compile(r"(\\mathbb\s*\{?\s*[RZNQC]\s*\}?(?:\s*\^\s*\{?[+*]\}?)?)\s*-\s*(?=\\\{)")
_VECTOR = r"\\(?:vec|mathbf|overrightarrow|boldsymbol)\s*(?:\{\s*([a-zA-Z])\s*\}|([a-zA-Z])(?![a-zA-Z]))"
# A product across has an order and is another than the scalar product.
_CROSS = re.compile(rf"{_VECTOR}\s*\\times\s*{_VECTOR}")
_OVER = re.compile(r"[^{}]{1,80}\\over(?![a-zA-Z])[^{}]{1,80}")

_JOINS = r"\\cup|\\cap|\\in|\\setminus|\\left|\\right|\\text\s*\{\s*(?:or|and)\s*\}|[=:,;]"
_OUTWARD = re.compile(
    rf"(^|{_JOINS})(\s*)([\[\]])([^\[\]()]{{1,80}}[,;][^\[\]()]{{1,80}}?)((?:\\right)?\s*)([\[\]])(?=\s*(?:$|{_JOINS}))"
)

_DOTTED = re.compile(r"(-?\d*\.\d*)\\dot\s*\{?\s*(\d)\s*\}?(?:(\d*)\\dot\s*\{?\s*(\d)\s*\}?)?")
_BRACKETED = re.compile(r"(-?\d+\.\d{0,20})\((\d{1,20})\)")
_GOES_ON = re.compile(r"(-?\d+\.\d*?)(?:(\d)\2{2,}|(\d{2,12}?)\3+)\s*\\(?:l|c)?dots[a-z]?")
_CUT_OFF = re.compile(r"(-?\d+\.\d+)\s*\\(?:l|c)?dots[a-z]?")

_BASES = {"two": 2, "binary": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "octal": 8, "nine": 9}
_BASES |= {"ten": 10, "eleven": 11, "twelve": 12, "sixteen": 16}
_BASE = rf"(\d{{1,2}}|{'|'.join(_BASES)})"
_WRITTEN_BASE = re.compile(
    rf"([\dA-F]{{1,40}})\s*(?:_\s*\{{?\s*\\(?:text|mathrm)\s*\{{\s*{_BASE}\s*\}}\s*\}}?"
    rf"|(?:\\text\s*\{{)?\s*\(?(?:in )?base[\s-]{_BASE}\)?\s*\}}?)"
)
_CODE_BASE = re.compile(r"0(?:[bB]([01]{1,64})|[oO]([0-7]{1,40})|[xX]([\da-fA-F]{1,32}))")

_POWER = re.compile(
    r"(\d{1,9}|[a-z])\s+(?:(squared)|(cubed)|to the (?:power (?:of )?(-?\d{1,4}|[a-z])|(\d{1,4})(?:st|nd|rd|th) power))"
)

_PERMUTED = re.compile(
    r"(.*?\))[\s,;]*(?:\\text\s*\{)?[\s(]*(?:and|or|with|up to|along with|together with)\s+"
    r"(?:all |any |its |their |the |of |other )*"
    r"(cyclic )?permutations?(?: (?:thereof|of (?:it|them|these|this|that)))?[\s)}.]*",
    re.IGNORECASE,
)
_TUPLE = re.compile(r"\(([^()]*)\)")
_NAMED = re.compile(r"\([a-z](?:\s*,\s*[a-z])*\)\s*(?:=|\\in)")
_BETWEEN = re.compile(r"(?:[\s,;{}]|and|\\text|\\left|\\right)*")


def rewritten(cleaned: str) -> str:
    """The text in a notation of the grammar, or unchanged, as is text over 400 characters."""
    if len(cleaned) > MAX_LENGTH:
        return cleaned
    text = cleaned
    if "\\" in text:
        if "color" in text or "arge" in text or "huge" in text:
            text = _STYLE.sub(" ", text).strip()
        if "\\over" in text and _OVER.fullmatch(text):
            return f"{{{text}}}"
        if "dot" in text and "cdot" not in text:
            return _recurring(text)
        if "mathbb" in text and "-" in text:
            text = _WITHOUT.sub(r"\1\\setminus ", text)
        if "{cases" in text:
            return _IS.sub("", text)
        if "times" in text and _CROSS.search(text):
            return _CROSS.sub(lambda found: rf"\hat{{{'x'.join(filter(None, found.groups()))}}}", text)
    if "[" in text or "]" in text:
        return _OUTWARD.sub(_inward, text)
    if text.endswith(")") and _BRACKETED.fullmatch(text):
        return _recurring(text)
    if text[:1] == "0" and (code := _CODE_BASE.fullmatch(text)):
        return f"{code[1]}_{{2}}" if code[1] else f"{code[2]}_{{8}}" if code[2] else str(int(code[3], 16))
    if "permut" in text:
        return _all_orders(text)
    if "base" in text or "_{\\" in text:
        written = _WRITTEN_BASE.fullmatch(text)
        return f"{written[1]}_{{{_BASES.get(name := written[2] or written[3], name)}}}" if written else text
    if ("ed" in text or "power" in text) and (power := _POWER.fullmatch(text)):
        return f"{power[1]}^{{{2 if power[2] else 3 if power[3] else power[4] or power[5]}}}"
    return text


def _inward(found: re.Match[str]) -> str:
    """`]0,1[`, as an interval without its ends is written in French, in round brackets."""
    before, space, opener, inside, dress, closer = found.groups()
    return f"{before}{space}{'(' if opener == ']' else '['}{inside}{dress}{')' if closer == '[' else ']'}"


def _recurring(text: str) -> str:
    if dotted := _DOTTED.fullmatch(text):
        start, first, middle, last = dotted.groups()
        return rf"{start}\overline{{{first}{middle or ''}{last or ''}}}"
    if bracketed := _BRACKETED.fullmatch(text):
        return rf"{bracketed[1]}\overline{{{bracketed[2]}}}"
    if goes_on := _GOES_ON.fullmatch(text):
        return rf"{goes_on[1]}\overline{{{goes_on[2] or goes_on[3]}}}"
    cut_off = _CUT_OFF.fullmatch(text)
    return cut_off[1] if cut_off else text


def _all_orders(text: str) -> str:
    """`(1,2,3) and permutations` as the list of them."""
    found = _PERMUTED.fullmatch(text)
    if found is None:
        return text
    body = _NAMED.sub("", found[1])
    if _BETWEEN.fullmatch(_TUPLE.sub("", body)) is None:
        return text
    orders: list[str] = []
    for inside in _TUPLE.findall(body):
        parts = [part.strip() for part in inside.split(",")]
        if not 2 <= len(parts) <= MAX_PERMUTED:
            return text
        turns = [parts[at:] + parts[:at] for at in range(len(parts))] if found[2] else permutations(parts)
        orders += [f"({','.join(turn)})" for turn in turns]
    return ", ".join(dict.fromkeys(orders)) or text
