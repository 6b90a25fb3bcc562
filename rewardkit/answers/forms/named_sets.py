r"""Sets that have a name or a description in words: `\\mathbb{R}^+`, `all positive integers`, `no solution`."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["HALF_LINES", "set_in_words"]

HALF_LINES: Mapping[str, str] = {
    **dict.fromkeys(("𝔹R", "𝔹R+-"), "R"),
    **dict.fromkeys(("𝔹R+", "𝔹R>0", "𝔹R++"), ">"),
    **dict.fromkeys(("𝔹R>=0", r"𝔹R\ge0", r"𝔹R\geq0"), ">="),
    **dict.fromkeys(("𝔹R-", "𝔹R<0"), "<"),
    **dict.fromkeys(("𝔹R<=0", r"𝔹R\le0", r"𝔹R\leq0"), "<="),
}
"""Names of sets of reals as the parser spells them, and how their members compare with zero; R for all."""

_NOTHING = re.compile(
    r"(?:there (?:is|are) |(?:equation|system|inequality) has )?no (?:real )?(?:solutions?|roots?)(?: exists?)?"
    r"|(?:empty|null) set"
)
_DESCRIBED = re.compile(
    r"(?:set of )?(?:all |any |every )?(?:(positive|negative|non-?negative|non-?positive|non-?zero) )?"
    r"(?:real|real numbers?|reals|(integers?))(?: ([a-z]))?"
)
_REALS = {
    "": r"\mathbb{R}",
    "positive": r"(0,\infty)",
    "negative": r"(-\infty,0)",
    "nonnegative": r"[0,\infty)",
    "nonpositive": r"(-\infty,0]",
    "nonzero": r"(-\infty,0)\cup(0,\infty)",
}
_INTEGERS = {"": r"\mathbb{Z}", "positive": r"\mathbb{Z}^+"}


def set_in_words(words: str) -> str | None:
    """The set, in LaTeX, that normalised words stand for; None for other words."""
    if _NOTHING.fullmatch(words):
        return r"\emptyset"
    found = _DESCRIBED.fullmatch(words)
    if found is None:
        return None
    sign = (found[1] or "").replace("-", "")
    plural = words.endswith("s") or found[3] or words.startswith(("all ", "any ", "every ", "set "))
    return (_INTEGERS if found[2] else _REALS).get(sign) if plural else None
