"""Whether a text is words around a number, or one formula, where a grammar might read it as either."""

from __future__ import annotations

import re

from rewardkit.answers.notation.tokens import is_known_word

__all__ = ["is_formula", "is_wordy"]

LONGEST = 2_000  # characters
TOLD = 3  # words of a clause
_CLAUSE = re.compile(r"[,;:]\s")
_SIGNS = re.compile(r"[=<>^_\\{}+*|]")

# "Ok, 42", "C'est 42"
_LED = re.compile(r"(?:[^\W\d_]['’])?[^\W\d_]{2,}[,:]?\s[\d.,]*\d[.!]?")
_WORD = re.compile(r"[^\W\d_]{2,}")
# "42, I believe"
_AFTERTHOUGHT = re.compile(r"[\d.,]*\d[,;]\s+[A-Za-z][A-Za-z'’]*(?:\s[A-Za-z'’]+){1,8}\W*")
_COUNTED = re.compile(r"\d[\d,]*((?:\s[A-Za-z]{3,}){2,4})")
_SAID = re.compile(
    r"(?<![\\A-Za-z])[^\W\d_]{2,}|\\(?:text|mbox|mathrm|operatorname)|[^\x00-\x7f]|[,;:?!<>~]|!=|=[^=]*=|\.\."
    r"|\d\s?-\s?[\d.]+(?![\d.\\A-Za-z^(])"  # a range
)
_FORMULA = re.compile(r"[=<>^_\\{}+*|]|\d[A-Za-z]")


def is_wordy(text: str) -> bool:
    """Whether a text is words around a number, and no formula, although a grammar might read it as one."""
    if len(text) >= LONGEST:
        return False
    if text[:1].isdigit():
        return _AFTERTHOUGHT.fullmatch(text) is not None or _is_described(text) or _is_told(text)
    if _FORMULA.search(text):
        return False
    words = _WORD.findall(text)
    return len(words) > 1 or (len(words) == 1 and _LED.fullmatch(text) is not None and not is_known_word(words[0].lower()))


def _is_described(text: str) -> bool:
    """Whether a text is a number and plain words that say what it counts: "24 wax candles"."""
    counted = _COUNTED.fullmatch(text)
    return counted is not None and not any(is_known_word(word.lower()) for word in counted[1].split())


def _is_told(text: str) -> bool:
    """Whether a clause of a text is told in words: "200 − 50 = 150, so she has 150"."""
    told = (_WORD.findall(clause) for clause in _CLAUSE.split(text) if not _SIGNS.search(clause))
    return any(sum(not is_known_word(word.lower()) for word in words) >= TOLD for words in told)


def is_formula(text: str) -> bool:
    """Whether a text is one formula without a word, an alternative or a sign that compares."""
    return _SAID.search(text) is None
