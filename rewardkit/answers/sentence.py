"""The mathematics inside a sentence, for an answer given in words.

`Therefore the angle is 90 degrees` offers 90 degrees.
Only the last thing that could be the answer is offered, so that a sentence cannot win by naming many numbers.
"""

from __future__ import annotations

import re

from rewardkit.extract.found import holds_any

__all__ = ["is_denied", "last_mathematics"]

MAX_SENTENCE = 600

# What may stand between a denial and what it denies; "it is not hard to see that it is 24" denies nothing.
_DENIED = re.compile(
    r"(?:\b(?:not|never|cannot|neither|nicht|kein|keine|pas|non|niet)|n['’]t|不是|并非|不等于|не)"
    r"(?:\s*\b(?:think|believe|say|that|it|this|is|be|in|been|equals?|to|the|an?|exactly|simply|just|actually|really|possibly|answer|value"
    r"|number|result|es|la|le|der|die|das|de))*[\s$({\\\[]*",
    re.IGNORECASE,
)
# A piece of each denial in small letters; without one of them there is none.
_STEMS = ("no", "never", "neither", "nicht", "kein", "pas", "niet", "n't", "n’t", "不", "并非", "не")
_REFUTED = re.compile(
    r"[\s$)}\\\]]*\b(?:is|was|would be|seems|must be)\s+(?:clearly\s+|definitely\s+)?"
    r"(?:wrong|incorrect|false|impossible|ruled out|not)\b",
    re.IGNORECASE,
)
# "more than 12" says of 12 that it is not the answer; "at least 12" may say that it is the least one.
_COMPARED = re.compile(r"\b(?:more|less|fewer|greater|larger|smaller|bigger|other)\s+than[\s$({\\\[]*", re.IGNORECASE)
NEAR = 60

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
    return None if last is not None and is_denied(text, begin, end) else last


def is_denied(text: str, begin: int, end: int) -> bool:
    """Whether what stands from `begin` to `end` is named only to be denied: "not 24", "it cannot be 24", "24 is wrong"."""
    if _REFUTED.match(text, end, end + NEAR):
        return True
    before = text[max(begin - NEAR, 0) : begin]
    lowered = before.lower()
    if holds_any(lowered, _STEMS) and any(_DENIED.fullmatch(before, found.start()) for found in _DENIED.finditer(before)):
        return True
    return "than" in lowered and any(_COMPARED.fullmatch(before, found.start()) for found in _COMPARED.finditer(before))


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
