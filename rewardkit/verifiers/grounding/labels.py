"""What a box is said to hold: the label beside it, and when two labels are one."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["KEY", "Labels", "label_beside", "normal", "score_beside"]

_REACH = 1000  # characters between a box and its label, at most
_LABEL = re.compile(
    r'["\']((?:label|class|category|name|object|phrase)(?:_name)?)["\']\s*:\s*(?:"([^"\n]{1,200})"|\'([^\'\n]{1,200})\')',
    re.IGNORECASE,
)
_SCORE = re.compile(r'["\'](?:score|confidence)["\']\s*:\s*(\d{1,3}(?:\.\d{1,20})?|\.\d{1,20})', re.IGNORECASE)
_NAMED = re.compile(r"<(?:ref|\|object_ref_start\|)>([^<>]{1,200})<(?:/ref|\|object_ref_end\|)>")
_BETWEEN = re.compile(r"(?:[\s\d.,;()\[\]-]|</?box>|<\|box_(?:start|end)\|>)*")
KEY = re.compile(r'(["\'*`]*)([^\W\d_][^"\'*`:\n{}\[\]]{0,60})\1\s*:\s*[\[(\s]*$')
_JOINS = re.compile(r"[\s_-]+")
_ARTICLES = ("the ", "a ", "an ")


def label_beside(text: str, begin: int, end: int) -> str:
    """The label of the box that stands at a place, or nothing.

    That is a value of its own JSON object ("label": "cat"), a `<ref>` before it with nothing but boxes between, or the key
    right before it (`"cat": [1, 2, 3, 4]`), which then has a colon at its end: whether it is a label, `Labels` knows.
    """
    told = {(key, a or b) for key, a, b in _LABEL.findall(_own_object(text, begin, end))}
    labels = sorted({label for _, label in told})
    if len(labels) == 1 or len({key for key, _ in told}) < len(told):
        return " | ".join(labels)  # a key that stands twice gives a label that is none of the two
    start = max(0, begin - _REACH)
    for named in reversed(list(_NAMED.finditer(text, start, begin))):
        return named[1] if _BETWEEN.fullmatch(text, named.end(), begin) else ""
    key = KEY.search(text, max(0, begin - 80), begin + 1)
    return f"{key[2]}:" if key else ""


def score_beside(text: str, begin: int, end: int) -> float | None:
    """The confidence that the JSON object of the box at a place holds, or None."""
    found = _SCORE.search(_own_object(text, begin, end))
    return float(found[1]) if found else None


def _own_object(text: str, begin: int, end: int) -> str:
    """The JSON object without objects inside that holds a place, or nothing."""
    start = max(0, begin - _REACH)
    opened = text.rfind("{", start, begin)
    closed = text.find("}", end, end + _REACH)
    whole = opened > text.rfind("}", start, begin) and closed >= 0 and "{" not in text[end:closed]
    return text[opened : closed + 1] if whole else ""


def normal(label: str) -> str:
    """A label without case, article, joints and the `s` of a plural."""
    words = _JOINS.sub(" ", label.casefold()).strip()
    for article in _ARTICLES:
        words = words.removeprefix(article)
    return words[:-1] if len(words) > 3 and words.endswith("s") and not words.endswith("ss") else words


class Labels:
    """Which labels the references know, and whether a box may be held against one of them.

    A box without a label goes with every reference as long as these are all of one kind, for then the question has named it.
    """

    def __init__(self, references: Iterable[str]) -> None:
        self.known = {normal(label) for label in references if label and not label.endswith(":")}

    def agree(self, label: str, reference: str) -> bool:
        """Whether a box with this label may be held against a reference with that one."""
        if not reference or reference.endswith(":"):
            return True
        if label.endswith(":"):
            label = label[:-1] if normal(label[:-1]) in self.known else ""
        return normal(label) == normal(reference) if label else len(self.known) == 1
