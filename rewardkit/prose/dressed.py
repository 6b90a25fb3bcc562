"""The one answer of a sentence in which it is dressed: "Radium was discovered in 1898 by the physicist Marie Curie, who …".

Dress is what adds a place, a time, an office or a remark. A second name (of a date, a second number) that is none of these makes
two answers, and there is none.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from rewardkit.prose.carriers import Language, Role
from rewardkit.prose.remains import GONE, KEPT_ROLES, Asked, Part, Piece, is_abbreviation, root

__all__ = ["Focus", "Sentence", "Wanted", "dressed"]

BREAKS = frozenset(",;(—–:")
LED = 4  # words of an office before a name
PLACES = 3  # a town, its region and its country
_DATED = frozenset({Role.MONTHS, Role.ERAS})
# Words of a question that restate nothing.
_SMALL = frozenset(
    {Role.ARTICLE, Role.AUXILIARY, Role.POINTS, Role.ASKS, Role.ADJUNCT, Role.AGENT, Role.AIMS, Role.OPENS, Role.BETWEEN}
)
_LOOSE = frozenset({Role.ADJUNCT, Role.OPENS})


class Wanted(Enum):
    """What kind of answer is looked for."""

    NAME = Part.NAME
    NUMBER = Part.NUMBER


@dataclass(frozen=True)
class Run:
    """Neighbouring pieces that are one name, or one date or number."""

    begin: int
    end: int
    mixed: bool  # holds a word of the question
    placed: bool  # stands behind a word that adds a place, a time or an owner


class Sentence:
    """The pieces of a sentence and what they are to a question."""

    def __init__(self, found: Sequence[Piece], parts: Sequence[Part], asked: Asked, language: Language) -> None:
        self.found = found
        self.parts = parts
        self.asked = asked
        self.language = language
        self.roles = [language.roles_of(piece.word) for piece in found]
        self.against = any(
            roles and part is not Part.ASKED and not roles.isdisjoint(KEPT_ROLES)
            for roles, part in zip(self.roles, parts, strict=True)
        )
        self.bracketed = _brackets(found)
        self.content = [
            part is Part.ASKED and language.roles_of(piece.word).isdisjoint(_SMALL)
            for piece, part in zip(found, parts, strict=True)
        ]

    def role(self, at: int, *roles: Role) -> bool:
        """Whether a piece has one of the roles."""
        return not self.roles[at].isdisjoint(roles)

    def close(self, at: int) -> bool:
        """Whether nothing but a space or hyphen stands before a piece, or the point of an initial."""
        gap = self.found[at].gap
        return gap in (" ", "-", "") or (gap == ". " and len(self.found[at - 1].word) == 1)

    def tells(self, at: int) -> bool:
        """Whether a small word may be of an office before a name: what it tells is no relation to the name."""
        piece = self.found[at]
        if piece.capital or piece.number or piece.owns or piece.word.endswith("ing"):
            return False
        return not self.roles[at] - {Role.TITLE, Role.KIND}

    @property
    def covered(self) -> bool:
        """Whether all that the question says is said again, so that nothing new stands in the place of it."""
        missing = self.asked.content - {root(piece.word) for piece in self.found}
        lines = {line for piece in self.found for line in self.language.same.get(piece.word, ())}
        return all(not lines.isdisjoint(self.asked.said_by(word)) for word in missing)


class Focus(NamedTuple):
    """Where the one answer of a sentence begins and ends; a place may end before that in which it lies: "in Lyon, France"."""

    begin: int
    end: int
    place: int


def dressed(sentence: Sentence, wanted: Wanted) -> Focus | None:
    """The one answer of a sentence; None where there is none, or more than one."""
    if sentence.against:
        return None
    names = _led_on(sentence, list(_names(sentence)))
    runs = names if wanted is Wanted.NAME else list(_dates(sentence))
    focus = _focus(sentence, runs, wanted)
    if focus is None:
        return None
    if _before(sentence, focus.begin, names, wanted) and _behind(sentence, focus, names, wanted):
        return focus
    return None


def _brackets(found: Sequence[Piece]) -> list[bool]:
    """Whether each piece stands in brackets."""
    if not any("(" in piece.gap for piece in found):
        return [False] * len(found)
    depth, inside = 0, []
    for piece in found:
        depth = max(0, depth + piece.gap.count("(") - piece.gap.count(")"))
        inside.append(depth > 0)
    return inside


def _names(sentence: Sentence) -> Iterator[Run]:
    """The names of a sentence that the question does not hold as a whole."""
    at, count = 0, len(sentence.found)
    while at < count:
        if not _is_capital(sentence, at):
            at += 1
            continue
        end = at + 1
        while (size := _more_of_name(sentence, end)) > 0:
            end += size
        end = _person(sentence, at, end)
        if any(sentence.parts[place] is Part.NAME for place in range(at, end)):
            mixed = any(sentence.content[place] for place in range(at, end))
            yield Run(at, end, mixed, _placed(sentence, at))
        at = end


def _led_on(sentence: Sentence, runs: list[Run]) -> list[Run]:
    """The runs, those joined to one that adds a place adding one as well: "in Cherry Hill, New Jersey"."""
    for at in range(1, len(runs)):
        if runs[at - 1].placed and _joined(sentence, runs[at - 1].end, runs[at].begin):
            runs[at] = replace(runs[at], placed=True)
    return runs


def _person(sentence: Sentence, begin: int, end: int) -> int:
    """Where a name of two words or more ends before the place it comes from: "Gianluigi Buffon of Italy"."""
    of = next((at for at in range(begin + 2, end) if not sentence.found[at].capital and sentence.role(at, Role.ADJUNCT)), end)
    return end if any(sentence.role(at, Role.TITLE, Role.KIND) for at in range(begin, of)) else of


def _is_capital(sentence: Sentence, at: int) -> bool:
    """Whether a name may begin here: a capital letter, and at the beginning of the sentence no word that only carries."""
    piece = sentence.found[at]
    carries = sentence.parts[at] is Part.EMPTY or (at == 0 and sentence.roles[at])
    return piece.capital and not carries and not _is_dated(sentence, at)


def _more_of_name(sentence: Sentence, at: int) -> int:
    """How many pieces from here on belong to the name before."""
    if at >= len(sentence.found) or not sentence.close(at) or sentence.found[at - 1].owns:
        return 0
    if sentence.found[at].capital or sentence.found[at].number:
        return 1
    follows = at + 1 < len(sentence.found) and sentence.found[at + 1].capital and sentence.found[at + 1].gap == " "
    small = len(sentence.found[at].word) <= 3 and not sentence.role(at, Role.JOINS, Role.CARRIES, Role.AGENT)
    return 2 if follows and small and not (sentence.role(at, Role.ADJUNCT) and sentence.found[at].word != "of") else 0


def _dates(sentence: Sentence) -> Iterator[Run]:
    """The dates and numbers of a sentence that the question does not hold."""
    at, count = 0, len(sentence.found)
    while at < count:
        end = at
        while end < count and _is_dated(sentence, end) and (end == at or sentence.found[end].gap in (" ", ", ", ",", ". ")):
            end += 1
        number = any(sentence.found[place].number for place in range(at, end))
        if number and any(sentence.parts[place] is not Part.ASKED for place in range(at, end)):
            yield Run(at, end, any(sentence.content[at:end]), _placed(sentence, at))
        at = max(end, at + 1)


def _is_dated(sentence: Sentence, at: int) -> bool:
    """Whether a piece is a number, or a month or era beside one."""
    found = sentence.found
    beside = any(0 <= place < len(found) and found[place].number for place in (at - 1, at + 1))
    return found[at].number or (beside and sentence.role(at, *_DATED))


def _placed(sentence: Sentence, at: int) -> bool:
    """Whether a run stands behind a word such as "in" or "of", a few small words between them."""
    for place in range(at - 1, max(-1, at - 4), -1):
        if sentence.found[place + 1].gap != " ":
            return False
        if sentence.role(place, *_LOOSE):
            return True
        if sentence.role(place, Role.AGENT) or not (sentence.parts[place] is Part.TOLD or sentence.role(place, Role.ARTICLE)):
            return False
    return False


def _adjective(sentence: Sentence, run: Run) -> bool:
    """Whether one capital word describes the small word behind it: "a German physicist"."""
    return (
        run.end - run.begin == 1
        and run.end < len(sentence.found)
        and sentence.found[run.end].gap in (" ", "-")
        and sentence.tells(run.end)
        and run.begin > 0
        and sentence.role(run.begin - 1, Role.ARTICLE, Role.AGENT)
    )


def _focus(sentence: Sentence, runs: Sequence[Run], wanted: Wanted) -> Focus | None:
    """The one run, or the one enumeration of runs, that may be the answer."""
    free = [run for run in runs if not _adjective(sentence, run) and not sentence.bracketed[run.begin]]
    if wanted is Wanted.NAME:
        own = [run for run in free if not run.mixed] or free
        free = [run for run in own if not run.placed] or own
    if not free:
        return None
    for before, after in itertools.pairwise(free):
        if not _joined(sentence, before.end, after.begin):
            return None
    return Focus(free[0].begin, free[-1].end, free[0].end if _lies(sentence, free) else free[-1].end)


def _lies(sentence: Sentence, runs: Sequence[Run]) -> bool:
    """Whether runs are a place and those in which it lies: "in Lyon, France"."""
    if len(runs) > PLACES or any(before.end != after.begin for before, after in itertools.pairwise(runs)):
        return False
    before = next((at for at in range(runs[0].begin - 1, -1, -1) if not sentence.role(at, Role.ARTICLE)), None)
    return before is not None and sentence.role(before, Role.WITHIN)


def _joined(sentence: Sentence, end: int, begin: int) -> bool:
    """Whether two runs are items of one enumeration."""
    if begin == end:
        return sentence.found[begin].gap in (", ", " & ")
    between = range(end, begin)
    return len(between) == 1 and sentence.role(end, Role.JOINS) and sentence.found[begin].gap == " "


def _before(sentence: Sentence, begin: int, names: Sequence[Run], wanted: Wanted) -> bool:
    """Whether nothing stands before the answer but the question's words, those that carry, and dress."""
    start = _office(sentence, begin)
    commas = sum("," in piece.gap for piece in sentence.found[1 : begin + 1])
    if commas > int(sentence.role(0, *_LOOSE)) and any(run.begin < start and run.mixed and not run.placed for run in names):
        return False  # "The Labour Party, led by Clement Attlee, won"
    covering = {at for run in names for at in range(run.begin, run.end) if run.placed or run.mixed}
    for at in range(start):
        part = sentence.parts[at]
        if part is Part.NUMBER and sentence.asked.numbers and not sentence.bracketed[at]:
            return False  # another year than that of the question
        if part in GONE or at in covering or sentence.bracketed[at] or (part is Part.NUMBER and wanted is Wanted.NAME):
            continue
        if sentence.role(at, Role.TITLE) or (wanted is Wanted.NAME and sentence.role(at, *_DATED)):
            continue
        return False
    if any(run.begin < start and run.placed and not run.mixed for run in names) and not sentence.covered:
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


