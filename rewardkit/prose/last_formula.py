"""The mathematics inside a sentence, for an answer given in words.

`Therefore the angle is 90 degrees` offers 90 degrees.
Only the last thing that could be the answer is offered, so that a sentence cannot win by naming many numbers.
"""

from __future__ import annotations

import re

from rewardkit.prose.stance import stance

__all__ = ["last_mathematics"]

MAX_SENTENCE = 600

_MARKS = re.compile(r"<\|[^|<>]{1,40}\|>.*", re.DOTALL)
_DELIMITERS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("[", "]"))
_DIGIT = re.compile(r"[\d½¼¾⅓⅔零一二两三四五六七八九十百千万]")
_NUMBER = re.compile(
    r"(?<![\w.\\{^/])(?<!modulo )(?<!mod )(?<!base )(?:[-−+](?=[\d.½¼¾⅓⅔])|(?<!\d)[-−+]\s?(?=\d))?[$€£]?"
    r"(?:\d[\d,]*(?:\.\d+)?(?:\s?/\s?\d+|(?::\d+(?:\.\d+)?){1,2}(?:\s?[APap]\.?[Mm]\b\.?)?)?[½¼¾⅓⅔]?|\.\d+|[½¼¾⅓⅔]|[零一二两三四五六七八九十百千万]+(?![\w]))"
    r"(?:[eE][-+]?\d+)?\s?(?:\\?%|°|percent\b|[€$£])?"
)


def last_mathematics(text: str) -> str | None:
    """The last formula or number of a text, of which the last 600 characters count; None without any or past 2400 characters.

    Text without any space, unless it is in a script that has none, is no sentence, and what a sentence denies is not its answer.
    """
    if len(text) > 4 * MAX_SENTENCE:
        return None
    text = _MARKS.sub("", text).strip().rstrip(".!。 ")
    if text.isascii() and not any(c.isspace() for c in text):
        return None
    if len(text) > MAX_SENTENCE:
        text = text[-MAX_SENTENCE:]
    last, begin, end = _last_formula(text)
    if _DIGIT.search(text, end):
        for match in _NUMBER.finditer(text, end):
            last, begin, end = match.group().strip().rstrip(","), match.start(), match.end()
    return last if last is not None and stance(text, begin, end).offers else None


def _last_formula(text: str) -> tuple[str | None, int, int]:
    """The last delimited formula, where it begins and ends; found from its end, as earlier delimiters may be unpaired."""
    last: str | None = None
    begin = best = 0
    for opening, closing in _DELIMITERS:
        end = text.rfind(closing)
        start = text.rfind(opening, 0, max(end, 0))
        content = text[start + len(opening) : end].strip() if 0 <= start < end else ""
        if content.strip("$") and end + len(closing) > best:
            last, begin, best = content.strip("$"), start, end + len(closing)
    return last, begin, best
