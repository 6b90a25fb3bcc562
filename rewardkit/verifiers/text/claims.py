"""Whether a passage states something, rather than denies it, asks it or offers it among others."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewardkit.verifiers.text.words import tokens

__all__ = ["states"]

# A full stop after a title, an initial or inside a number ends no sentence.
_SENTENCE = re.compile(
    r"(?<=[^\W\d_]{2})(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bSt)(?<!\bJr)(?<!\bSr)(?<!\bMrs)(?<!\bProf)(?<!\bvs)[.!](?=\s|$)"
    r"|(?<=[)\]\"'”’\d])[.!](?=\s+[A-Z]|\s*$)|[?？。！\n;]+"
)
_ITEM_BREAK = re.compile(r"[,、，/;]+|\s(?:and|&|y|et|und)\s|[•|]|(?:^|\s)[-*]\s")
_PARENTHESIS = re.compile(r"\s*\([^()]*\)")
_DENIALS = re.compile(
    r"not|never|no|neither|nor|cannot|without|except|excluding|unlike|instead|rather|false|wrong|incorrect|denied|unclear|unknown|unsure"
    r"|(?:is|was|are|were|does|did|do|ca|wo|could|would|should|has|have|ai)nt|不|不是"
)
_HEDGES = re.compile(r"or|either|maybe|perhaps|possibly|might|alternatively")
_MONTHS = re.compile(r"january|february|march|april|may|june|july|august|september|october|november|december")
_COUNTS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_AS_DIGITS = {word: str(n) for n, word in enumerate(_COUNTS, 2)} | {
    word: f"{n}{('st', 'nd', 'rd')[n - 1] if n < 4 else 'th'}" for n, word in enumerate(_PLACES, 1)
}
_SHORT_ITEM = 4
_REACH = 6


def states(passage: str, claim: str, aliases: Sequence[str]) -> bool:
    """Whether a passage states a claim, once at least without denial, hedge or question.

    `aliases` are the texts that may stand beside the claim in an enumeration; anything else there makes it one of several.
    Dates match in any order of day, month and year, and small numbers as words or digits.
    """
    variants = [v for v in {claim: 0, _PARENTHESIS.sub("", claim): 0} if v.strip()]
    known = {" ".join(_words(a)) for alias in (*aliases, *variants) for a in (alias, _PARENTHESIS.sub("", alias))}
    wanted = [words for v in variants if (words := _words(v))]
    return any(_said(sentence, words, known) for sentence in _sentences(passage) for words in wanted)


def _words(text: str) -> list[str]:
    return [_AS_DIGITS.get(word, word) for word in tokens(text)]


def _sentences(passage: str) -> list[str]:
    """The sentences that are no questions."""
    found, start = [], 0
    for end in _SENTENCE.finditer(passage):
        if "?" not in end[0] and "？" not in end[0]:
            found.append(passage[start : end.start()])
        start = end.end()
    return [*found, passage[start:]]


def _said(sentence: str, wanted: list[str], known: set[str]) -> bool:
    words = _words(sentence)
    size = len(wanted)
    dated = any(map(_MONTHS.fullmatch, wanted)) and any(word[0].isdigit() for word in wanted)
    ordered = sorted(wanted) if dated else wanted
    firsts = frozenset(wanted if dated else wanted[:1])
    for at in range(len(words) - size + 1):
        if words[at] not in firsts:
            continue
        run = words[at : at + size]
        if (sorted(run) if dated else run) != ordered:
            continue
        before, after = words[max(0, at - _REACH) : at], words[at + size : at + size + 2]
        denied = any(map(_DENIALS.fullmatch, [*before, *after]))
        hedged = any(map(_HEDGES.fullmatch, [*before[-2:], *after[:1]]))
        if not denied and not hedged:
            return not _one_of_several(sentence, " ".join(wanted), known)
    return False


def _one_of_several(sentence: str, claim: str, known: set[str]) -> bool:
    """Whether the claim is an item of an enumeration with items that are not known: "Paris, London and Rome"."""
    items = [" ".join(_words(item)) for item in _ITEM_BREAK.split(sentence) if item and item.strip()]
    own = set(claim.split())
    strangers = [i for i in items if len(i.split()) <= _SHORT_ITEM and i not in known and own.isdisjoint(i.split())]
    bare = len(items) > 1 and len(strangers) > 0 and all(len(item.split()) <= _SHORT_ITEM for item in items)
    return bare or (len(strangers) > 1 and any(item == claim or item.endswith(" " + claim) for item in items))