def _behind(sentence: Sentence, focus: Focus, names: Sequence[Run], wanted: Wanted) -> bool:
    """Whether nothing stands behind the answer but the question's words, those that carry, and dress."""
    begin, end, _ = focus
    if sentence.found[end - 1].owns:
        return False
    restated = any(sentence.content[:begin])
    count = len(sentence.found)
    at = end
    while at < count and not _breaks(sentence, at):
        if sentence.parts[at] not in GONE and not any(r.begin <= at < r.end and r.mixed for r in names):
            return False
        restated = restated or sentence.content[at]
        at += 1
    if at > end and not restated:
        return False
    if at < count and not restated and not BREAKS & set(sentence.found[at].gap):
        return False
    return at >= count or (_may_begin(sentence, at) and _is_remark(sentence, at, end, names, wanted))


def _breaks(sentence: Sentence, at: int) -> bool:
    """Whether a remark may begin here: a sign, a word that opens one, or "and it"."""
    if sentence.role(at, Role.JOINS) and at + 1 < len(sentence.found) and sentence.role(at + 1, Role.CARRIES):
        return True
    return bool(BREAKS & set(sentence.found[at].gap)) or sentence.role(at, *_LOOSE)


def _may_begin(sentence: Sentence, at: int) -> bool:
    """Whether a remark may begin with a piece."""
    return (
        sentence.parts[at] in (*GONE, Part.NUMBER)
        or sentence.role(at, Role.JOINS)
        or sentence.role(at, *_LOOSE)
        or "(" in sentence.found[at].gap
    )


def _is_remark(sentence: Sentence, at: int, end: int, names: Sequence[Run], wanted: Wanted) -> bool:
    """Whether the rest of a sentence names nothing that may be another answer."""
    for run in names:
        if run.begin < at or run.mixed or _adjective(sentence, run):
            continue
        if sentence.bracketed[run.begin] and sentence.parts[run.begin - 1] is Part.ASKED:
            continue  # what a word of the question stands for
        abbreviated = is_abbreviation(sentence.found, run.begin) and run.end - run.begin == 1
        if not run.placed and not abbreviated:
            return False
        if run.begin > end + 3 and not sentence.covered:
            return False
    numbers = [place for place in range(at, len(sentence.found)) if sentence.parts[place] is Part.NUMBER]
    return not numbers or (wanted is Wanted.NAME and not sentence.asked.numbers)
