"""One decision from a judge's reply, or none: the last line has to be the decision and nothing else.

The grammar, after `<think>` parts are left out:

    line     = [label ":"] decision [stop]      the whole last line that is not blank
    label    = "verdict" | "final verdict" | "decision" | "judgement" | …      (or the one a published model was trained on)
             | "answer" | "final answer" | "rating" | "grade" | …               (on the last line alone: elsewhere it is an echo)
    decision = one of the words the kind allows, or one of its numbers

Case, quotes, brackets, emphasis and a full stop around the parts do not count. Prose never decides, so negations
("not correct"), echoes (`the answer says "yes"`) and alternatives ("yes or no") are no decisions. A reply that was cut off
has no last line, and one with two decisions that differ has none, but that a label outweighs a word alone before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rewardkit.extract import outside_think
from rewardkit.judges.client import Reply

__all__ = ["ABSTENTION", "abstains", "decide", "json_object", "last_line", "number"]

ABSTENTION = "CANNOT_ASSESS"

MAX_LINE = 200
MAX_REPLY = 200_000

LABELS = (
    "verdict",
    "final verdict",
    "decision",
    "final decision",
    "judgement",
    "judgment",
    "final judgement",
    "final judgment",
    "score",
    "final score",
)

# A reply may say again what it was asked about, so before the last line these introduce no decision.
LAST_LABELS = (
    "answer",
    "final answer",
    "rating",
    "final rating",
    "grade",
    "final grade",
    "result",
    "final result",
    "conclusion",
)

_DRESS = " \t\r\n*_`\"'“”‘’「」#.。!"
_BRACKETS = {"[": "]", "(": ")", "{": "}", "<": ">"}
_NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?|\.[0-9]{1,6}")
_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)\n?```", re.DOTALL)


def decide(reply: Reply, words: Iterable[str], *, labels: Sequence[str] = LABELS, labelled: bool = False) -> str | None:
    """The decision of a reply: one of `words` as it was given here, or None when there is no decision.

    `labels` are the words that may stand before the colon; with `labelled` one of them must.
    """
    text = _settled(reply)
    if text is None:
        return None
    known = {word.casefold(): word for word in words}
    heads = frozenset(labels)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return None
    label, decision = _line(lines[-1], known, heads | (frozenset() if labelled else frozenset(LAST_LABELS)))
    if decision is None or (labelled and not label):
        return None
    label = label if label in heads else ""  # what may be an echo outweighs nothing
    for line in lines[:-1]:
        earlier_label, earlier = _line(line, known, heads)
        # A word alone is what a label would say, unless a label then says it.
        if (earlier_label or not label) and earlier is not None and earlier != decision:
            return None
    return decision


def abstains(reply: Reply) -> bool:
    """Whether a reply decides that nothing can be decided."""
    return decide(reply, (ABSTENTION, ABSTENTION.replace("_", " "))) is not None


def number(reply: Reply, allowed: Iterable[float], *, labels: Sequence[str] = LABELS) -> float | None:
    """The number of a reply when it is one of those allowed, however it is written (`1`, `1.0`, `.5`), else None."""
    text = _settled(reply)
    line = "" if text is None else last_line(text)
    if not line or len(line) > MAX_LINE:
        return None
    found = _value(line, (*labels, *LAST_LABELS))
    if found is None:
        return None
    labelled = bool(_split(line, frozenset(labels))[0])
    earlier = {value for other in (text or "").splitlines() if (value := _value(other, labels, labelled=labelled)) is not None}
    if earlier - {found}:
        return None
    return next((value for value in allowed if abs(value - found) < 1e-9), None)


def json_object(reply: Reply) -> dict[str, Any] | None:
    """The JSON object that the reply is, alone or in one code fence; None for anything else, also for a name given twice."""
    text = _settled(reply)
    if text is None:
        return None
    text = text.strip()
    fenced = _FENCE.fullmatch(text)
    try:
        value = json.loads(fenced[1] if fenced else text, object_pairs_hook=_without_doubles, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def last_line(text: str) -> str:
    """The last line that is not blank, or the empty string."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")


def _settled(reply: Reply) -> str | None:
    """What a reply that came to its end says outside `<think>`."""
    if reply.failure is not None or reply.finish not in ("stop", "") or len(reply.text) > MAX_REPLY:
        return None
    return outside_think(reply.text)


def _line(line: str, known: Mapping[str, str], labels: frozenset[str]) -> tuple[str, str | None]:
    """The label and the decision of a line; None as decision when the line is anything more or else."""
    if len(line) > MAX_LINE:
        return "", None
    label, rest = _split(line, labels)
    return label, known.get(_bare(rest).casefold())


def _value(line: str, labels: Sequence[str], *, labelled: bool = False) -> float | None:
    label, rest = _split(line[: MAX_LINE + 1], frozenset(labels))
    # A full stop is dress, but the point of ".5" is not.
    bare = _bare(rest, dress=_DRESS.replace(".", "")).rstrip(".")
    return float(bare) if _NUMBER.fullmatch(bare) and (label or not labelled) else None


def _split(line: str, labels: frozenset[str]) -> tuple[str, str]:
    head, colon, tail = line.replace("：", ":").partition(":")
    label = " ".join(_bare(head).casefold().split())
    return (label, tail) if colon and label in labels else ("", line)


def _bare(text: str, dress: str = _DRESS) -> str:
    text = text.strip(dress)
    while len(text) > 1 and _BRACKETS.get(text[0]) == text[-1]:
        text = text[1:-1].strip(dress)
    return text


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError
    return value


def _no_constant(name: str) -> float:
    raise ValueError(name)
