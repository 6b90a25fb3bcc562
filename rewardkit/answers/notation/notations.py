r"""Whole notations that the grammar lacks, said in ones that it has: `]0,1[`, `0.1(6)`, `0xFF`, `1011 base 2`, `3 squared`."""

from __future__ import annotations

import re
from itertools import permutations

from rewardkit.answers.notation.rewriting import Notation, by_hint
from rewardkit.answers.notation.selections import NUMBER, selected
from rewardkit.answers.units import is_unit_word

__all__ = ["NOTATIONS"]

MAX_PERMUTED = 4


_JOINS = r"\\cup|\\cap|\\in|\\setminus|\\left|\\right|\\text\s*\{\s*(?:or|and)\s*\}|[=:,;]"
_DOTS = r"\s*\\[lc]?dots[a-z]?"
_LETTERS = "[A-Za-zΩμ]+"
_UNIT = rf"(?:{_LETTERS}|\\text\{{°[CF]\}})(?:\^\{{?-?\d\}}?)?"

_BASES = {"two": 2, "binary": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "octal": 8, "nine": 9}
_BASES |= {"ten": 10, "eleven": 11, "twelve": 12, "sixteen": 16}
_BASE = rf"(\d{{1,2}}|{'|'.join(_BASES)})"

_TUPLE = re.compile(r"\(([^()]*)\)")
_NAMED = re.compile(r"\([a-z](?:\s*,\s*[a-z])*\)\s*(?:=|\\in)")
_BETWEEN_TUPLES = re.compile(r"(?:[\s,;{}]|and|\\text|\\left|\\right)*")
_ALTERNATIVE = re.compile(r"\\cup(?![a-zA-Z])")
_INEQUALITY = re.compile(r"<|>|\\(?:le|ge|leq|geq|leqslant|geqslant|lt|gt|ne|neq)(?![a-zA-Z])")
_BRACKETS = re.compile(r"[()\[\]|]|\\mid")


def _inward(found: re.Match[str]) -> str:
    """An interval without its ends, as it is written in French, in round brackets."""
    before, space, opener, inside, dress, closer = found.groups()
    return f"{before}{space}{'(' if opener == ']' else '['}{inside}{dress}{')' if closer == '[' else ']'}"


def _in_base(found: re.Match[str]) -> str:
    name = found[2] or found[3]
    return f"{found[1]}_{{{_BASES.get(name, name)}}}"


def _in_code(found: re.Match[str]) -> str:
    return f"{found[1]}_{{2}}" if found[1] else f"{found[2]}_{{8}}" if found[2] else str(int(found[3], 16))


def _hexadecimal(found: re.Match[str]) -> str:
    digits, base = found[1], int(found[2])
    return found[0] if digits.isdigit() or any(int(c, 16) >= base for c in digits) else str(int(digits, base))


def _raised(found: re.Match[str]) -> str:
    return f"{found[1]}^{{{2 if found[2] else 3 if found[3] else found[4] or found[5]}}}"


def _all_orders(found: re.Match[str]) -> str:
    """A tuple and its permutations as the list of them."""
    body = _NAMED.sub("", found[1])
    if _BETWEEN_TUPLES.fullmatch(_TUPLE.sub("", body)) is None:
        return found[0]
    orders: list[str] = []
    for inside in _TUPLE.findall(body):
        parts = [part.strip() for part in inside.split(",")]
        if not 2 <= len(parts) <= MAX_PERMUTED:
            return found[0]
        turns = [parts[at:] + parts[:at] for at in range(len(parts))] if found[2] else permutations(parts)
        orders += [f"({','.join(turn)})" for turn in turns]
    return ", ".join(dict.fromkeys(orders)) or found[0]


def _all_below(found: re.Match[str]) -> str:
    """A quotient of units without brackets; `5 m/(s t)` is one of names."""
    below = re.sub(r"\\text\{°(.)\}", r"deg\1", found[3]).replace("\\cdot", " ")
    words = [found[2], *re.findall(_LETTERS, below)]
    return f"{found[1]}{below}" if all(map(is_unit_word, words)) and max(map(len, words)) > 1 else found[0]


