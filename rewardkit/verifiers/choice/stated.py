"""The option whose words a text states as what is asked for, where it names no letter: "Tasten hat das Klavier".

A sentence claims an option where it settles on it in so many words ("that leaves Python", "it's the lizard", "Saturn, no
contest"), where it concludes with it, or where it says of it, and of no other option, what the question asks, in the question's
words. One option has to be claimed and no other; another that is spoken of must be so before, or be said of other things behind
an answer that opens the text. What is denied, asked, supposed, reported or the like claims nothing, and a text that breaks off
neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from rewardkit.prose.asked import Asked, spoken
from rewardkit.prose.carriers import Language, Role
from rewardkit.prose.meanings import phrases_in
from rewardkit.prose.ordinals import is_list
from rewardkit.prose.phrases import Meaning, Reach
from rewardkit.prose.pieces import UNSPACED, Piece, pieces, same_word
from rewardkit.prose.sentences import sentences
from rewardkit.prose.stance import Stance, stance
from rewardkit.verifiers.choice.inverted import is_inverted
from rewardkit.verifiers.choice.options import Options
from rewardkit.verifiers.choice.placed import placed
from rewardkit.verifiers.choice.predicate import POINTS, Predicate
from rewardkit.verifiers.choice.reading import Found, Reading
from rewardkit.verifiers.choice.settled import CLAUSE, heads, letters_in, settling
from rewardkit.verifiers.choice.spoken import Spoken, is_strewn, question_of, spoken_of

__all__ = ["stated"]

LIMIT = 800  # characters; a longer text reasons, and may say on its way what it does not hold in the end
SENTENCE = 4  # words of an option that says something by itself
LEAD = 120  # characters beside an option in which it is settled on
_RIM = " \t\r\n\"'“”«»‘’()（）*_.!。,，"


_LEADS = (":", "：", "—", "–", "-")
_SMALL = frozenset({Role.ARTICLE, Role.CARRIES})
_THAN = frozenset({Role.THAN})
_ADDS = frozenset({Role.ADJUNCT, Role.OPENS, Role.WITHIN})


class Claim(IntEnum):
    """How much a place says for its option."""

    DENIED = 0
    SPOKEN = 1
    SAID = 2
    SETTLED = 3


class _Span(NamedTuple):
    begin: int
    end: int


def stated(text: str, options: Options, prompt: str) -> Found | None:
    """The one option that a text claims by its words; None where it claims none or several."""
    if not options.telling or len(text) > LIMIT or not text.strip() or is_inverted(prompt, options):
        return None
    asked = question_of(prompt, options)
    language = spoken(asked, text)
    places = spoken_of(text, options, asked, language)
    if _is_cut(text, language):
        return None
    reader = _Reader(text, places, options, asked, language)
    found = reader.found() or _of_place(text, options, prompt)
    if found and UNSPACED.search(text) and reader.says_more(prompt):
        return None
    return found if found and found.reading and letters_in(text, options) <= found.reading.letters else None


def _of_place(text: str, options: Options, prompt: str) -> Found | None:
    """The option whose place a text states, where it states no other's."""
    found = [] if letters_in(text, options) else list(placed(text, options, prompt))
    letters = frozenset(one.letter for one in found)
    return Found(Reading(letters, "place"), text[found[0].begin : found[0].end], "stated") if len(letters) == 1 else None


def _is_cut(text: str, language: Language | None) -> bool:
    """Whether a text breaks off: behind a colon or a comma, or behind a word that leads on."""
    end = text.rstrip(" \n*_")
    if end.endswith((":", "：", ",", "，", "、", "…", "...")):
        return True
    last = pieces(end[-40:], None)[-1:]
    leads = {Role.ARTICLE, Role.ADJUNCT, Role.ASKS, Role.JOINS, Role.OR}
    return bool(last) and language is not None and end[-1:].isalpha() and not leads.isdisjoint(language.roles_of(last[0].word))


