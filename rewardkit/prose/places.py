"""Whether an answer stands in the place that its question asks for, and not in that of what the question holds.

"Plato taught Socrates" has all the words of an answer to "Who taught Plato?", and answers another question.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.prose.asked import Asked
from rewardkit.prose.carriers import Language, Role
from rewardkit.prose.pieces import Piece, root
from rewardkit.prose.remains import Part

__all__ = ["is_misplaced"]

_LEAST = frozenset({Role.ARTICLE, Role.TITLE})
_LEADING = frozenset({Role.ADJUNCT, Role.AIMS, Role.OPENS})


def is_misplaced(
    found: Sequence[Piece], parts: Sequence[Part], span: tuple[int, int], asked: Asked, language: Language | None
) -> bool:
    """Whether the pieces from `span[0]` to `span[1]` stand where they answer something else than what is asked."""
    if language is None or Role.DOES not in language.known:
        return False
    begin, end = span
    roles = [language.roles_of(piece.word) for piece in found]
    last = next((at for at in range(begin - 1, -1, -1) if roles[at].isdisjoint(_LEAST)), None)
    asks = [language.roles_of(piece.word) for piece in asked.pieces]
    first = next((at for at, one in enumerate(asks) if Role.ASKS in one), None)
    if found[end - 1].owns:
        return True
    if last is not None and not found[begin].number:
        leading = _LEADING | {Role.AGENT} if any(Role.AUXILIARY in one for one in asks) else _LEADING
        if not roles[last].isdisjoint(leading) and _is_bound(found, roles, last, asked, language):
            return True
    content = [part is Part.ASKED and not one for part, one in zip(parts, roles, strict=True)]
    if last is None and asked.content and not any(content) and any(Role.KIND in one for one in roles[end:]):
        return True  # "Blue is a color."
    if first is None:
        return False
    if any(Role.DOES in one for one in asks[first:]):
        by = last is not None and last > 0 and found[last].word == "by" and content[last - 1]
        by = by and not any(piece.word == "by" for piece in asked.pieces)
        return by or (not any(content[:begin]) and end < len(found) and content[end])
    if any(Role.AUXILIARY in one for one in asks):
        return False
    verb = asked.pieces[first + 1 + (asked.pieces[first].word != "who") :][:1]
    turned = last is not None and any(content[:last]) and [root(piece.word) for piece in verb] == [root(found[last].word)]
    passive = any(piece.word == "by" and any(content[at:]) for at, piece in enumerate(found) if at >= end)
    return turned or (passive and not any(content[:begin]))


def _is_bound(found: Sequence[Piece], roles: Sequence[frozenset[Role]], last: int, asked: Asked, language: Language) -> bool:
    """Whether the word that leads to an answer leads to something else in the question: "the capital of" France."""
    own = asked.pieces
    led: list[frozenset[Role]] = []
    for at, piece in enumerate(own):
        if piece.word == found[last].word:
            behind = (language.roles_of(one.word) for one in own[at + 1 :])
            led.append(next((one for one in behind if one.isdisjoint(_LEAST)), frozenset({Role.ASKS})))
    kind = last > 0 and Role.KIND in roles[last - 1]
    # Behind a word that leads to nothing, as in "what does it stand for", the answer stands.
    return bool(led) and not kind and all(one.isdisjoint(_LEADING | {Role.ASKS}) for one in led)
