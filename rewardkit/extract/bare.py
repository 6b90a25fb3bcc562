"""Answers without a mark: the last formula, number or line."""

from __future__ import annotations

import re

from rewardkit.extract.found import TAIL, Extraction, closing_lines, tidy

__all__ = ["is_operator", "last_line", "last_math", "last_number"]

_NUMBER = re.compile(
    r"[-+−]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?(?:\s*/\s*\d+(?![\d.]))?\s?%?|[-+−]?\.\d+"
)


def last_math(text: str) -> Extraction | None:
    """The last delimited formula, found from its end backwards so that the cost stays linear."""
    lines = closing_lines(text, 6)
    best = (-1, "")
    for opening, closing in (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")):
        end = lines.rfind(closing)
        start = lines.rfind(opening, 0, max(end, 0))
        if 0 <= start < end and end + len(closing) > best[0]:
            content = lines[start + len(opening) : end].strip(" $\n")
            best = (end + len(closing), content) if content else best
    return Extraction(best[1], "last_math") if best[1] else None


def last_number(text: str) -> Extraction | None:
    """The last number of the closing part, with its sign."""
    found = None
    for match in _NUMBER.finditer(text[-TAIL:]):
        found = match
    if found is None:
        return None
    value = found[0].strip()
    if value[0] in "-−+" and is_operator(text[-TAIL:][: found.start()]):
        value = value[1:]
    return Extraction(value, "last_number")


def is_operator(before: str) -> bool:
    """Whether a minus or plus that follows this text is an operator or a hyphen, not the sign of a number."""
    if not before:
        return False
    last = before.rstrip()[-1:]
    if before[-1].isspace():
        return last.isdigit() or last in (")", "]", "}")
    return last.isalnum() or last in (")", "]", "}")


def last_line(text: str) -> Extraction | None:
    """The last line that is not empty."""
    value = tidy(closing_lines(text, 1))
    return Extraction(value, "last_line") if value else None
