"""The sentences of a completion, from its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["SENTENCE", "SENTENCE_END", "WINDOW", "sentences_backwards"]

# Conclusions stand at the end, or in the first line with the reasons after it.
WINDOW = 16_000
SENTENCES = 60
SENTENCE = 1_500
# The class in front lets a search jump from sign to sign.
SENTENCE_END = re.compile(r"[.!?？。！\n](?:(?<=[\w)\]\"'*}$][\w)\]\"'*}$][.!])(?=\s|$)|(?<=[?？。！\n])[?？。！\n]*)")


def sentences_backwards(window: str) -> Iterator[tuple[int, int]]:
    """Where the last sentences begin and end; a question concludes nothing."""
    end = len(window)
    marks = [m.span() for m in SENTENCE_END.finditer(window)]
    count = 0
    for start, after in reversed([(0, 0), *marks]):
        if window[after:end].strip() and window[end : end + 1] not in ("?", "？"):
            yield after, end
            count += 1
        end = start
        if count == SENTENCES:
            return
