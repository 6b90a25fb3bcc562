"""The mathematics inside a sentence, for an answer given in words.

`Therefore the angle is 90 degrees` offers 90 degrees.
Only the last thing that could be the answer is offered, so that a sentence cannot win by naming many numbers.
"""

from __future__ import annotations

import re

__all__ = ["last_mathematics"]

MAX_SENTENCE = 600

_MARKS = re.compile(r"<\|[^|<>]{1,40}\|>.*", re.DOTALL)
_DELIMITERS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("[", "]"))
_DIGIT = re.compile(r"[\d½¼¾⅓⅔零一二两三四五六七八九十百千万]")
_NUMBER = re.compile(
    r"(?<![\w.\\{^/])(?<!modulo )(?<!mod )(?<!base )(?:[-−+](?=[\d.½¼¾⅓⅔])|(?<!\d)[-−+]\s?(?=\d))?[$€£]?"
    r"(?:\d[\d,]*(?:\.\d+)?(?:\s?/\s?\d+)?[½¼¾⅓⅔]?|\.\d+|[½¼¾⅓⅔]|[零一二两三四五六七八九十百千万]+(?![\w]))"
    r"(?:[eE][-+]?\d+)?\s?(?:\\?%|°|percent\b|[€$£])?"
)


def last_mathematics(text: str) -> str | None:
    """The last formula or number of a text, of which the last 600 characters count; None without any or past 2400 characters.

    Text without any space, unless it is in a script that has none, is no sentence.
    """
    if len(text) > 4 * MAX_SENTENCE:
        return None
    text = _MARKS.sub("", text).strip().rstrip(".!。 ")
    if text.isascii() and not any(c.isspace() for c in text):
        return None
    if len(text) > MAX_SENTENCE:
        text = text[-MAX_SENTENCE:]
    last, end = _last_formula(text)
    if not _DIGIT.search(text, end):
        return last
    for match in _NUMBER.finditer(text, end):
        last = match.group().strip().rstrip(",")
    return last


def _last_formula(text: str) -> tuple[str | None, int]:
    """The last delimited formula and where it ends, found from its end backwards: earlier delimiters may be unpaired."""
    last: str | None = None
    best = 0
    for opening, closing in _DELIMITERS:
        end = text.rfind(closing)
        start = text.rfind(opening, 0, max(end, 0))
        content = text[start + len(opening) : end].strip() if 0 <= start < end else ""
        if content.strip("$") and end + len(closing) > best:
            last, best = content.strip("$"), end + len(closing)
    return last, best
