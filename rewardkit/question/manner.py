"""In what manner a question wants its answer: yes or no, one of two, a letter alone, several in an order, in which form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from rewardkit.prose.glue import AND, OR
from rewardkit.question.asks import Cue, Field, number_at, polar_openings

__all__ = ["Form", "Order", "alternatives_of", "asked_form", "asked_order", "count_of", "is_polar", "parts_of"]

MOST_TAGS = 8
CLOSING = 300  # characters at the end in which the question itself stands

_TAG = re.compile(r"</([A-Za-z][\w-]{0,30})>")
_FENCE = r"\[[^\]\s]{1,30}\]|<[^>\s]{1,30}>"
_BETWEEN = re.compile(rf"\s*[\"'`“]?({_FENCE})[\"'`”]?\s*(?:{AND}|,|/)\s*[\"'`“]?({_FENCE})")
_PART = re.compile(r"(?:^|[\s;:])\(?([a-h]|i{1,3}|iv|v)\)\s+(?=\S)")
_SENTENCE = re.compile(r"[^.!?？。！\n]{2,200}[?？]")
_FIRST = re.compile(r"\W*([^\W\d_]+)")
_OR = re.compile(rf"([\w'-]+),?\s{OR}\s((?:[\w'-]+\s){{0,3}}[\w'-]+)\s*[?？]$", re.IGNORECASE)
_NO_CHOICE = frozenset(["yes", "no", "not", "true", "false", "more", "less"])


class Order(str, Enum):
    """The order that a list is asked in."""

    ASCENDING = "ascending"
    DESCENDING = "descending"
    ALPHABETICAL = "alphabetical"
    CHRONOLOGICAL = "chronological"
    STATED = "as it says"


@dataclass(frozen=True)
class Form:
    """The form that a prompt demands: the tags it names, what the answer stands between, JSON, a box."""

    tags: tuple[str, ...] = ()
    between: tuple[str, str] | None = None
    json: bool = False
    boxed: bool = False

    def __bool__(self) -> bool:
        return bool(self.tags or self.between or self.json or self.boxed)


def asked_form(text: str, cues: Sequence[Cue]) -> Form:
    """What a prompt says of the form of its answer."""
    fences = (_BETWEEN.match(text, cue.end) for cue in cues if cue.field is Field.BETWEEN)
    between = next(((found[1], found[2]) for found in fences if found), None)
    fields = {cue.field for cue in cues}
    tags = tuple(dict.fromkeys(tag for tag in _TAG.findall(text) if f"<{tag}>" in text))[:MOST_TAGS]
    return Form(tags, between, Field.JSON in fields, Field.BOXED in fields)


def asked_order(cues: Sequence[Cue]) -> Order | None:
    """The order that is asked for; where several are spoken of, one that it says."""
    found = {Order(cue.value) for cue in cues if cue.field is Field.ORDER} - {Order.STATED}
    if len(found) == 1:
        return found.pop()
    return Order.STATED if any(cue.field is Field.ORDER for cue in cues) else None


def count_of(text: str, cues: Sequence[Cue]) -> int | None:
    """How many answers are asked for by number; None where no number is named, or several are."""
    found = {number_at(text, cue) for cue in cues if cue.field is Field.SEVERAL}
    return found.pop() if len(found) == 1 else None


def parts_of(text: str) -> tuple[str, ...]:
    """The labels of a question's parts, (a) and (b) or (i) and (ii), where they begin with the first and leave none out."""
    found = tuple(dict.fromkeys(_PART.findall(text)))
    for labels in ("abcdefgh", ("i", "ii", "iii", "iv", "v")):
        if len(found) > 1 and found == tuple(labels[: len(found)]):
            return found
    return ()


def is_polar(text: str, cues: Sequence[Cue]) -> bool:
    """Whether yes or no is the answer: the prompt says so, or its last question opens with a verb and offers no two things."""
    if any(cue.field is Field.POLAR for cue in cues):
        return True
    last = _last_question(text)
    first = _FIRST.match(last) if last else None
    return first is not None and first[1].lower() in polar_openings() and not alternatives_of(text)


def alternatives_of(text: str) -> tuple[str, ...]:
    """The two things between which the last question lets choose, as in "Is it red or blue?"; empty where it does not."""
    last = _last_question(text)
    found = _OR.search(last) if last else None
    if found is None or {found[1].lower(), found[2].lower()} & _NO_CHOICE:
        return ()
    return found[1], found[2]


def _last_question(text: str) -> str | None:
    found = _SENTENCE.findall(text[-CLOSING:])
    return found[-1] if found else None