# Of "it is" and "that leaves" in Chinese, Japanese and Korean.
_SETTLING = frozenset("是就应該该只剩下那です残るのはがこれ입니다이남는것은正解")


class _Reader:
    """One text, and what its places claim."""

    def __init__(self, text: str, places: Sequence[Spoken], options: Options, asked: Asked, language: Language | None) -> None:
        self.text, self.options, self.asked, self.language = text, options, asked, language
        self.predicate = Predicate(asked, options, language)
        self.sentences = [_Span(begin, begin + len(one)) for begin, one in sentences(text) if one.strip()]
        self.compared = [one for one in places if self._led(one)]
        told = [one for one in places if one not in self.compared and not self._asks(one)]
        stances = [stance(text, one.begin, one.end) for one in told]
        self.live = [one for one, how in zip(told, stances, strict=True) if how.offers]
        self.undenied = [one for one, how in zip(told, stances, strict=True) if how is not Stance.DENIED]

    def _sentence(self, at: int) -> _Span:
        return next(one for one in self.sentences if at < one.end)

    def _asks(self, one: Spoken) -> bool:
        span = self._sentence(one.begin)
        return self.text[span.begin : span.end].rstrip(_RIM).endswith(("?", "？", "؟"))

    def _led(self, one: Spoken) -> bool:
        """Whether another is compared with an option: "faster than sound"."""
        before = pieces(self.text[self._sentence(one.begin).begin : one.begin], None)
        while before and self._is_small(before[-1]):
            before.pop()
        return bool(before) and self.predicate.has(before[-1].word, _THAN)

    def found(self) -> Found | None:
        """The option that is claimed where no other is."""
        claims: dict[str, tuple[Claim, Spoken]] = {}
        for one in self.live:
            claim = self._claim(one)
            if claim >= Claim.SAID and claim >= claims.get(one.letter, (Claim.SPOKEN, one))[0]:
                claims[one.letter] = (claim, one)
        if len(claims) != 1:
            return None
        letter, (claim, place) = next(iter(claims.items()))
        sentence = self._sentence(place.begin)
        others = [one for one in self.live if one.letter != letter]
        opens = claim is Claim.SETTLED and sentence == self.sentences[0]
        if any(one.begin > place.begin for one in others) and not (opens and not self._in(sentence, others)):
            return None
        if self._holds_another(sentence, others):
            return None
        return Found(Reading(frozenset(letter), "words"), self.text[sentence.begin : sentence.end].strip(), "stated")

    def _holds_another(self, sentence: _Span, others: Sequence[Spoken]) -> bool:
        """Whether the words of another option stand strewn over a sentence, so that its words choose neither of the two."""
        letters = {one.letter for one in others if self._in(sentence, [one])}
        near = [one for one in self.undenied if self._in(sentence, [one])]
        return any(is_strewn(self.text, near, letter, self.options, self.asked, self.language) for letter in letters)

    def says_more(self, prompt: str) -> bool:
        """Whether signs of a script without spaces stand beside the options that the prompt has not."""
        rest = self.text
        for said in self.options.texts.values():
            rest = rest.replace(said, " ")
        return any(UNSPACED.match(sign) and sign not in prompt and sign not in _SETTLING for sign in rest)

    def _in(self, span: _Span, places: Sequence[Spoken]) -> bool:
        return any(span.begin <= one.begin < span.end for one in places)

    def _claim(self, one: Spoken) -> Claim:
        """How much a place says for its option."""
        if not one.whole:
            return Claim.SPOKEN
        sentence = self._sentence(one.begin)
        clause = self._clause(sentence, one)
        before, behind = self.text[clause.begin : one.begin], self.text[one.end : clause.end]
        if self._counts_something(one):
            return Claim.SPOKEN
        others = [other for other in self.live if other.letter != one.letter]
        if not others and len(pieces(self.text[one.begin : one.end], None)) >= SENTENCE:
            return Claim.SAID
        if self._in(clause, others):
            return Claim.SPOKEN
        alone = not behind.strip(_RIM) and all(self._is_small(piece) for piece in pieces(before, None))
        lead = self.text[sentence.begin : clause.begin]
        first = not pieces(lead, None) or (clause.end >= sentence.end and is_list(lead))
        alone = alone and not letters_in(self.text[clause.begin : clause.end], self.options)
        if not self._in(sentence, others) and alone and first and heads(self.text[clause.end : sentence.end], self.language):
            return Claim.SETTLED
        said = self.predicate.holds(*self._beside(clause, one)) or self._said_on(sentence, clause, one, others)
        near = max(clause.begin, one.begin - LEAD)
        settling_on = settling()[0].search(self.text, near, one.begin)
        settled = settling_on or phrases_in(before, Meaning.CONCLUDES, Reach.CLAUSE)
        if settling_on and self._is_elsewhere(self.text[clause.begin : settling_on.start()]):
            return Claim.SPOKEN  # "At night it's the owl"
        ends = not behind.strip(_RIM) or self.predicate.has(behind.split(maxsplit=1)[0], _ADDS)
        if (settled and (said or ends)) or settling()[1].match(self.text, one.end, clause.end):
            return Claim.SETTLED
        return Claim.SAID if said else Claim.SPOKEN

    def _is_elsewhere(self, text: str) -> bool:
        """Whether words before what settles tell of a time, place or person that the question has not."""
        words = [piece.word for piece in pieces(text, None) if not self._is_small(piece)]
        return any(not any(same_word(word, piece.word) for piece in self.asked.pieces) for word in words)

    def _has(self, text: str, roles: frozenset[Role]) -> bool:
        """Whether a text has a word of one of the roles."""
        return self.language is not None and any(self.language.roles_of(piece.word) & roles for piece in pieces(text, None))

    def _counts_something(self, one: Spoken) -> bool:
        """Whether the number of an option stands before a thing that the question does not speak of: "23 students"."""
        if one.letter not in self.options.quantities or self.language is None:
            return False
        thing = next(iter(pieces(self.text[one.end : one.end + LEAD], None)), None)
        if thing is None or thing.gap.strip() or thing.number or UNSPACED.match(thing.word):
            return False
        if self.language.roles_of(thing.word) - {Role.KIND}:
            return False
        unit = self.options.quantities[one.letter].unit
        return thing.word != unit and not any(same_word(thing.word, piece.word) for piece in self.asked.pieces)

    def _said_on(self, sentence: _Span, clause: _Span, one: Spoken, others: Sequence[Spoken]) -> bool:
        """Whether a sentence goes on to say it of the option of its first clause: "…, and that makes it the capital"."""
        if self._in(sentence, others):
            return False
        rest, lead = self.text[clause.end : sentence.end], self.text[sentence.begin : clause.begin].rstrip()
        ends = not rest.strip(_RIM) and lead.endswith(_LEADS)
        if clause == sentence or ends:
            return self.predicate.holds(*self._beside(sentence, one))
        return any(self.predicate.has(part, POINTS) and self.predicate.holds("", part) for part in CLAUSE.split(rest))

    def _clause(self, sentence: _Span, one: Spoken) -> _Span:
        begin, end = sentence
        for gap in CLAUSE.finditer(self.text, sentence.begin, sentence.end):
            if gap.end() <= one.begin:
                begin = gap.end()
            elif gap.start() >= one.end:
                end = gap.start()
                break
        compared = [other.begin for other in self.compared if one.end <= other.begin < end]
        than = self.text.rfind(" ", 0, self.text.rfind(" ", 0, min(compared))) if compared else end
        return _Span(begin, max(than, one.end))

    def _beside(self, span: _Span, one: Spoken) -> tuple[str, str]:
        """What stands in a clause or sentence before and behind an option's words."""
        return self.text[span.begin : one.begin], self.text[one.end : span.end]

    def _is_small(self, piece: Piece) -> bool:
        return len(piece.word) < 2 or (self.language is not None and not self.language.roles_of(piece.word).isdisjoint(_SMALL))
