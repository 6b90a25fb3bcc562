"""The one form in which words are compared as words."""

from __future__ import annotations

import re

__all__ = ["normal_text"]

_DRESS = re.compile(
    r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathit|mathsf|boldsymbol|bm|variable|mbox|operatorname|left|right|displaystyle"
    r"|quad|qquad)(?![a-zA-Z])"
    r"|\\[,;:! ()\[\]]|[$*`]"
)
_WORDS = re.compile(r"[^\w%+\-/.<>=^|&()\[\]]+|(?<=[^\W\d_])\.|\.(?!\d)|_")
_WRAPPED = re.compile(r"\(([^()]*)\)")
_FORMULA = re.compile(r"[=^+*/<>\[\]]|\b(?:frac|sqrt|cdot|times)\b")
_ARTICLES = re.compile(r"\b(?:the|a|an)\b\s*")


def normal_text(text: str) -> str:
    """Words for comparison as words: lower case, no markup, punctuation or articles, single spaces."""
    text = _DRESS.sub(" ", text).replace("{", " ").replace("}", " ").casefold()
    text = " ".join(_WORDS.sub(" ", text).split())
    if not _FORMULA.search(text):
        text = _ARTICLES.sub("", text).strip()
    wrapped = _WRAPPED.fullmatch(text)
    return wrapped[1].strip() if wrapped else text
