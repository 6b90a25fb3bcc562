"""A sentence that restates the question: what remains of it is the answer."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rewardkit.prose.alternatives import Offered, offered, taken
from rewardkit.prose.asked import Asked, spoken
from rewardkit.prose.carriers import Language, Role, languages, plain
from rewardkit.prose.dressed import Sentence, Wanted, dressed
from rewardkit.prose.pieces import Piece, pieces, root, valued
from rewardkit.prose.places import is_misplaced
from rewardkit.prose.relations import keeps_relations
from rewardkit.prose.remains import GONE, KEPT_ROLES, Part, core, parts_of
from rewardkit.prose.sentences import sentences
from rewardkit.prose.stance import stance
from rewardkit.verifiers.text.alike import Said, alike, is_in_order, said

__all__ = ["Restated", "restates"]

LONGEST = 800  # characters; a longer text argues, and a judge reads it
# "Italy [1].", "Italy¹" and, where a page was copied, "Italy1."
_CITED = re.compile(r"\s?\[\d{1,3}\]|【[^】\n]{0,40}】|(?<=[a-z]{3})[¹²³⁰⁴-⁹]+|(?<=[a-z]{3})\d{1,2}(?=[.!]?\s*$)")
_LETTERS = re.compile(r"\w \(([A-Z]{2,8})\)\s*$")
_WORD = re.compile(r"[^\W_]+")
_ITEM = re.compile(r"(?:[-*•–]|\d{1,2}[.)])\s+")
KEPT = 4096  # references
PREFIX = 4  # letters in which a word and its other forms agree
_AGAINST = frozenset({Role.DENIES, Role.TURNS})


class Restated(NamedTuple):
    """What a text gives as its answer by restating the question: the accepted text, or None for another of the things offered."""

    reference: str | None


def restates(passage: str, references: tuple[str, ...], asked: Asked, *, strict: bool = False) -> Restated | None:
    """The answer that a passage gives by restating the question; None where it gives none, several, or more than that.

    `strict`: where its first telling sentence also relates the answer to the question's words as the question does.
    """
    if len(passage) > LONGEST or asked.several:
        return None
    sides = offered(asked)
    wanted: set[int | None] = {_side(reference, sides, asked) for reference in references} if sides else {None}
    if None not in wanted:
        return _either(passage, references, wanted, asked)
    if not _may_hold(passage, references):
        return None
    passage = _flat(passage)
    references = tuple(form for reference in references for form in _forms(reference))
    language = spoken(asked, passage)
    matched: str | None = None
    for at, sentence in sentences(passage):
        found = pieces(sentence, language)
        parts = parts_of(found, asked, language)
        if not core(found, parts, language):
            continue
        parsed = Parsed(found, parts, asked, language)
        if matched is None:
            matched = _matched(passage, at, parsed, references, strict) if _may_hold(sentence, references) else None
            if matched is None:
                return None
        elif strict or not _only_tells(parsed, matched):
            return None
    return None if matched is None else Restated(matched)


def _may_hold(passage: str, references: tuple[str, ...]) -> bool:
    """A quick look: whether a passage holds the beginning of a word of some reference."""
    low = plain(passage)
    return any(not marks or any(mark in low for mark in marks) for marks in map(_marks, references))


@lru_cache(maxsize=KEPT)
def _marks(reference: str) -> tuple[str, ...]:
    """The beginnings of a reference's words; none where it has numbers, which may be written as words."""
    words = _WORD.findall(plain(reference))
    if any(valued(word) != word or word[0].isdigit() for word in words):
        return ()
    letters = _LETTERS.search(reference)
    marks = tuple(word[:PREFIX] for word in words if len(word) >= PREFIX) or tuple(words)
    return (*marks, letters[1].lower()) if letters else marks


@lru_cache(maxsize=KEPT)
def _forms(reference: str) -> tuple[str, ...]:
    """A reference, and the letters in brackets that stand for it."""
    letters = _LETTERS.search(reference)
    return (reference, letters[1]) if letters else (reference,)


def _side(reference: str, sides: Offered, asked: Asked) -> int | None:
    """Which of the things that a question offers a reference is."""
    return sides.of([root(piece.word) for piece in pieces(reference, asked.language)])


