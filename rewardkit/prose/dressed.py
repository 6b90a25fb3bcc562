"""The one answer of a sentence in which it is dressed: "Radium was discovered in 1898 by the physicist Marie Curie, who …".

Dress is what adds a place, a time, an office or a remark. A second name (of a date, a second number) that is none of these makes
two answers, and there is none.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from rewardkit.prose.carriers import Role
from rewardkit.prose.remains import GONE, Part, is_abbreviation
from rewardkit.prose.runs import DATED, LOOSE, Run, Sentence, are_joined, dates, is_adjective, names

__all__ = ["Focus", "Sentence", "Wanted", "dressed"]

BREAKS = frozenset(",;(—–:")
LED = 4  # words of an office before a name
PLACES = 3  # a town, its region and its country


class Wanted(Enum):
    """What kind of answer is looked for."""

    NAME = Part.NAME
    NUMBER = Part.NUMBER


class Focus(NamedTuple):
    """Where the one answer of a sentence begins and ends; a place may end before that in which it lies: "in Lyon, France"."""

    begin: int
    end: int
    place: int


def dressed(sentence: Sentence, wanted: Wanted) -> Focus | None:
    """The one answer of a sentence; None where there is none, or more than one."""
    if sentence.against:
        return None
    named = names(sentence)
    runs = named if wanted is Wanted.NAME else list(dates(sentence))
    focus = _focus(sentence, runs, wanted)
    if focus is None:
        return None
    if _before(sentence, focus.begin, named, wanted) and _behind(sentence, focus, named, wanted):
        return focus
    return None


def _focus(sentence: Sentence, runs: Sequence[Run], wanted: Wanted) -> Focus | None:
    """The one run, or the one enumeration of runs, that may be the answer."""
    free = [run for run in runs if not is_adjective(sentence, run) and not sentence.bracketed[run.begin]]
    if wanted is Wanted.NAME:
        own = [run for run in free if not run.mixed] or free
        free = [run for run in own if not run.placed] or own
    if not free:
        return None
    for before, after in itertools.pairwise(free):
        if not are_joined(sentence, before.end, after.begin):
            return None
    return Focus(free[0].begin, free[-1].end, free[0].end if _lies(sentence, free) else free[-1].end)


def _lies(sentence: Sentence, runs: Sequence[Run]) -> bool:
    """Whether runs are a place and those in which it lies: "in Lyon, France"."""
    if len(runs) > PLACES or any(before.end != after.begin for before, after in itertools.pairwise(runs)):
        return False
    before = next((at for at in range(runs[0].begin - 1, -1, -1) if not sentence.role(at, Role.ARTICLE)), None)
    return before is not None and sentence.role(before, Role.WITHIN)


def _before(sentence: Sentence, begin: int, named: Sequence[Run], wanted: Wanted) -> bool:
    """Whether nothing stands before the answer but the question's words, those that carry, and dress."""
    start = _office(sentence, begin)
    commas = sum("," in piece.gap for piece in sentence.found[1 : begin + 1])
    if commas > int(sentence.role(0, *LOOSE)) and any(run.begin < start and run.mixed and not run.placed for run in named):
        return False  # "The Labour Party, led by Clement Attlee, won"
    covering = {at for run in named for at in range(run.begin, run.end) if run.placed or run.mixed}
    for at in range(start):
        part = sentence.parts[at]
        if part is Part.NUMBER and sentence.asked.numbers and not sentence.bracketed[at]:
            return False  # another year than that of the question
        if part in GONE or at in covering or sentence.bracketed[at] or (part is Part.NUMBER and wanted is Wanted.NAME):
            continue
        if sentence.role(at, Role.TITLE) or (wanted is Wanted.NAME and sentence.role(at, *DATED)):
            continue
        return False
    if any(run.begin < start and run.placed and not run.mixed for run in named) and not sentence.covered:
        return False
    return not (wanted is Wanted.NUMBER and begin and sentence.role(begin - 1, Role.AGENT, Role.TITLE))


