r"""Notations of physics, said in ones that the grammar has: products of vectors, derivatives of fields, brackets and fonts.

Where one text writes a letter both plain and as a vector or in a font of its own, these are two things, as in `\vec{r}/r^3`.
"""

from __future__ import annotations

import re

from rewardkit.answers.notation.rewriting import Notation, by_hint

__all__ = ["FIELDS"]

_VECTOR = r"\\(?:vec|mathbf|overrightarrow|boldsymbol)\s*(?:\{\s*([a-zA-Z])\s*\}|([a-zA-Z])(?![a-zA-Z]))"
_NABLA = r"(?:\\(?:vec|mathbf|overrightarrow|boldsymbol)\s*)?\{?\s*\\nabla\s*\}?"
_LETTER = re.compile(
    r"(?<!hat\{)(?<!hat)\\(vec|mathbf|overrightarrow|boldsymbol|bm|mathcal|mathscr)\s*(?:\{\s*([a-zA-Z])\s*\}|([a-zA-Z])(?![a-zA-Z]))"
)
_COMMAND = re.compile(r"\\(?:text|mathrm|operatorname|mbox)\s*\{[^{}]*\}|\\[a-zA-Z]+")


def _scalar(found: re.Match[str]) -> str:
    """A scalar product, which has no order, as one name."""
    return rf"\hat{{{'o'.join(sorted((found[1] or found[2], found[3] or found[4])))}}}"


def _told_apart(found: re.Match[str]) -> str:
    """Letters in a font under a name of their own, where the text has them plain as well."""
    text = found[0]
    plain = _COMMAND.sub(" ", _LETTER.sub(" ", text))

    def named(letter: re.Match[str]) -> str:
        name = letter[2] or letter[3]
        return rf"\hat{{{name}{'c' if letter[1] in ('mathcal', 'mathscr') else 'v'}}}" if name in plain else letter[0]

    return _LETTER.sub(named, text)


_ROWS = (
    Notation(
        ("\\left", "\\right"),
        re.compile(r"\\(?:left\s*(<)|right\s*>)"),
        lambda found: "\\langle " if found[1] else "\\rangle ",
        whole=False,
        example=r"\left<x\right>",
        becomes=r"\langle x\rangle ",
        unlike=r"\left(x\right)",
    ),
    Notation(
        ("{\\rm ", "{ \\rm "),
        re.compile(r"\{\s*\\rm\s+([^{}\\]{1,40})\}"),
        r"\\mathrm{\1}",
        whole=False,
        example=r"T_{\rm max}",
        becomes=r"T_\mathrm{max}",
        unlike=r"{\rm\alpha}",
    ),
    # A product across has an order and is another than the scalar product.
    Notation(
        ("times",),
        re.compile(rf"{_VECTOR}\s*\\times\s*{_VECTOR}"),
        r"\\hat{\1\2x\3\4}",
        whole=False,
        example=r"\vec{a}\times\vec{b}",
        becomes=r"\hat{axb}",
        unlike=r"a\times b",
    ),
    Notation(
        ("\\cdot",),
        re.compile(rf"{_VECTOR}\s*\\cdot\s*{_VECTOR}"),
        _scalar,
        whole=False,
        example=r"\vec{b}\cdot\vec{a}",
        becomes=r"\hat{aob}",
        unlike=r"a\cdot b",
    ),
    Notation(
        ("\\nabla",),
        re.compile(rf"{_NABLA}\s*\\(cdot|times)(?![a-zA-Z])"),
        r"\\nabla\1 ",
        whole=False,
        example=r"\nabla\times\mathbf{B}",
        becomes=r"\nablatimes \mathbf{B}",
        unlike=r"\nabla^2 f",
    ),
    Notation(
        ("\\vec", "\\mathbf", "\\overrightarrow", "\\boldsymbol", "\\bm", "\\mathcal", "\\mathscr"),
        re.compile(r".*", re.DOTALL),
        _told_apart,
        whole=True,
        example=r"\frac{\vec{r}}{r^3}",
        becomes=r"\frac{\hat{rv}}{r^3}",
        unlike=r"\vec{F}=q\vec{E}",
    ),
)
FIELDS = by_hint(_ROWS)
