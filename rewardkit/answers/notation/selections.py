r"""How selections are counted, as binomials: `C(5,2)`, `{}_5C_2`, `C_5^2`. It is a second reading: C, P and A may be points."""

from __future__ import annotations

import re

from rewardkit.answers.notation.rewriting import Notation, by_hint, rewrite

__all__ = ["NUMBER", "SELECTIONS", "counted", "selected"]

NUMBER = r"\{?\s*(\d{1,4}|[a-z])\s*\}?"


def selected(kind: str, one: str, other: str) -> str:
    """A selection without order for the kind C, else one with order, whichever number comes first."""
    if one.isdigit() and other.isdigit() and int(one) < int(other):
        one, other = other, one
    return rf"\binom{{{one}}}{{{other}}}" if kind == "C" else rf"\frac{{{one}!}}{{({one}-{other})!}}"


_ROWS = (
    Notation(
        ("C", "P", "A"),
        re.compile(rf"\b([CPA])\s*\(\s*{NUMBER}\s*,\s*{NUMBER}\s*\)"),
        lambda found: selected(found[1], found[2], found[3]),
        whole=False,
        example="C(5,2)",
        becomes=r"\binom{5}{2}",
        unlike="C(5,2,1)",
    ),
    Notation(
        ("nCr", "nPr"),
        re.compile(rf"\bn([CP])r\s*\(\s*{NUMBER}\s*,\s*{NUMBER}\s*\)"),
        lambda found: selected(found[1], found[2], found[3]),
        whole=False,
        example="nPr(5,2)",
        becomes=r"\frac{5!}{(5-2)!}",
        unlike="np(5,2)",
    ),
    Notation(
        ("C", "P", "A"),
        re.compile(rf"\b([CPA])\s*_\s*{NUMBER}\s*\^\s*{NUMBER}"),
        lambda found: selected(found[1], found[2], found[3]),
        whole=False,
        example="C_5^2",
        becomes=r"\binom{5}{2}",
        unlike="C_5",
    ),
    Notation(
        ("C", "P", "A"),
        re.compile(rf"\b([CPA])\s*\^\s*{NUMBER}\s*_\s*{NUMBER}"),
        lambda found: selected(found[1], found[2], found[3]),
        whole=False,
        example="C^2_5",
        becomes=r"\binom{5}{2}",
        unlike="C^2",
    ),
    Notation(
        ("C", "P"),
        re.compile(rf"(?:\{{\}}\s*)?[_^]?\s*{NUMBER}\s*([CP])(?=\s*[\d_{{]|(?<=n[CP])r)\s*_?\s*{NUMBER}(?![_\d])"),
        lambda found: selected(found[2], found[1], found[3]),
        whole=False,
        example="{}_5C_2",
        becomes=r"\binom{5}{2}",
        unlike="5C x",
    ),
)
SELECTIONS = by_hint(_ROWS)
# A quick look, as capitals alone are no hint.
_COUNTING = re.compile(r"n[CP]r|[CPA]\s*[\d(_^{]")


def counted(cleaned: str) -> str:
    """The text with its selections counted; other text comes back unchanged."""
    return rewrite(cleaned, SELECTIONS) if _COUNTING.search(cleaned) else cleaned
