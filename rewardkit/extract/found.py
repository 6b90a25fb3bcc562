"""What an extraction step finds, and the small readings of text that the steps share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["DRESS", "TAIL", "Extraction", "closing_lines", "first_sentence", "fold", "holds_any", "tidy"]

# A conclusion stands near the end: the soft steps read no more than this many characters of it.
TAIL = 32_768


_SENTENCE_END = re.compile(r"(?<=[^\d\s.])\.(?=\s|$)|(?<=\d)\.(?=\s+[^\d\s]|\s*$)|[。！!？?](?=\s|$|[一-鿿])")


DRESS = " \t\r\n*_`\"'“”"


class Extraction(NamedTuple):
    """The final answer of a text, or why there is none.

    `text` is None unless `reason` is "found"; otherwise `reason` is "no_answer" or "ambiguous". `method` names
    the step that decided. `alternatives` lists the answers offered when they are several.
    """

    text: str | None
    method: str
    reason: str = "found"
    alternatives: tuple[str, ...] = ()

    @property
    def marked(self) -> bool:
        """Whether the completion says that this is its answer, and it is not merely what stands last."""
        return self.method not in ("last_line", "bold", "none")


def holds_any(text: str, pieces: Sequence[str]) -> bool:
    """Whether any of the pieces is in a text."""
    for piece in pieces:  # noqa: SIM110 - asked of every text, and a generator costs more than the looking
        if piece in text:
            return True
    return False


def first_sentence(line: str) -> str:
    """The line up to the end of its first sentence; a point inside mathematics or a bracket ends none."""
    for end in _SENTENCE_END.finditer(line):
        head = line[: end.start()]
        # A stop inside mathematics or a bracket ends no sentence.
        if head.count("$") % 2 == 0 and head.count("{") <= head.count("}") and head.strip():
            return head
    return line


def closing_lines(text: str, count: int) -> str:
    """The last `count` lines that are not empty."""
    tail = text[-TAIL:].rstrip()
    start = len(tail)
    for _ in range(count):
        start = tail.rfind("\n", 0, max(0, start))
        while start > 0 and not tail[tail.rfind("\n", 0, start) + 1 : start].strip() and count > 1:
            start = tail.rfind("\n", 0, start)
        if start < 0:
            return tail
    return tail[start + 1 :]


def tidy(value: str) -> str:
    """The text without markdown, quotes and a closing point."""
    value = value.strip(DRESS)
    if value.endswith(".") and not value.endswith(".."):
        value = value[:-1]
    return value.strip(DRESS)


def fold(value: str) -> str:
    """The form in which two alternatives are one."""
    return "".join(value.split()).strip("$.").casefold()