def _office(sentence: Sentence, begin: int) -> int:
    """Where the office before a name begins: "the physicist" of "by the physicist Marie Curie".

    Where it may be the subject of its sentence it is one word and no more: "the winner beat Marie Curie" is no office.
    """
    words = 0
    for at in range(begin - 1, max(-1, begin - LED - 2), -1):
        if not sentence.close(at + 1):
            return begin
        if sentence.role(at, Role.AGENT):
            return at
        if sentence.role(at, Role.ARTICLE):
            inside = at > 0 and sentence.role(at - 1, Role.AGENT, Role.AUXILIARY)
            return at if inside or words <= 1 else begin
        if sentence.tells(at):
            words += 1
        elif not (sentence.parts[at] is Part.NAME or sentence.role(at, Role.TITLE)):
            return begin
    return begin


def _behind(sentence: Sentence, focus: Focus, named: Sequence[Run], wanted: Wanted) -> bool:
    """Whether nothing stands behind the answer but the question's words, those that carry, and dress."""
    begin, end, _ = focus
    if sentence.found[end - 1].owns:
        return False
    restated = any(sentence.content[:begin])
    count = len(sentence.found)
    at = end
    while at < count and not _breaks(sentence, at):
        if sentence.parts[at] not in GONE and not any(r.begin <= at < r.end and r.mixed for r in named):
            return False
        restated = restated or sentence.content[at]
        at += 1
    if at > end and not restated:
        return False
    if at < count and not restated and not BREAKS & set(sentence.found[at].gap):
        return False
    return at >= count or (_may_begin(sentence, at) and _is_remark(sentence, at, end, named, wanted))


def _breaks(sentence: Sentence, at: int) -> bool:
    """Whether a remark may begin here: a sign, a word that opens one, or "and it"."""
    if sentence.role(at, Role.JOINS) and at + 1 < len(sentence.found) and sentence.role(at + 1, Role.CARRIES):
        return True
    return bool(BREAKS & set(sentence.found[at].gap)) or sentence.role(at, *LOOSE)


def _may_begin(sentence: Sentence, at: int) -> bool:
    """Whether a remark may begin with a piece."""
    return (
        sentence.parts[at] in (*GONE, Part.NUMBER)
        or sentence.role(at, Role.JOINS)
        or sentence.role(at, *LOOSE)
        or "(" in sentence.found[at].gap
    )


def _is_remark(sentence: Sentence, at: int, end: int, named: Sequence[Run], wanted: Wanted) -> bool:
    """Whether the rest of a sentence names nothing that may be another answer."""
    for run in named:
        if run.begin < at or run.mixed or is_adjective(sentence, run):
            continue
        if sentence.bracketed[run.begin] and sentence.parts[run.begin - 1] is Part.ASKED:
            continue  # what a word of the question stands for
        abbreviated = is_abbreviation(sentence.found, run.begin) and run.end - run.begin == 1
        if not run.placed and not abbreviated:
            return False
        if run.begin > end + 3 and not sentence.covered:
            return False
    if any(_leads_elsewhere(sentence, place) for place in range(at, len(sentence.found) - 1)) and not sentence.covered:
        return False
    numbers = [place for place in range(at, len(sentence.found)) if sentence.parts[place] is Part.NUMBER]
    return not numbers or (wanted is Wanted.NAME and not sentence.asked.numbers)


def _leads_elsewhere(sentence: Sentence, at: int) -> bool:
    """Whether a preposition of the question leads to what the question does not hold: "for silver" where it has "for gold"."""
    if sentence.parts[at] is not Part.ASKED or not sentence.role(at, *LOOSE, Role.AIMS):
        return False
    behind = next((place for place in range(at + 1, len(sentence.found)) if not sentence.role(place, Role.ARTICLE)), None)
    return behind is not None and sentence.parts[behind] not in GONE
