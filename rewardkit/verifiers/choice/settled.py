"""A sentence that settles on a letter and says nothing else, in the words of the table: "Вариант C.", "Cです。", "Opção C"."""

from __future__ import annotations

import re
from functools import lru_cache

from rewardkit.prose.carriers import Role, languages
from rewardkit.prose.phrases import Meaning, Reach, Side, phrases
from rewardkit.prose.sentences import sentences
from rewardkit.prose.stance import stance
from rewardkit.verifiers.choice.letters import letter_of
from rewardkit.verifiers.choice.options import Options
from rewardkit.verifiers.choice.reading import Found, Reading

__all__ = ["letters_in", "settled", "settling"]

LIMIT = 400  # characters
SHORT = 80  # characters of such a sentence
# A word character that glues a letter into a word; those of scripts without spaces stand right beside it.
_GLUE = r"[^\W_぀-ヿ㐀-鿿가-힯]"
_LETTER = re.compile(rf"(?<!{_GLUE})(?:[A-Z]|[(\[（][A-Za-z])(?!{_GLUE}|['’]\w|\.\w)")
_WORDS = "AEIOY"  # letters that are words of some language
_ARTICLE_NEXT = re.compile(r"[^\S\n]+[^\W\d_]{2}")
_DRESS = r"[\s\"'“”«»(（\[*_:：,，]*"


def letters_in(text: str, options: Options) -> frozenset[str]:
    """The letters of options that a text names; "A" before a word is an article, "I" a pronoun."""
    found = [(one[0].strip("([（").upper(), one.end()) for one in _LETTER.finditer(text)]
    return frozenset(a for a, end in found if a in options.texts and not (a in _WORDS and _ARTICLE_NEXT.match(text, end)))


@lru_cache(maxsize=1)
def settling() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What settles on the option behind it, articles between them, and what does so on the one before it."""
    before = phrases(Meaning.SETTLES, Side.BEFORE, Reach.ADJACENT).source
    behind = phrases(Meaning.SETTLES, Side.BEHIND, Reach.TOUCHING).source
    return (
        re.compile(rf"(?:{before})[\s\"'“«(*_:]*(?:(?:{_articles()})[\s\"'“«(*_]+)*$", re.IGNORECASE),
        re.compile(rf"[\s\"'”»)*_]*(?:{behind})", re.IGNORECASE),
    )


@lru_cache(maxsize=1)
def _articles() -> str:
    words = {word for one in languages().values() for word, roles in one.roles.items() if Role.ARTICLE in roles}
    return "|".join([phrases(Meaning.FILLS, Side.BEFORE, Reach.ADJACENT).source, *(rf"\b{word}\b" for word in sorted(words))])


@lru_cache(maxsize=1)
def _sentence() -> re.Pattern[str]:
    """A sentence that is a letter with what settles on it, concludes, or is a noun for an option."""
    before = phrases(Meaning.SETTLES, Side.BEFORE, Reach.ADJACENT).source
    noun = phrases(Meaning.OPTION, Side.BEFORE, Reach.ADJACENT).source
    leads = phrases(Meaning.CONCLUDES, Side.BEFORE, Reach.CLAUSE).source
    behind = phrases(Meaning.SETTLES, Side.BEHIND, Reach.TOUCHING).source
    return re.compile(
        rf"{_DRESS}(?:(?:(?i:{before}|{noun}|{leads}|{_articles()})|[ldLD]['’]){_DRESS}){{0,5}}"
        rf"(?<!{_GLUE})(?P<letter>[A-Z])(?!{_GLUE}|['’]\w)[)）\]*_\"'”»]*(?:\s*(?i:{behind}))?[\s.!。！*_)\"'”»]*"
    )


def settled(text: str, options: Options) -> Found | None:
    """The one letter that a sentence of a short text settles on, where the text names no other."""
    named = letters_in(text, options) if len(text) <= LIMIT else frozenset[str]()
    if len(named) != 1:
        return None
    for begin, sentence in sentences(text):
        found = _sentence().fullmatch(sentence) if len(sentence) <= SHORT else None
        if found and (letter := letter_of(found["letter"], options)) in named:
            at = begin + found.start("letter")
            if stance(text, at, at + 1).offers:
                return Found(Reading(frozenset(letter), "letter"), sentence.strip(), "settled")
    return None
