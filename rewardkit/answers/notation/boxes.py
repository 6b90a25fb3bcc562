"""The boxes around an answer, taken off."""

from __future__ import annotations

import re

__all__ = ["boxes"]

_BOX = re.compile(r"\\f?boxed\s*\{|\\beginboxed\s*\{")
_BRACE = re.compile(r"\\[{}\\]|[{}]")
_GAP = r"(?:[\s,.;:$*\\()\[\]{}]|\\q?quad|\\text(?=\s*\{)){0,30}"
_JOIN = re.compile(_GAP + r"(?:,|;|and\b|or\b|und\b|et\b|和|或|且|、)" + _GAP, re.IGNORECASE)
_JOIN_WORDS = re.compile(r"(?!.*\b(?:but|thus|so|then|not|wait)\b)[^.\d]{0,20}\band\b[^.]{0,20}", re.IGNORECASE)


def boxes(text: str, *, nested: int = 0) -> str:
    r"""The boxed parts of a text: the last run of boxes with nothing but punctuation or a conjunction between them.

    A prefix such as `x \in` on the line of the only box is not kept. Without a box the text comes back unchanged; an
    unclosed box runs to the end of the text.
    """
    found: list[str] = []
    end = -1
    for match in _BOX.finditer(text):
        if match.start() < end:
            continue
        start = match.end()
        close = _closing(text, start)
        between = text[end : match.start()][:60]
        if found and not (_JOIN.fullmatch(between) or _JOIN_WORDS.fullmatch(between)):
            found = []
        found.append(text[start:close])
        end = close + 1
    if not found:
        return text
    unique = list(dict.fromkeys(found))
    inner = ", ".join(unique[-20:])
    return inner if nested > 3 or not _BOX.search(inner) else boxes(inner, nested=nested + 1)


def _closing(text: str, start: int) -> int:
    depth = 1
    for match in _BRACE.finditer(text, start):
        mark = match.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
            if not depth:
                return match.start()
    return len(text)
