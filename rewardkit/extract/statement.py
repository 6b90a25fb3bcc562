"""What a completion states as its answer, and the small readings of text that the steps share."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

__all__ = ["DRESS", "TAIL", "Method", "Reason", "Statement", "closing_lines", "first_sentence", "fold", "tidy"]

# A conclusion stands near the end: the soft steps read no more than this many characters of it.
TAIL = 32_768

DRESS = " \t\r\n*_`\"'“”"

_SENTENCE_END = re.compile(r"(?<=[^\d\s.])\.(?=\s|$)|(?<=\d)\.(?=\s+[^\d\s]|\s*$)|[。！!？?](?=\s|$|[一-鿿])")


class Method(str, Enum):
    """The dress in which an answer was found."""

    ANSWER_TAG = "answer_tag"
    CORRECTION = "correction"
    JSON = "json"
    LABEL = "label"
    BOXED = "boxed"
    HASH = "hash"
    PHRASE = "phrase"
    BOLD = "bold"
    LAST_LINE = "last_line"
    NONE = "none"


class Reason(str, Enum):
    """Whether there is an answer, and if not, why."""

    FOUND = "found"
    NO_ANSWER = "no_answer"
    AMBIGUOUS = "ambiguous"


class Statement(NamedTuple):
    """The final answer of a text, or why there is none.

    Attributes:
        text: The answer; None unless `reason` is FOUND.
        method: The step that decided.
        reason: Whether there is an answer, and if not, why.
        alternatives: The answers offered, when they are several.
        inside: The dress that the answer wears within that of `method`: a box in an answer tag.
    """

    text: str | None
    method: Method
    reason: Reason = Reason.FOUND
    alternatives: tuple[str, ...] = ()
    inside: Method | None = None

    @property
    def marked(self) -> bool:
        """Whether the completion says that this is its answer, and it is not merely what stands last."""
        return self.method not in (Method.LAST_LINE, Method.BOLD, Method.NONE)

    @property
    def dress(self) -> Method:
        """The innermost dress of the answer."""
        return self.inside or self.method

    @property
    def how(self) -> str:
        """The way to the answer in words: `answer_tag+boxed`."""
        return self.method.value if self.inside is None else f"{self.method.value}+{self.inside.value}"


def first_sentence(line: str) -> str:
    """The line up to the end of its first sentence; a point inside mathematics or a bracket ends none."""
    for end in _SENTENCE_END.finditer(line):
        head = line[: end.start()]
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
