"""Where a text speaks of an option by the option's own words, in a sentence, inflected, or in number words.

An option is spoken of whole where all words that it has alone among the options stand together, "Fleming" for "Alexander Fleming"
among them; where only some of them do it is touched upon, which is enough to say that a text does not speak of one option only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from rewardkit.answers.notation import foreign_numbers, number_words
from rewardkit.answers.notation.foreign_numbers import in_numerals
from rewardkit.answers.notation.number_words import spell_out
from rewardkit.prose.asked import Asked, read_asked
from rewardkit.prose.carriers import EMPTY, Language, Role
from rewardkit.prose.pieces import UNSPACED, Piece, pieces, same_word
from rewardkit.prose.sentences import sentences
from rewardkit.verifiers.choice.options import Options
from rewardkit.verifiers.choice.texts import Quantity, quantity

__all__ = ["Spoken", "is_strewn", "question_of", "spoken_of"]

TAIL = 2_000  # characters of a prompt in which its question stands
KEPT = 64  # questions with their options
MOST = 48  # places in which options are spoken of; a text with more goes through them
NUMBER_WORDS = 4
_LABEL_OF_FIRST = re.compile(r"[\s(\[（]*\w{1,3}\s*[)\].:：、．）]?\s*$")
_NUMBER = re.compile(r"[-−]?\d[\d.,]*(?<=\d)(?:\s?[/:]\s?\d+)?\s?%?")
_WORD = re.compile(r"[^\W\d_]+")


class Spoken(NamedTuple):
    """A place in which a text speaks of an option, whole or in part."""

    letter: str
    begin: int
    end: int
    whole: bool


class _Words(NamedTuple):
    """The folded words of an option, and those that no other one has and that say something."""

    all: tuple[str, ...]
    own: frozenset[str]
    name: bool  # written in capitals, as the names of persons are, so that one of its words may stand for it


def question_of(prompt: str, options: Options) -> Asked:
    """What a prompt asks, the list of its options aside: its last question, else the last clause, which an option completes."""
    return _question_of(prompt, next(iter(options.texts.values()), ""))


@lru_cache(maxsize=KEPT)
def _question_of(prompt: str, first: str) -> Asked:
    at = prompt.rfind(first) if first else -1
    head = (_LABEL_OF_FIRST.sub("", prompt[:at]) if at > 0 else prompt)[-TAIL:]
    found = [one.strip() for _, one in sentences(head) if one.strip()]
    asks = [one for one in found if one.endswith(("?", "？", "؟"))]
    return Asked(asks[-1]) if asks else read_asked(found[-1].rpartition(",")[2] if found else prompt)


def spoken_of(text: str, options: Options, asked: Asked, language: Language | None) -> list[Spoken]:
    """Where a text speaks of options, in order; of places that overlap the longest, and nothing where there are too many."""
    said = pieces(text, None)
    inflected = language.code != "en" if language is not None else not text.isascii()
    words = _words_of(tuple(options.texts.items()), asked)
    held = frozenset(piece.word for piece in asked.pieces)
    found = [one for letter, own in words.items() for one in _runs(letter, own, _marked(said, own, held), inflected)]
    if options.quantities:
        found = [one for one in found if one.letter not in options.quantities] + list(_numbers(text, options))
    kept: list[Spoken] = []
    for one in sorted(found, key=lambda spoken: (not spoken.whole, spoken.begin - spoken.end, spoken.begin)):
        if all(one.end <= other.begin or other.end <= one.begin for other in kept):
            kept.append(one)
        if len(kept) > MOST:
            return []
    return sorted(kept, key=lambda spoken: spoken.begin)


def is_strewn(
    text: str, places: Sequence[Spoken], letter: str, options: Options, asked: Asked, language: Language | None
) -> bool:
    """Whether all words that an option has alone, two or more, stand in those places of a text that speak of it in part."""
    own = _words_of(tuple(options.texts.items()), asked)[letter].own
    said = [piece.word for one in places if one.letter == letter for piece in pieces(text[one.begin : one.end], None)]
    inflected = language.code != "en" if language is not None else not text.isascii()
    return len(own) > 1 and all(any(same_word(word, other, inflected=inflected) for other in said) for word in own)


def _marked(said: Sequence[Piece], option: _Words, held: frozenset[str]) -> Sequence[Piece]:
    """The pieces without those words that are the question's own, and not quite the option's: "mouse" is not "mouses"."""
    if held.isdisjoint(piece.word for piece in said):
        return said
    return [piece if piece.word not in held or piece.word in option.all else piece._replace(word="") for piece in said]


@lru_cache(maxsize=KEPT)
def _words_of(texts: tuple[tuple[str, str], ...], asked: Asked) -> Mapping[str, _Words]:
    language = asked.language
    found = {letter: pieces(text, None) for letter, text in texts}
    words: dict[str, _Words] = {}
    for letter, own in found.items():
        others = [piece.word for other, some in found.items() if other != letter for piece in some]
        telling = frozenset(
            piece.word
            for piece in own
            if not piece.number and not _is_small(piece.word, language) and not any(same_word(piece.word, w) for w in others)
        )
        leading = next((at for at, piece in enumerate(own) if not _is_article(piece.word, language)), 0)
        name = len(own) > 1 and all(piece.capital for piece in own if not _is_small(piece.word, language))
        words[letter] = _Words(tuple(piece.word for piece in own[leading:]), telling, name)
    return words


def _is_small(word: str, language: Language | None) -> bool:
    roles = language.roles_of(word) if language else frozenset[Role]()
    return not roles.isdisjoint(EMPTY - {Role.KIND}) or (len(word) < 2 and not UNSPACED.match(word))


def _is_article(word: str, language: Language | None) -> bool:
    return language is not None and Role.ARTICLE in language.roles_of(word)


def _runs(letter: str, option: _Words, said: Sequence[Piece], inflected: bool) -> Iterator[Spoken]:
    """Where all words of an option stand in a row, else those of its own that stand together."""
    size = len(option.all)
    if not size:
        return
    taken: set[int] = set()
    opening = option.all[0][:1]
    for at in range(len(said) - size + 1):
        # A quick look: words that are the same but for an ending begin with one letter.
        if said[at].word[:1] != opening:
            continue
        if all(same_word(one, said[at + place].word, inflected=inflected) for place, one in enumerate(option.all)):
            taken.update(range(at, at + size))
            yield Spoken(letter, said[at].begin, said[at + size - 1].end, True)
    if not option.own or size == 1 or UNSPACED.match(option.all[0]):
        return
    heads = {word[:1] for word in option.own}
    places = [
        at
        for at, piece in enumerate(said)
        if at not in taken and piece.word[:1] in heads and any(same_word(piece.word, w, inflected=inflected) for w in option.own)
    ]
    while places:
        first = places.pop(0)
        group = [first]
        while places and places[0] - group[-1] <= 2 and not _ends(said[group[-1] + 1 : places[0] + 1]):
            group.append(places.pop(0))
        held = {w for w in option.own for at in group if same_word(said[at].word, w, inflected=inflected)}
        whole = held == option.own or (option.name and said[first].capital and not _is_of_another_name(said, group))
        yield Spoken(letter, said[first].begin, said[group[-1]].end, whole)


def _ends(between: Sequence[Piece]) -> bool:
    return any(any(sign in piece.gap for sign in ".,;:!?") for piece in between)


def _is_of_another_name(said: Sequence[Piece], group: Sequence[int]) -> bool:
    """Whether a word of a name stands beside another word in capitals: "John Smith" is not John Adams."""
    before, behind = group[0] - 1, group[-1] + 1
    led = before > 0 and said[before].capital and not said[group[0]].gap.strip() and said[before].gap.strip(" ") != "."
    return led or (behind < len(said) and said[behind].capital and said[behind].gap == " ")


def _numbers(text: str, options: Options) -> Iterator[Spoken]:
    """Where a text says the number of an option, in digits or in words; a ratio or a time only as one."""
    for found in _NUMBER.finditer(text):
        value = quantity(found[0].replace(" ", ""))
        for letter, other in options.quantities.items():
            if value is not None and value.value == other.value and (":" in found[0]) is (":" in options.texts[letter]):
                yield Spoken(letter, found.start(), found.end(), True)
    words = list(_WORD.finditer(text))
    at = 0
    while at < len(words):
        most = min(NUMBER_WORDS, len(words) - at) if _may_open(words[at][0]) else 0
        for size in range(most, 0, -1):
            begin, end = words[at].start(), words[at + size - 1].end()
            value = _in_words(text[begin:end])
            if value is not None:
                yield from (Spoken(a, begin, end, True) for a, other in options.quantities.items() if value.value == other.value)
                at += size - 1
                break
        at += 1


def _may_open(word: str) -> bool:
    """A quick look: whether a number in words may begin with a word, as few words do."""
    return number_words.may_begin(word) or foreign_numbers.may_begin(word, None)


@lru_cache(maxsize=1024)
def _in_words(words: str) -> Quantity | None:
    """The number that words are; "one" is none, as it stands for anything."""
    said = spell_out(words)
    if said == words:
        said = in_numerals(words) or ""
    value = quantity(said.replace("\\frac{", "").replace("}{", "/").rstrip("}")) if said else None
    return value if value is not None and value.value != 1 and not value.unit else None
