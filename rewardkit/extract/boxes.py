"""Boxes: the last balanced one, and what stands beside it."""

from __future__ import annotations

import re

from rewardkit.extract.corrections import correction
from rewardkit.extract.found import TAIL, Extraction, first_sentence, fold, tidy

__all__ = ["boxed", "lone_box"]

_BOX = re.compile(r"\\f?box")
_BOX_OR_BRACE = re.compile(
    r"(?P<box>\\f?box(?:ed)?\s*\{)|\\f?box(?:ed)?\s*(?P<bare>[^\s$\\{}]+)|\\.|(?P<open>\{)|(?P<close>\})", re.DOTALL
)


_BETWEEN_BOXES = re.compile(
    r"(?:[\s,;:.$&、，；*]|\\[()\[\],;!]|\\(?:quad|qquad)\b|\\text\s*\{\s*(?:and|or)\s*\}|(?i:\b(?:and|or|alternatively|maybe|perhaps|possibly)\b)|和|或|与)*"
    r"(?:[A-Za-z](?:_\{?\w{1,4}\}?)?\s*=\s*)?"
)


_FINAL = re.compile(r"\bfinal answer\b[*_]{0,3}[^\S\n]*(?:is|:)[*_]{0,3}[^\S\n]*:?", re.IGNORECASE)


# What is said of a box behind it is no shorter than " is wrong".
SAID_BEHIND = 8
BEFORE = 40  # characters before a box in which a denial of it stands
SHORT = 37  # characters of a box that is looked at before anything else, as many as the following takes
# One with commands and groups in it: short enough for a correction to see it, and without braces of the text itself.
_SHORT_BOX = re.compile(r"\\boxed\{((?=.{1,30}\})(?:[^{}\\]|\\[a-zA-Z]|\{(?:[^{}\\]|\\[a-zA-Z]){0,30}\}){1,30})\}")
# "It is not [5]", "[5] is wrong": a box that is named only to be denied.
_DENIED = re.compile(
    r"(?:\b(?:not|cannot|never)|n't|不是|不等于)(?:\s+(?:be|is|equal|to|the|a|correct|final|right|answer|value|actually|really|simply))*[\s:$({\\\[]*$",
    re.IGNORECASE,
)
_REFUTED = re.compile(r"[\s$)\]]{0,4}(?:is|was) (?:\w+ly )?(?:wrong|incorrect|false|not (?:right|correct|the))\b", re.IGNORECASE)


_VALUE = re.compile(r"[$\\(\[]*\s*[-−+]?\s*(?:\\?[$€£¥])?\d|\$|\\\(|\([A-Z]\)|[A-Z]$")


def boxed(text: str) -> Extraction | None:
    """The last box, or the boxes that stand beside it as alternatives; a "final answer" after it comes before it."""
    if "boxed" not in text and "fbox" not in text:
        return None
    boxes, opened = _boxes(text)
    if not boxes:
        line = "" if opened is None else text[opened:].split("\n", 1)[0].strip().rstrip("$.").strip()
        return Extraction(line, "boxed") if line else None
    group = [boxes[-1]]
    for box in reversed(boxes[:-1]):
        if group[-1][0] - box[1] > 200 or not _BETWEEN_BOXES.fullmatch(text, box[1], group[-1][0]):
            break
        group.append(box)
    start, end, _ = boxes[-1]
    if len(text) > end + SAID_BEHIND:
        if _REFUTED.match(text, end):
            return Extraction(None, "boxed", "no_answer")
        corrected = _final_after(text, end)
        if corrected is not None:
            return corrected
    before = text[max(0, start - BEFORE) : start]
    if _may_deny(before) and _DENIED.search(before):
        return Extraction(None, "boxed", "no_answer")
    contents = [_unbox(content) for _, _, content in reversed(group)]
    distinct = {fold(c): c for c in contents if c}
    if not distinct:
        return Extraction(None, "boxed", "no_answer")
    if len(distinct) > 1:
        return Extraction(None, "boxed", "ambiguous", tuple(distinct.values())[:16])
    return Extraction(next(iter(distinct.values())), "boxed")


def lone_box(text: str) -> Extraction | None:
    """The one short box of a text with no tag, JSON or denial in it, as most have: what every step together would find."""
    start = text.find("\\boxed{")
    if start < 0 or text.count("box") != 1 or "<" in text or '"' in text:
        return None
    end = text.find("}", start)
    content = text[start + 7 : end]
    if "{" in content or "\\" in content or not 0 < end - start <= SHORT:
        box = _SHORT_BOX.match(text, start)
        if box is None:
            return None
        end, content = box.end() - 1, box[1]
    content = content.strip()
    if not content or _may_deny(text[max(0, start - BEFORE) : start]):
        return None
    if len(text) - end > SAID_BEHIND:
        behind = text[end + 1 :]
        if _REFUTED.match(behind) or "final" in behind.lower() or correction(text):
            return None
    return Extraction(content, "boxed")


def _may_deny(before: str) -> bool:
    return "not" in before or "n't" in before or "不" in before


def _final_after(text: str, end: int) -> Extraction | None:
    """A "final answer" with a value of its own after the last box: it is the later word."""
    found = None
    for found in _FINAL.finditer(text, max(end, len(text) - TAIL)):  # noqa: B007 - the last one is wanted
        pass
    value = found and tidy(first_sentence(text[found.end() :].split("\n", 1)[0]))
    return Extraction(value, "phrase") if value and _VALUE.match(value) else None


def _boxes(text: str) -> tuple[list[tuple[int, int, str]], int | None]:
    """Outermost boxes as (start, end, content) in one pass, and where the last unclosed one's content starts."""
    boxes: list[tuple[int, int, str]] = []
    stack: list[tuple[int, int] | None] = []
    first = _BOX.search(text)
    for token in _BOX_OR_BRACE.finditer(text, first.start()) if first else ():
        kind = token.lastgroup
        if kind == "box":
            stack.append((token.start(), token.end()))
        elif kind == "open":
            stack.append(None)
        elif kind == "bare":
            boxes.append((token.start(), token.end(), token["bare"].rstrip(".,;")))
        elif kind == "close" and stack:
            opening = stack.pop()
            if opening:
                while boxes and boxes[-1][0] > opening[0]:
                    boxes.pop()
                boxes.append((opening[0], token.end(), text[opening[1] : token.start()]))
    return boxes, next((opening[1] for opening in reversed(stack) if opening), None)


def _unbox(content: str) -> str:
    """The content of a box, or of the only box inside it."""
    content = content.strip()
    if "box" not in content:
        return content
    inner, _ = _boxes(content)
    if len(inner) == 1 and inner[0][0] == 0 and inner[0][1] == len(content):
        return inner[0][2].strip()
    return content
