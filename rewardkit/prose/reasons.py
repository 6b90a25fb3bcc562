"""The reason that a sentence ends with: of "m is 6, since 2^6 = 64" the 64 is no answer."""

from __future__ import annotations

import re

__all__ = ["without_reason"]

_REASON = re.compile(r",\s(?:because|since|as)\s|\sbecause\s", re.IGNORECASE)
_END = re.compile(r"[.!?\n]\s")
_DIGIT = re.compile(r"\d")


def without_reason(text: str) -> str:
    """The text without the reason that its last sentence ends with, where a number stands before that."""
    if "because" not in text and ", " not in text:
        return text
    sentence = max((end.end() for end in _END.finditer(text)), default=0)
    reason = _REASON.search(text, sentence)
    return text[: reason.start()] if reason and _DIGIT.search(text, sentence, reason.start()) else text