def _either(passage: str, references: tuple[str, ...], wanted: set[int | None], asked: Asked) -> Restated | None:
    """The thing that a passage takes of those that the question offers, in all of its sentences the same."""
    sides = {taken(sentence, asked) for _, sentence in sentences(passage)}
    end = len(passage.rstrip(" .!\n"))
    if len(sides) != 1 or None in sides or not stance(passage, end, end).offers:
        return None
    return Restated(references[0] if sides <= wanted else None)


class Offer(NamedTuple):
    """What a sentence offers as its answer, where it stands, and whether it is a date or number, a name, or all that remains."""

    said: Said
    begin: int
    end: int
    wanted: Wanted | None
    numeric: bool


def _flat(passage: str) -> str:
    """The passage without marks of citation, and with a list in lines as one in a row."""
    passage = _CITED.sub("", passage)
    lines = [line.strip() for line in passage.splitlines() if line.strip()]
    items = [_ITEM.match(line) for line in lines]
    if sum(map(bool, items)) < 2:
        return passage
    flat, before = "", None
    for line, item in zip(lines, items, strict=True):
        flat += f"{', ' if before else ' '}{line[item.end() :]}" if item else f"\n{line}"
        before = item
    return flat.strip()


class Known(NamedTuple):
    """A reference as it is compared, what kind of answer it is, and the preposition before it."""

    said: Said
    wanted: Wanted
    led: str


class Parsed(NamedTuple):
    """A sentence in pieces, against its question."""

    found: Sequence[Piece]
    parts: Sequence[Part]
    asked: Asked
    language: Language | None


def _matched(passage: str, at: int, sentence: Parsed, references: tuple[str, ...], strict: bool) -> str | None:
    """The accepted text that the first telling sentence offers and states."""
    known = [(text, one) for text in references if (one := _read(text, sentence.asked, sentence.language)) is not None]
    dressed_as: frozenset[Wanted] = frozenset() if strict else frozenset(one.wanted for _, one in known)
    for offer in _offers(sentence, dressed_as):
        if _led_astray(sentence, offer) or (strict and not _is_related(sentence, offer)):
            continue
        for reference, one in known:
            if offer.wanted is not None and offer.wanted is not one.wanted:
                continue
            if strict and not is_in_order(one.said, offer.said):
                continue
            if alike(one.said, offer.said) and _led_as(sentence, offer, one) and _is_stated(passage, at, offer, sentence):
                return reference
        if _all_accepted(offer, [one for _, one in known]) and _is_stated(passage, at, offer, sentence):
            return references[0]
    return None


def _led_astray(sentence: Parsed, offer: Offer) -> bool:
    """Whether an answer stands where it says something else: "for Diego Velázquez", "by 1889", "Plato taught Socrates"."""
    found, parts, asked, language = sentence
    inside = [at for at, piece in enumerate(found) if offer.begin <= piece.begin < offer.end]
    if is_misplaced(found, parts, (inside[0], inside[-1] + 1), asked, language):
        return True
    if language is None:
        return False
    before = [at for at in range(inside[0]) if Role.ARTICLE not in language.roles_of(found[at].word)]
    if not before or parts[before[-1]] is Part.ASKED:
        return False
    roles = language.roles_of(found[before[-1]].word)
    return Role.AIMS in roles or (Role.AGENT in roles and offer.numeric)


def _is_related(sentence: Parsed, offer: Offer) -> bool:
    """Whether an answer stands to the question's words as what it asks for does."""
    found, parts, asked, language = sentence
    if language is None:
        return False
    inside = [at for at, piece in enumerate(found) if offer.begin <= piece.begin < offer.end]
    return keeps_relations(Sentence(found, parts, asked, language), inside[0], inside[-1] + 1)


def _led_as(sentence: Parsed, offer: Offer, known: Known) -> bool:
    """Whether the preposition of a reference, "on the table", leads to the answer too, where anything does."""
    if not known.led:
        return True
    found, _, _, language = sentence
    before = [p for p in found if p.end <= offer.begin and language and Role.ARTICLE not in language.roles_of(p.word)]
    return before[-1].word == known.led if before else offer.end == found[-1].end


