"""Whether a passage states something, rather than denies it, asks it or offers it among others."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rewardkit.answers.notation.number_words import spell_out
from rewardkit.extract.corrections import last_word
from rewardkit.prose.glue import AND
from rewardkit.prose.sentences import sentence_before, sentence_behind
from rewardkit.prose.stance import stance
from rewardkit.verifiers.text.words import Word, located, prepared, tokens

__all__ = ["states"]

_ITEM_BREAK = re.compile(rf"[,、，/;]+|\s(?:{AND}|or|&)\s|[•|]|(?:^|\s)[-*]\s")
_PARENTHESIS = re.compile(r"\s*\([^()]*\)")
_MONTHS = frozenset(name.casefold() for name in calendar.month_name if name)
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_AS_DIGITS = {word: f"{n}{('st', 'nd', 'rd')[n - 1] if n < 4 else 'th'}" for n, word in enumerate(_PLACES, 1)}
_SHORT_ITEM = 4
_STREWN = 4  # words beside the claim
_BULLET = re.compile(r"^\s*(?:[-*•]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+")
KEPT = 4096  # words


def states(passage: str, claim: str, aliases: Sequence[str]) -> bool:
    """Whether a passage states a claim, once at least without denial, hedge or question.

    `aliases` are the texts that may stand beside the claim in an enumeration; anything else there makes it one of several.
    Dates match in any order of day, month and year, and small numbers as words or digits.
    """
    variants = [v for v in {claim: 0, _PARENTHESIS.sub("", claim): 0} if v.strip()]
    known = {" ".join(_words(a)) for alias in (*aliases, *variants) for a in (alias, _PARENTHESIS.sub("", alias))}
    text = prepared(last_word(passage))
    words = [word._replace(text=_as_digits(word.text)) for word in located(text)]
    if _is_strewn(passage, max((len(_words(variant)) for variant in variants), default=0), known):
        return False
    return any(
        stance(text, begin, end).offers and not _one_of_several(_sentence(text, begin, end), " ".join(wanted), known)
        for variant in variants
        if (wanted := _words(variant))
        for begin, end in _runs(words, wanted)
    )


def _words(text: str) -> list[str]:
    return [_as_digits(word) for word in tokens(text)]


@lru_cache(maxsize=KEPT)
def _as_digits(word: str) -> str:
    return _AS_DIGITS.get(word) or (spell_out(word) if len(word) > 2 else word)


def _runs(words: Sequence[Word], wanted: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where the wanted words stand in a row; those of a date in any order."""
    dated = not _MONTHS.isdisjoint(wanted) and any(word[0].isdigit() for word in wanted)
    ordered = sorted(wanted) if dated else list(wanted)
    size = len(wanted)
    firsts = frozenset(wanted if dated else wanted[:1])
    for at in range(len(words) - size + 1):
        if words[at].text not in firsts:
            continue
        run = [word.text for word in words[at : at + size]]
        if (sorted(run) if dated else run) == ordered:
            yield words[at].begin, words[at + size - 1].end


def _sentence(text: str, begin: int, end: int) -> str:
    return sentence_before(text, begin) + text[begin:end] + sentence_behind(text, end)[0]


def _is_strewn(text: str, size: int, known: set[str]) -> bool:
    """Whether a text is a list without saying so: short lines, or names and numbers with no word between that says anything."""
    lines = [" ".join(_words(_BULLET.sub("", line))) for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and all(len(line.split()) <= _SHORT_ITEM for line in lines) and not known.issuperset(lines):
        return True
    words = text.split()
    return len(words) >= size + _STREWN and all(word[0].isdigit() or word[0].isupper() for word in words)


def _one_of_several(sentence: str, claim: str, known: set[str]) -> bool:
    """Whether the claim is an item of an enumeration with items that are not known: "Paris, London and Rome"."""
    items = [" ".join(_words(item)) for item in _ITEM_BREAK.split(sentence) if item and item.strip()]
    own = set(claim.split())
    strangers = [i for i in items if len(i.split()) <= _SHORT_ITEM and i not in known and own.isdisjoint(i.split())]
    bare = len(items) > 1 and len(strangers) > 0 and all(len(item.split()) <= _SHORT_ITEM for item in items)
    return bare or (len(strangers) > 1 and any(item == claim or item.endswith(" " + claim) for item in items))
