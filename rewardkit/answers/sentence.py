"""The mathematics inside a sentence, for an answer given in words.

`Therefore the angle is 90 degrees` offers 90 degrees.
Only the last thing that could be the answer is offered, so that a sentence cannot win by naming many numbers.
"""

from __future__ import annotations

import re

__all__ = ["last_mathematics"]

MAX_SENTENCE = 600

_MARKS = re.compile(r"<\|[^|<>]{1,40}\|>.*", re.DOTALL)
_SPAN = re.compile(r"\$\$?([^$]{1,400})\$\$?|\\\((.{1,400}?)\\\)|\\\[(.{1,400}?)\\\]|\[([^\[\]]{1,60})\]", re.DOTALL)
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
    last: str | None = None
    end = 0
    for match in _SPAN.finditer(text):
        last, end = next(group for group in match.groups() if group is not None), match.end()
    for match in _NUMBER.finditer(text, end):
        last = match.group().strip().rstrip(",")
    return last
