"""Whether a text affirms or denies what a question of yes or no asks, by saying it again: "There are fewer jets than buses.".

All words that tell something must be those of the question, in its order. One denial turns the answer, and so does one word of
the opposite meaning or, about "than", the two sides changed over. Anything else is left over, and nothing is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rewardkit.prose.asked import Asked, read_asked, spoken
from rewardkit.prose.carriers import Language, Role
from rewardkit.prose.pieces import Piece, pieces, root, valued
from rewardkit.prose.sentences import sentences
from rewardkit.prose.stance import Stance, stance

__all__ = ["affirms"]

LONGEST = 400  # characters
KEPT = 512
_PLAIN = frozenset({Role.ARTICLE, Role.AUXILIARY, Role.POINTS, Role.FRAME})
_PLACES = frozenset({Role.ADJUNCT, Role.ARTICLE, Role.POINTS})
# Languages in which a second word of denial belongs to the first one.
_TWOFOLD = frozenset({"fr", "es", "it"})


class Told(NamedTuple):
    """The words of a sentence that tell something, its denials, and whether a word stands for its subject."""

    words: tuple[str, ...]
    denials: int
    points: bool


def affirms(text: str, prompt: str) -> bool | None:
    """Whether a text says that what the prompt asks is so; None where it does not say it again, or speaks against itself."""
    if len(text) > LONGEST or not prompt.strip():
        return None
    asked = read_asked(prompt)
    language = spoken(asked, text)
    wanted = None if language is None else _proposition(asked, language)
    if wanted is None or language is None:
        return None
    said: bool | None = None
    for at, sentence in sentences(text):
        found = pieces(sentence, language)
        roles = {role for piece in found for role in language.roles_of(piece.word)}
        if Role.TURNS in roles:
            return None
        one = None if sentence.rstrip().endswith(("?", "？")) else _compared(wanted, _told(found, language), language)
        if said is None and found:
            if one is None or not _stands(text, at, sentence):
                return None
            said = one
        elif one is not said and found and (one is not None or Role.DENIES in roles or Role.TURNS not in language.known):
            return None
    return said


def _stands(text: str, at: int, sentence: str) -> bool:
    """Whether nothing behind a sentence takes it back."""
    end = at + len(sentence.rstrip().rstrip(".!。！"))
    return stance(" " * end + text[end:], max(at, end - 1), end) is Stance.STATED


@lru_cache(maxsize=KEPT)
def _proposition(asked: Asked, language: Language) -> Told | None:
    """What a question of yes or no asks; None for any other question."""
    found = asked.pieces
    roles = [language.roles_of(piece.word) for piece in found]
    if any(Role.OR in one or Role.DENIES in one for one in roles):
        return None
    opens = next(
        (at for at, one in enumerate(roles) if Role.AUXILIARY in one and (at == 0 or any(c in found[at].gap for c in ",:，：¿"))),
        None,
    )
    ends = bool(roles) and Role.AUXILIARY in roles[-1] and not found[-1].word.isascii()
    if opens is None and not ends:
        return None
    if any(Role.ASKS in one for one in roles[: opens or 0]):
        return None
    told = _told(found[opens or 0 :], language)
    return told if told.words else None


def _told(found: Sequence[Piece], language: Language) -> Told:
    words: list[str] = []
    denials = 0
    skipped: set[int] = set()
    for at, piece in enumerate(found):
        if Role.FRAME in language.roles_of(piece.word):
            back = at - 1
            while back >= 0 and not _PLACES.isdisjoint(language.roles_of(found[back].word)):
                skipped.add(back)
                back -= 1
    for at, piece in enumerate(found):
        roles = language.roles_of(piece.word)
        if Role.DENIES in roles:
            denials += 1
        elif at not in skipped and _PLAIN.isdisjoint(roles):
            words.append(root(valued(piece.word)))
    denials = min(denials, 1) if language.code in _TWOFOLD else denials
    points = (
        bool(found) and Role.POINTS in language.roles_of(found[0].word) and Role.ARTICLE not in language.roles_of(found[0].word)
    )
    return Told(tuple(words), denials, points)


def _compared(asked: Told, said: Told, language: Language) -> bool | None:
    """Whether what is said is what is asked, or the opposite of it; None where it is neither."""
    if said.denials > 1 or not said.words:
        return None
    turns = _than(asked.words, said.words, language)
    if turns is None:
        whole = said.words == asked.words or (said.points and asked.words[-len(said.words) :] == said.words)
        turns = 0 if whole else _opposed(asked.words, said.words, language)
    if turns is None or (turns and said.denials):
        return None
    return (turns + said.denials) % 2 == 0


def _opposed(asked: Sequence[str], said: Sequence[str], language: Language) -> int | None:
    """1 where one word is the opposite of that of the question, and all others are its own."""
    if len(asked) != len(said):
        return None
    other = [(a, s) for a, s in zip(asked, said, strict=True) if a != s]
    return 1 if len(other) == 1 and _opposites(language).get(other[0][0], frozenset()) >= {other[0][1]} else None


@lru_cache(maxsize=32)
def _opposites(language: Language) -> dict[str, frozenset[str]]:
    return {root(word): frozenset(map(root, others)) for word, others in language.opposites.items()}


class Comparison(NamedTuple):
    """What is compared, the word that compares, and with what."""

    one: tuple[str, ...]
    by: str
    other: tuple[str, ...]


def _comparison(words: Sequence[str], language: Language) -> Comparison | None:
    than = next((at for at, word in enumerate(words) if Role.THAN in language.roles_of(word)), None)
    if than is None:
        return None
    by = [word for word in words[:than] if word in _opposites(language)]
    if len(by) != 1:
        return None
    return Comparison(tuple(word for word in words[:than] if word != by[0]), by[0], tuple(words[than + 1 :]))


def _than(asked: Sequence[str], said: Sequence[str], language: Language) -> int | None:
    """How often a comparison is turned: by a word of the opposite meaning, and by its sides changed over."""
    one, other = _comparison(asked, language), _comparison(said, language)
    if one is None or other is None or {one.one, one.other} != {other.one, other.other}:
        return None
    turned = other.by in _opposites(language)[one.by]
    if not turned and other.by != one.by:
        return None
    return int(turned) + int(one.one != other.one)
