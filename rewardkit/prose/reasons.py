"""The reason that a sentence ends with: of "m is 6, since 2^6 = 64" the 64 is no answer."""

from __future__ import annotations

import re

from rewardkit.prose.glue import BECAUSE

__all__ = ["REASON", "without_reason"]

# "As" needs its comma: "as well".
REASON = re.compile(rf",\s+{BECAUSE}\s|\s(?:because|since)\s", re.IGNORECASE)
_END = re.compile(r"[.!?\n]\s")
_DIGIT = re.compile(r"\d")


def without_reason(text: str) -> str:
    """The text without the reason that its last sentence ends with, where a number stands before that."""
    if not ("because" in text or "since" in text or ", " in text):
        return text
    sentence = max((end.end() for end in _END.finditer(text)), default=0)
    reason = REASON.search(text, sentence)
    return text[: reason.start()] if reason and _DIGIT.search(text, sentence, reason.start()) else text