def _alternatives(found: re.Match[str]) -> str:
    """A union of inequalities as alternatives; a union of sets stays one."""
    pieces = [piece.replace("\\{", "").replace("\\}", "") for piece in _ALTERNATIVE.split(found[0])]
    if all(_INEQUALITY.search(piece) and not _BRACKETS.search(piece) for piece in pieces):
        return r" \text{or} ".join(pieces)
    return found[0]


_ROWS = (
    Notation(
        ("circ", "degree"),
        re.compile(
            r"(?<=[\d})])(?:\s|~|\\[,;:! ])*(?:\^\s*\{?\s*\\(?:circ|degree)\s*\}?|\\degree)(?:\s|~|\\[,;:! ])*"
            r"(?:\\(?:text|textrm|textbf|mathrm|mathbf|rm)\s*\{\s*~?\s*([CF])\s*\}|\{?\\rm\s+([CF])\s*\}?)"
        ),
        r" \\text{°\1\2}",
        whole=False,
        example=r"25^{\circ}~\mathrm{C}",
        becomes=r"25 \text{°C}",
        unlike=r"25^{\circ}",
    ),
    Notation(
        ("color", "arge", "huge"),
        re.compile(r"\\(?:text)?color\s*\{[^{}]{0,40}\}|\\(?:[lL]arge|[hH]uge)(?![a-zA-Z])"),
        lambda found: " " if found.start() else "",
        whole=False,
        example=r"x=\color{red}5",
        becomes="x= 5",
        unlike=r"\text{large}",
    ),
    Notation(
        ("per cent", "Per cent"),
        re.compile(r"(?<=[\d.])\s*per cent\b(?! points?)", re.IGNORECASE),
        r"\\%",
        whole=False,
        example="25 per cent",
        becomes=r"25\%",
        unlike="25 per cent points",
    ),
    Notation(
        (")",),
        re.compile(
            r"(?:\\(?:text|mathrm|mathbf|textbf)\s*\{\s*\([a-hA-H]\)\s*\}|\([a-hA-H]\)(?=[\s~\\]))(?:\s|~|\\[,;: ]|\\q?quad)*"
            r"([-+]?(?:\d|\\[dt]?frac|\\sqrt)[^()]{0,60})"
        ),
        r"\1",
        whole=True,
        example="(b) 8 cm",
        becomes="8 cm",
        unlike="(b)(8+c)",
    ),
    Notation(
        ("\\over",),
        re.compile(r"[^{}]{1,80}\\over(?![a-zA-Z])[^{}]{1,80}"),
        r"{\g<0>}",
        whole=True,
        example=r"x\over 4",
        becomes=r"{x\over 4}",
        unlike=r"\overline{x}+1",
    ),
    Notation(
        ("\\dot",),
        re.compile(r"(-?\d*\.\d*)\\dot\s*\{?\s*(\d)\s*\}?(?:(\d*)\\dot\s*\{?\s*(\d)\s*\}?)?"),
        r"\1\\overline{\2\3\4}",
        whole=True,
        example=r"0.1\dot{4}2\dot{7}",
        becomes=r"0.1\overline{427}",
        unlike=r"\dot{x}",
    ),
    Notation(
        ("dots",),
        re.compile(rf"(-?\d+\.\d*?)(?:(\d)\2{{2,}}|(\d{{2,12}}?)\3+){_DOTS}"),
        r"\1\\overline{\2\3}",
        whole=True,
        example=r"0.1666\ldots",
        becomes=r"0.1\overline{6}",
        unlike=r"0.1\overline{6}",
    ),
    Notation(
        ("dots",),
        re.compile(rf"(-?\d+\.\d+){_DOTS}"),
        r"\1",
        whole=True,
        example=r"3.14159\ldots",
        becomes="3.14159",
        unlike=r"1, 2, \ldots",
    ),
    Notation(
        ("mathbb",),
        re.compile(r"(\\mathbb\s*\{?\s*[RZNQC]\s*\}?(?:\s*\^\s*\{?[+*]\}?)?)\s*-\s*(?=\\\{)"),
        r"\1\\setminus ",
        whole=False,
        example=r"\mathbb{R}-\{0\}",
        becomes=r"\mathbb{R}\setminus \{0\}",
        unlike=r"\mathbb{R}^-",
    ),
    Notation(
        ("{cases",),
        re.compile(r"(?<=[\s{])is (?=[a-z])"),
        "",
        whole=False,
        example=r"\begin{cases}1&n\text{ is odd}\end{cases}",
        becomes=r"\begin{cases}1&n\text{ odd}\end{cases}",
        unlike=r"n\text{ is odd}",
    ),
    Notation(
        ("[", "]"),
        re.compile(
            rf"(^|{_JOINS})(\s*)([\[\]])([^\[\]()]{{1,80}}[,;][^\[\]()]{{1,80}}?)((?:\\right)?\s*)([\[\]])(?=\s*(?:$|{_JOINS}))"
        ),
        _inward,
        whole=False,
        example="x \\in ]0,1]",
        becomes="x \\in (0,1]",
        unlike="[0,1]",
    ),
    Notation(
        (".",),
        re.compile(r"(-?\d+\.\d{0,20})\((\d{1,20})\)"),
        r"\1\\overline{\2}",
        whole=True,
        example="0.1(6)",
        becomes=r"0.1\overline{6}",
        unlike="0.5(x)",
    ),
    Notation(
        ("0",),
        re.compile(r"0(?:[bB]([01]{1,64})|[oO]([0-7]{1,40})|[xX]([\da-fA-F]{1,32}))"),
        _in_code,
        whole=True,
        example="0xFF",
        becomes="255",
        unlike="0x",
    ),
    Notation(
        ("permut",),
        re.compile(
            r"(.*?\))[\s,;]*(?:\\text\s*\{)?[\s(]*(?:and|or|with|up to|along with|together with)\s+"
            r"(?:all |any |its |their |the |of |other )*"
            r"(cyclic )?permutations?(?: (?:thereof|of (?:it|them|these|this|that)))?[\s)}.]*",
            re.IGNORECASE,
        ),
        _all_orders,
        whole=True,
        example="(1,2) and permutations",
        becomes="(1,2), (2,1)",
        unlike="6 permutations",
    ),
    Notation(
        ("base", "_{\\"),
        re.compile(
            rf"([\dA-F]{{1,40}})\s*(?:_\s*\{{?\s*\\(?:text|mathrm)\s*\{{\s*{_BASE}\s*\}}\s*\}}?"
            rf"|(?:\\text\s*\{{)?\s*\(?(?:in )?base[\s-]{_BASE}\)?\s*\}}?)"
        ),
        _in_base,
        whole=True,
        example="1011 base two",
        becomes="1011_{2}",
        unlike="4 bases",
    ),
    Notation(
        ("squared", "cubed", "power"),
        re.compile(
            r"(\d{1,9}|[a-z])\s+(?:(squared)|(cubed)|to the (?:power (?:of )?(-?\d{1,4}|[a-z])|(\d{1,4})(?:st|nd|rd|th) power))"
        ),
        _raised,
        whole=True,
        example="2 to the 10th power",
        becomes="2^{10}",
        unlike="3 inches squared",
    ),
    Notation(
        (" 1", " 2"),
        re.compile(r"(?:in )?(?:the )?(?:year )?(?:of )?([12]\d{3})", re.IGNORECASE),
        r"\1",
        whole=True,
        example="the year 1969",
        becomes="1969",
        unlike="in 69",
    ),
    Notation(
        ("root",),
        re.compile(r"(?:the )?square root of (\d+)", re.IGNORECASE),
        r"\\sqrt{\1}",
        whole=True,
        example="square root of 2",
        becomes=r"\sqrt{2}",
        unlike="cube root of 2",
    ),
    Notation(
        ("/(", "/ ("),
        re.compile(
            rf"((?:[^a-zA-Z\\]|\\(?:times|cdot)(?![a-zA-Z])|\\[,;:! ]){{2,80}}(?<=[\s,;:])({_LETTERS})\s*/)"
            rf" ?\(({_UNIT}(?:\s*\\cdot\s*{_UNIT}|\s+{_UNIT}){{1,4}})\)"
        ),
        _all_below,
        whole=True,
        example="8.314 J/(mol K)",
        becomes="8.314 J/mol K",
        unlike="5 m/(s t)",
    ),
    Notation(
        ("overline",),
        re.compile(r"\\overline\s*\{\s*([A-Z] ?[A-Z])\s*\}?"),
        r"\1",
        whole=True,
        example=r"\overline{AB}",
        becomes="AB",
        unlike=r"\overline{z}",
    ),
    Notation(
        ("egment", "EGMENT"),
        re.compile(r"(?:\\text\s*\{)?(?i:(?:the )?(?:line )?segment)[ }~]+([A-Z] ?[A-Z])\s*\}?"),
        r"\1",
        whole=True,
        example="line segment AB",
        becomes="AB",
        unlike="a segment",
    ),
    Notation(
        ("^",),
        re.compile(r"(\d+)\s*\^\s*\{?\s*(?:\\[a-z]+\s*\{\s*)?(?:st|nd|rd|th)[\s}]*"),
        r"\1th",
        whole=True,
        example=r"3^{\text{rd}}",
        becomes="3th",
        unlike="3^{t}",
    ),
    Notation(
        ("%",),
        re.compile(r"(?:(\d+)\s+)?(\d+)/(\d+)\s*\\?%"),
        r"\1\\frac{\2}{\3}\\%",
        whole=True,
        example=r"33 1/3\%",
        becomes=r"33\frac{1}{3}\%",
        unlike=r"33\%",
    ),
    Notation(
        ("\\$",),
        re.compile(r"\\\$\s*(\d[\d,.]*)\s*(?:\\text\s*\{\s*)?(?:/|per\b)\s*(?:\\text\s*\{\s*)?([a-z]{2,})\s*\}*", re.IGNORECASE),
        r"\1 dollars per \2",
        whole=True,
        example=r"\$5/hour",
        becomes="5 dollars per hour",
        unlike=r"\$5/2",
    ),
    Notation(
        ("_",),
        re.compile(r"(?=[A-F]*\d|.*_\{?16)([\dA-F]{2,12})_\{?(1[1-6])\}?"),
        _hexadecimal,
        whole=True,
        example="FF_{16}",
        becomes="255",
        unlike="AB_{12}",
    ),
    Notation(
        ("\\cup",),
        re.compile(r".*\\cup.*", re.DOTALL),
        _alternatives,
        whole=True,
        example=r"x<1 \cup x>3",
        becomes=r"x<1  \text{or}  x>3",
        unlike=r"[0,1)\cup(1,2]",
    ),
    Notation(
        ("choose",),
        re.compile(rf"{NUMBER}\s+(?:\\text\s*\{{\s*)?choose\s*\}}?\s+{NUMBER}", re.IGNORECASE),
        lambda found: selected("C", found[1], found[2]),
        whole=False,
        example="5 choose 2",
        becomes=r"\binom{5}{2}",
        unlike="choose 2",
    ),
    Notation(
        ('"',),
        re.compile(r'(?=.*\\(?:degree|circ)).*".*', re.DOTALL),
        lambda found: found[0].replace('"', "''"),
        whole=True,
        example="60\\degree 42'30\"",
        becomes="60\\degree 42'30''",
        unlike="5'6\"",
    ),
)
NOTATIONS = by_hint(_ROWS)
