"""The names and dates of a sentence, each as one run of its pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rewardkit.prose.asked import Asked
from rewardkit.prose.carriers import Language, Role
from rewardkit.prose.pieces import Piece, root
from rewardkit.prose.remains import KEPT_ROLES, Part

__all__ = ["DATED", "LOOSE", "Run", "Sentence", "are_joined", "dates", "is_adjective", "names"]

DATED = frozenset({Role.MONTHS, Role.ERAS})
# Words of a question that restate nothing.
_SMALL = frozenset(
    {Role.ARTICLE, Role.AUXILIARY, Role.POINTS, Role.ASKS, Role.ADJUNCT, Role.AGENT, Role.AIMS, Role.OPENS, Role.BETWEEN}
)
LOOSE = frozenset({Role.ADJUNCT, Role.OPENS})


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


def _brackets(found: Sequence[Piece]) -> list[bool]:
    """Whether each piece stands in brackets."""
    if not any("(" in piece.gap for piece in found):
        return [False] * len(found)
    depth, inside = 0, []
    for piece in found:
        depth = max(0, depth + piece.gap.count("(") - piece.gap.count(")"))
        inside.append(depth > 0)
    return inside


def names(sentence: Sentence) -> list[Run]:
    """The names of a sentence that the question does not hold as a whole."""
    return _led_on(sentence, list(_names(sentence)))


def _names(sentence: Sentence) -> Iterator[Run]:
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
        if runs[at - 1].placed and are_joined(sentence, runs[at - 1].end, runs[at].begin):
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


def dates(sentence: Sentence) -> Iterator[Run]:
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
    return found[at].number or (beside and sentence.role(at, *DATED))


def _placed(sentence: Sentence, at: int) -> bool:
    """Whether a run stands behind a word such as "in" or "of", a few small words between them."""
    for place in range(at - 1, max(-1, at - 4), -1):
        if sentence.found[place + 1].gap != " ":
            return False
        if sentence.role(place, *LOOSE):
            return True
        if sentence.role(place, Role.AGENT) or not (sentence.parts[place] is Part.TOLD or sentence.role(place, Role.ARTICLE)):
            return False
    return False


def is_adjective(sentence: Sentence, run: Run) -> bool:
    """Whether one capital word describes the small word behind it: "a German physicist"."""
    return (
        run.end - run.begin == 1
        and run.end < len(sentence.found)
        and sentence.found[run.end].gap in (" ", "-")
        and sentence.tells(run.end)
        and run.begin > 0
        and sentence.role(run.begin - 1, Role.ARTICLE, Role.AGENT)
    )


def are_joined(sentence: Sentence, end: int, begin: int) -> bool:
    """Whether two runs are items of one enumeration."""
    if begin == end:
        return sentence.found[begin].gap in (", ", " & ")
    between = range(end, begin)
    return len(between) == 1 and sentence.role(end, Role.JOINS) and sentence.found[begin].gap == " "