def _is_stated(passage: str, at: int, offer: Offer, sentence: Parsed) -> bool:
    """Whether the sentence states what it offers; the question's words and those that carry say nothing for or against it."""
    shown = list(passage)
    for piece, part in zip(sentence.found, sentence.parts, strict=True):
        if part in GONE:
            shown[at + piece.begin : at + piece.end] = " " * (piece.end - piece.begin)
    return stance("".join(shown), at + offer.begin, at + offer.end).offers


def _all_accepted(offer: Offer, known: Sequence[Known]) -> bool:
    """Whether a sentence enumerates several texts, of which each is accepted."""
    if len(offer.said.items) < 2 or len(known) < 2:
        return False
    return all(any(alike(one.said, item) for one in known) for item in offer.said.each())


def _offers(sentence: Parsed, kinds: Container[Wanted]) -> Iterator[Offer]:
    """What a sentence may offer: all that remains of it, a name in its dress, a date in its dress."""
    found, parts, asked, language = sentence
    whole = core(found, parts, language)
    yield _offer(whole, None, language)
    end = _clause(sentence)
    if end is not None and (head := core(found[:end], parts[:end], language)):
        yield _offer(head, None, language)
    if language is None or Role.AGENT not in language.known:
        return
    whole_sentence = Sentence(found, parts, asked, language)
    for wanted in (kind for kind in Wanted if kind in kinds):
        span = dressed(whole_sentence, wanted)
        if span is not None:
            yield _offer(found[span.begin : span.end], wanted, language)
            if span.place != span.end:
                yield _offer(found[span.begin : span.place], wanted, language)


def _offer(found: Sequence[Piece], wanted: Wanted | None, language: Language | None) -> Offer:
    return Offer(said(found, language), found[0].begin, found[-1].end, wanted, any(piece.number for piece in found))


def _clause(sentence: Parsed) -> int | None:
    """Where a remark begins behind a comma, "…, which is a sugar", in which nothing is denied; None without one."""
    found, _, _, language = sentence
    if language is None or any(not KEPT_ROLES.isdisjoint(language.roles_of(piece.word)) for piece in found):
        return None
    opens = (at for at, piece in enumerate(found) if "," in piece.gap and Role.OPENS in language.roles_of(piece.word))
    return next(opens, None)


@lru_cache(maxsize=KEPT)
def _read_reference(reference: str, asked: Asked, code: str) -> Known | None:
    language = languages().get(code)
    found = pieces(reference, language)
    parts = parts_of(found, asked, language)
    inner = core(found, parts, language)
    if not inner or (all(piece.number for piece in inner) and _describes(found, parts, language)):
        return None
    dated = any(piece.number for piece in inner) and not any(
        piece.capital and not (language and Role.MONTHS in language.roles_of(piece.word)) for piece in inner
    )
    before = [
        piece for piece in found if language and piece.end <= inner[0].begin and Role.ARTICLE not in language.roles_of(piece.word)
    ]
    led = bool(before) and language is not None and Role.ADJUNCT in language.roles_of(before[-1].word)
    return Known(said(inner, language), Wanted.NUMBER if dated else Wanted.NAME, before[-1].word if led else "")


def _describes(found: Sequence[Piece], parts: Sequence[Part], language: Language | None) -> bool:
    """Whether a reference tells more than a number, although in the question's words: no digit is paid for a description."""
    return any(
        part is Part.ASKED and not piece.number and not (language and language.roles_of(piece.word))
        for piece, part in zip(found, parts, strict=True)
    )


def _read(reference: str, asked: Asked, language: Language | None) -> Known | None:
    return _read_reference(reference, asked, language.code if language else "")


def _only_tells(sentence: Parsed, matched: str) -> bool:
    """Whether a later sentence leaves the answer as it is: it repeats it or tells more about it, and offers no other."""
    found, parts, asked, language = sentence
    known = _read(matched, asked, language)
    inner = core(found, parts, language)
    if known is not None and alike(known.said, said(inner, language)):
        return True
    if language is None or Role.OPENS not in language.known:
        return False
    if Role.OR in language.roles_of(found[0].word) or any(language.roles_of(piece.word) & _AGAINST for piece in found):
        return False
    return any(part is Part.TOLD for part in parts) and len(inner) > 2
