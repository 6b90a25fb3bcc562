"""Answers a completion announces: "the answer is" in any language of the table, `####`, closing bold text and the last line."""

from __future__ import annotations

import re

from rewardkit.extract.boxes import boxed
from rewardkit.extract.statement import TAIL, Method, Reason, Statement, closing_lines, first_sentence, tidy
from rewardkit.prose.announced import announced, chosen
from rewardkit.prose.reasons import REASON
from rewardkit.prose.stance import Stance, stance

__all__ = ["bold", "hashed", "last_line", "phrase", "within"]

_HASH = re.compile(r"(?:^|\n)[^\S\n]*(?:Step \d+:[^\S\n]*)?####(?!#)[^\S\n]*([^\n]*)")
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
# A line with such a word in it is a heading where text follows it.
_WORD = re.compile(r"[^\W\d_]{3,}")
# A choice says no more than its letter.
_LETTER = re.compile(r"[^\S\n:：]*[:：]?[^\S\n]*[*_(（\[]{0,3}[A-ZＡ-Ｚ](?![A-Za-z])")
# A quick look for one; the class in front lets a search jump from capital to capital.
_LONE = re.compile(r"[A-ZＡ-Ｚ](?<![A-Za-z\d].)(?![A-Za-z])")
# An announced answer is no longer than this; what follows is something else.
ANNOUNCED = 4_096
SHORT = 40
_OPENED_BY = {"$$": "$$", "\\]": "\\["}


def within(block: str, method: Method) -> Statement:
    """The answer inside an explicit block, which may itself hold a box or an announcement."""
    found = boxed(block)
    if found is None and len(block) > SHORT:
        found = phrase(block)
    if found is None:
        return Statement(block, method)
    return Statement(found.text, method, found.reason, found.alternatives, found.dress)


def hashed(text: str) -> Statement | None:
    """What follows the last `####` that is no heading of a text that goes on."""
    last, at = len(text.rstrip()), text.rfind("####")
    while at >= 0:
        line = max(0, text.rfind("\n", 0, at))
        if found := _HASH.match(text, line):
            value, goes_on = tidy(found[1]), found.end() < last
            if not value and not goes_on:
                return Statement(None, Method.HASH, Reason.NO_ANSWER)
            if value and not (goes_on and _WORD.search(value)):
                return within(value, Method.HASH)
        at = text.rfind("####", 0, line) if line else -1
    return None


def phrase(text: str) -> Statement | None:
    """What follows the last announcement that states it: the rest of its sentence, or else the next line."""
    tail = text[-TAIL:]
    qualified: Statement | None = None
    choices = [cue for cue in chosen(tail) if _LETTER.match(tail, cue.end)] if _LONE.search(tail) else []
    for cue in reversed([*announced(tail), *choices]):
        found = _announced(tail, cue.end)
        if found is None:
            continue
        value, begin, end = found
        how = stance(tail, begin, end)
        if how is Stance.STATED:
            return within(value, Method.PHRASE)
        if how is Stance.HEDGED:
            return Statement(None, Method.PHRASE, Reason.NO_ANSWER)
        if how is Stance.QUALIFIED and qualified is None:
            qualified = within(value, Method.PHRASE)
    return qualified


def _announced(tail: str, at: int) -> tuple[str, int, int] | None:
    """The value that stands behind an announcement, and where it begins and ends."""
    window = tail[at : at + ANNOUNCED]
    rest = window.lstrip(" \t:：*_")
    if rest.startswith(("\n", "\r")):
        rest = rest.lstrip()
    line = rest.split("\n\n", 1)[0] if rest.startswith(("$$", "\\[", "\\begin")) else rest.split("\n", 1)[0]
    sentence = REASON.split(first_sentence(line), maxsplit=1)[0]
    value = tidy(sentence)
    begin = at + len(window) - len(rest)
    cut = value.count("{") > value.count("}") and not tail[begin + len(sentence) :].strip()
    return (value, begin, begin + len(sentence)) if value and not cut else None


def bold(text: str) -> Statement | None:
    """The last bold text of the closing lines that is no heading."""
    lines = closing_lines(text, 3)
    for match in reversed(list(_BOLD.finditer(lines))):
        if match[1].rstrip().endswith((":", "：")):
            continue
        value = tidy(match[1])
        return within(value, Method.BOLD) if value and stance(lines, match.start(1), match.end(1)).offers else None
    return None


def last_line(text: str) -> Statement | None:
    """The last line that is not empty; the whole of a formula on lines of its own, where the text states it."""
    value = tidy(closing_lines(text, 1))
    if value in _OPENED_BY:
        tail = text[-TAIL:].rstrip()
        begin = tail.rfind(_OPENED_BY[value], 0, len(tail) - len(value))
        if begin >= 0:
            return Statement(tail[begin:], Method.LAST_LINE) if stance(tail, begin, len(tail)).offers else None
    return Statement(value, Method.LAST_LINE) if value else None
