"""A sentence that settles on a letter and says nothing else, in the words of the table: "Вариант C.", "Cです。", "Opção C"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rewardkit.first_use import first_use
from rewardkit.prose.carriers import Language, Role, folded, languages
from rewardkit.prose.ordinals import places
from rewardkit.prose.phrases import Meaning, Reach, Side, phrases
from rewardkit.prose.sentences import sentences
from rewardkit.prose.stance import stance
from rewardkit.verifiers.choice.letters import letter_of
from rewardkit.verifiers.choice.options import Options
from rewardkit.verifiers.choice.reading import Found, Reading

__all__ = ["CLAUSE", "Place", "heads", "letters_at", "letters_in", "settled", "settling"]

LIMIT = 400  # characters
SHORT = 80  # characters of such a sentence
# A word character that glues a letter into a word; those of scripts without spaces stand right beside it.
_GLUE = r"[^\W_぀-ヿ㐀-鿿가-힯]"
_LETTER = re.compile(rf"(?<!{_GLUE})(?:[A-Z]|[(\[（][A-Za-z])(?!{_GLUE}|['’]\w|\.\w)")
_WORDS = "AEIOY"  # letters that are words of some language
_ARTICLE_NEXT = re.compile(r"[^\S\n]+[^\W\d_]{2}")
_RIM = " \t\r\n\"'“”«»‘’()（）*_.!。,，"
CLAUSE = re.compile(r"[,;:—–]\s+|\s[-—–]\s|[，；：]|(?<=\w)[(（]")
_DRESS = r"[\s\"'“”«»(（\[*_:：,，]*"


def heads(rest: str, language: Language | None) -> bool:
    """Whether what follows an option that opens a sentence leaves it alone: "Saturn, no contest"; not "Mars, a god, has …"."""
    if rest.startswith((":", "：")):
        return False
    if rest.startswith(("(", "（")):
        return not rest.replace("）", ")").partition(")")[2].strip(_RIM)
    words = (part.split(maxsplit=1)[0] for part in CLAUSE.split(rest) if part.strip())
    return language is None or not any(Role.AUXILIARY in language.roles_of(folded(word)) for word in words)


class Place(NamedTuple):
    """Where a text names an option."""

    begin: int
    end: int
    letter: str


def letters_at(text: str, options: Options) -> Iterator[Place]:
    """Where a text names options by letter; "A" before a word is an article, "I" a pronoun."""
    for found in _LETTER.finditer(text):
        letter = found[0].strip("([（").upper()
        if letter in options.texts and not (letter in _WORDS and _ARTICLE_NEXT.match(text, found.end())):
            yield Place(*found.span(), letter)


def letters_in(text: str, options: Options) -> frozenset[str]:
    """The letters of options that a text names."""
    return frozenset(place.letter for place in letters_at(text, options))


@lru_cache(maxsize=1)
@first_use
def settling() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What settles on the option behind it, articles between them, and what does so on the one before it."""
    before = phrases(Meaning.SETTLES, Side.BEFORE, Reach.ADJACENT).source
    behind = phrases(Meaning.SETTLES, Side.BEHIND, Reach.TOUCHING).source
    return (
        re.compile(rf"(?:{before})[\s\"'“«(*_:]*(?:(?:{_articles()})[\s\"'“«(*_]+)*$", re.IGNORECASE),
        re.compile(rf"[\s\"'”»)*_]*(?:{behind})", re.IGNORECASE),
    )


@lru_cache(maxsize=1)
@first_use
def _articles() -> str:
    words = {word for one in languages().values() for word, roles in one.roles.items() if Role.ARTICLE in roles}
    return "|".join([phrases(Meaning.FILLS, Side.BEFORE, Reach.ADJACENT).source, *(rf"\b{word}\b" for word in sorted(words))])


@lru_cache(maxsize=1)
@first_use
def _sentence() -> re.Pattern[str]:
    """A sentence that is a letter with what settles on it, concludes, or is a noun for an option."""
    before = phrases(Meaning.SETTLES, Side.BEFORE, Reach.ADJACENT).source
    noun = phrases(Meaning.OPTION, Side.BEFORE, Reach.ADJACENT).source
    leads = phrases(Meaning.CONCLUDES, Side.BEFORE, Reach.CLAUSE).source
    behind = phrases(Meaning.SETTLES, Side.BEHIND, Reach.TOUCHING).source
    return re.compile(
        rf"{_DRESS}(?P<lead>(?:(?i:{before}|{noun}|{leads}|{_articles()})|[ldLD]['’]){_DRESS}){{0,5}}"
        rf"(?<!{_GLUE})(?P<letter>[A-Z])(?!{_GLUE}|['’]\w)[)）\]*_\"'”»]*(?P<behind>\s*(?i:{behind}))?[\s.!。！*_)\"'”»]*"
    )


def settled(text: str, options: Options) -> Found | None:
    """The one letter that a sentence of a short text settles on, where the text names no other."""
    named = letters_in(text, options) if len(text) <= LIMIT else frozenset[str]()
    if len(named) != 1:
        return None
    for begin, sentence in sentences(text):
        found = _sentence().fullmatch(sentence) if len(sentence) <= SHORT and not places(sentence) else None
        if found and (found["lead"] or found["behind"]) and (letter := letter_of(found["letter"], options)) in named:
            at = begin + found.start("letter")
            if stance(text, at, at + 1).offers:
                return Found(Reading(frozenset(letter), "letter"), sentence.strip(), "settled")
    return None
