"""Whether a sentence relates its answer to the question's words as the question does: who did it, to whom, and where.

All that is asked is said again in the question's order, the answer beside it: "Booth shot Lincoln", not "Lincoln shot Booth" nor
"it was Booth whom Lincoln shot". In the passive the verb comes last, before who did it: "Lincoln was shot by Booth". Between two
words of the question stands no other preposition than the question's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from rewardkit.prose.carriers import Role
from rewardkit.prose.pieces import Piece, root
from rewardkit.prose.remains import Part
from rewardkit.prose.runs import Sentence, names

__all__ = ["keeps_relations"]

_SIGNS = ("-", "−", "–")
_CALLED = frozenset(["called", "named"])
_WHERE = frozenset(["where", "when"])
_QUOTES = frozenset('"“«*_')
_RELATIVE = frozenset(["that", "who", "whom", "which", "whose", "where"])
_PLACES = frozenset(["in", "on", "at"])


def keeps_relations(sentence: Sentence, begin: int, end: int) -> bool:
    """Whether the pieces from `begin` to `end` stand to the question's words as what it asks for does."""
    if not sentence.covered or _is_in_another_place(sentence, end):
        return False
    if any(run.mixed and not begin <= run.begin < end for run in names(sentence)):
        return False  # "Paris Hilton" where the question has Paris
    if sentence.language.code != "en" and not _ends_in(sentence, begin, end):
        return False
    said = _said(sentence, begin, end)
    order = [place for place, _ in said]
    if not (order == sorted(order) or _is_passive(sentence, order, begin) or _is_clause_first(sentence, said)):
        return False
    return _adds_nothing(sentence, begin, end)


def _ends_in(sentence: Sentence, begin: int, end: int) -> bool:
    """Whether a sentence ends in its answer, right behind a copula, as can be told in any language."""
    before = _beside(sentence, range(begin - 1, -1, -1))
    return before is not None and end == len(sentence.found) and sentence.role(before, Role.AUXILIARY)


def _beside(sentence: Sentence, places: Iterable[int]) -> int | None:
    """The first of some places that holds no article."""
    return next((at for at in places if not sentence.role(at, Role.ARTICLE)), None)


def _is_in_another_place(sentence: Sentence, end: int) -> bool:
    """Whether a name is put to an answer behind a comma, "Paris, Texas", which may be another thing of that name."""
    return end < len(sentence.found) and "," in sentence.found[end].gap and sentence.found[end].capital


def _said(sentence: Sentence, begin: int, end: int) -> list[tuple[int, int]]:
    """The places in the question of its own words, and where they are said first, in the order of the sentence."""
    found: dict[int, int] = {}
    wanted = [(at, piece) for at, piece in enumerate(sentence.asked.pieces) if root(piece.word) in sentence.asked.content]
    for at, piece in enumerate(sentence.found):
        if begin <= at < end:
            continue
        place = next((one for one, other in wanted if one not in found and _same(sentence, piece, other)), None)
        if place is not None:
            found[place] = at
    return list(found.items())


def _same(sentence: Sentence, one: Piece, other: Piece) -> bool:
    if root(one.word) == root(other.word):
        return True
    same = sentence.language.same
    return not same.get(one.word, frozenset()).isdisjoint(same.get(other.word, frozenset()))


def _is_passive(sentence: Sentence, order: Sequence[int], begin: int) -> bool:
    """Whether the question's verb comes behind all else, and then who did it."""
    before = _beside(sentence, range(begin - 1, -1, -1))
    led = before is not None and sentence.role(before, Role.AGENT)
    return led and len(order) > 1 and order[-1] == min(order) and list(order[:-1]) == sorted(order[:-1])


def _is_clause_first(sentence: Sentence, said: Sequence[tuple[int, int]]) -> bool:
    """Whether a clause at the end of a question with "is" or "was" is said first, up to a comma: "When …, Irwin was …"."""
    order = [place for place, _ in said]
    turn = next((at for at, (one, other) in enumerate(pairwise(order), 1) if one > other), 0)
    if not turn or [*order[turn:], *order[:turn]] != sorted(order) or not _compares_nothing(sentence):
        return False
    return any("," in piece.gap for piece in sentence.found[said[turn - 1][1] + 1 : said[turn][1] + 1])


def _compares_nothing(sentence: Sentence) -> bool:
    """Whether a question has "is" or "was" for its verb, and no word of comparison nor of who did it."""
    roles = [sentence.language.roles_of(piece.word) for piece in sentence.asked.pieces]
    is_copular = len(roles) > 1 and Role.AUXILIARY in roles[1] and Role.DOES not in roles[1]
    return is_copular and not any(Role.THAN in one or Role.AGENT in one for one in roles)


def _adds_nothing(sentence: Sentence, begin: int, end: int) -> bool:
    """Whether every word beside the answer is the question's, says the same, is small, or leads to what stands behind it."""
    if sentence.role(0, Role.AUXILIARY) or sentence.found[begin].gap.rstrip().endswith(_SIGNS):
        return False  # "Had it been written by …", "-50"
    said = Counter(piece.word for at, piece in enumerate(sentence.found) if not begin <= at < end and _tells(sentence, at))
    asked = Counter(piece.word for piece in sentence.asked.pieces)
    if any(count > asked[word] for word, count in said.items() if word in asked):
        return False  # "the company that bought Facebook bought Instagram"
    return all(
        begin <= at < end or _is_small(sentence, at) or _leads(sentence, at, begin, asked) for at in range(len(sentence.found))
    )


def _tells(sentence: Sentence, at: int) -> bool:
    return not sentence.role(at, Role.ARTICLE, Role.AUXILIARY)


def _is_small(sentence: Sentence, at: int) -> bool:
    """Whether a word is the question's, or says what one of its words says, or is an article, a copula or of "is called"."""
    word = sentence.found[at].word
    if sentence.parts[at] is Part.ASKED or word in _CALLED or sentence.asked.carries(word, sentence.language):
        return True
    return sentence.role(at, Role.ARTICLE, Role.AUXILIARY) and word not in _RELATIVE


def _leads(sentence: Sentence, at: int, begin: int, asked: Mapping[str, int]) -> bool:
    """Whether a word leads to the answer, "by", "in", or is the kind of the question's thing behind it: "the song"."""
    behind = _beside(sentence, range(at + 1, len(sentence.found)))
    if behind is None or sentence.role(at, Role.KIND):
        return behind is not None and sentence.parts[behind] is Part.ASKED and not _QUOTES.isdisjoint(sentence.found[behind].gap)
    of_place = not _WHERE.isdisjoint(asked)
    return behind == begin and (sentence.found[at].word in _PLACES if of_place else sentence.role(at, Role.AGENT))
