"""What a sentence does with a value: whether it states it as an answer, or only denies it, asks about it and the like.

`stance` reads the rows of `phrases.toml`. It looks at the sentence around the value and at the beginning of the next one.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from rewardkit.first_use import first_use
from rewardkit.prose.glue import INTERJECTION
from rewardkit.prose.lexicon import Hit, Lexicon, lowered, placed_words
from rewardkit.prose.names import refuses
from rewardkit.prose.phrases import Meaning, Reach, Row, Side, rows
from rewardkit.prose.sentences import QUESTION_MARKS, REACH, sentence_before, sentence_behind

__all__ = ["Evidence", "Stance", "evidence", "stance", "stands_by"]


class Stance(str, Enum):
    """What a text does with a value it names. Only STATED, and QUALIFIED where nothing is stated, offer an answer."""

    STATED = "stated"
    QUALIFIED = "qualified"
    DENIED = "denied"
    ASKED = "asked"
    SUPPOSED = "supposed"
    COMPARED = "compared"
    HEDGED = "hedged"
    REPORTED = "reported"
    DOUBTED = "doubted"
    NAMED = "named"

    @property
    def offers(self) -> bool:
        """Whether a value of this stance may be the answer."""
        return self is Stance.STATED or self is Stance.QUALIFIED


_MEANS = {
    Meaning.DENIES: Stance.DENIED,
    Meaning.ASKS: Stance.ASKED,
    Meaning.SUPPOSES: Stance.SUPPOSED,
    Meaning.COMPARES: Stance.COMPARED,
    Meaning.HEDGES: Stance.HEDGED,
    Meaning.REPORTS: Stance.REPORTED,
    Meaning.DOUBTS: Stance.DOUBTED,
    Meaning.NAMES: Stance.NAMED,
    Meaning.QUALIFIES: Stance.QUALIFIED,
}
_OPENERS = " \t\r\n$({}\\[*_\"'“‘`~&-"
_CLOSING = " \t\r\n$(){}[]\"'”’`."  # signs behind a value that say nothing of it
_LABEL = _OPENERS + ":："
_CLOSERS = re.compile(r"(?:[\s$()}\]*_\"'”’`~.]|\\[)\]])*")
# A sign of mathematics before a value that makes it a bound, or another than it.
_SIGN = re.compile(
    r"(?:[≤≥≠¬]|!=|\\(?:n?leq?|n?geq?|neq?|lt|gt|not|neg|leqslant|geqslant)(?![a-zA-Z])|(?<![\w\"'/*<-])[<>]=?|\\?\$[<>]=?)[\s$({]*$"
)
# "Tom's answer is", which is another's; "let's" and its like own nothing.
_OWNED = re.compile(
    r"\b(?!(?:let|it|that|there|here|what|he|she|who|one|today|question|problem|exercise|task|puzzle)['’]s)"
    r"[^\W\d_]{2,}(?:['’]s|s['’])\s+(?:[^\W\d_]+\s+){0,2}?(?:answer|solution|guess|reply|response|claim|conclusion|pick)\s+"
    r"(?:is|was|would be|had been|will be|came to|comes to|gives|gave|says|said)[\s:$(*\\{]*$",
    re.IGNORECASE,
)
# A Korean particle in both of its forms, as one is put behind what may end in a vowel or not.
_PARTICLE = re.compile(r"[은이을]\([는가를]\)")
# The label right before a value, from the beginning of its line, sentence or bracket: "Wrong: 42", "【错解】42".
_LABELLED = re.compile(r"(?:^|[\n.;。；!?！？|,，(（])[\s*_#>\"'“\-\[【(]*([^\W\d_][^\n:：.;。；|,，]{0,40}?)[\s*_\"'”)]*[:：]$")
# A text that ends in the middle of a formula.
_CUT = re.compile(r"^[\s$)}\]]*(?:(?<=\s)[-−*]|[+/×÷=·]|\\(?:cdot|times|div|pm|frac|sqrt))\s*$")
# What may open the next sentence before its first telling word.
_LEADS = re.compile(
    rf"[\s*_\"'“(—–-]*(?:(?:{INTERJECTION}|(?:and|but|so|however)\b)[\s,.:;!—–-]*){{0,3}}",
    re.IGNORECASE,
)
_COLONS = (":", "：")
KEPT = 64  # sentences, as the stages of one verdict ask for the same places
LABEL = 60  # characters before a value in which its label is looked for
NEAR = 24  # characters behind a value in which a phrase of another script tells what it is
FIRST_WORDS = 6  # of the next sentence that may carry its meaning


class _Kind(NamedTuple):
    """What a row of the table says, and how far it reaches."""

    meaning: Meaning
    reach: Reach


def _kind(row: Row) -> _Kind:
    return _Kind(row.meaning, row.reach)


@lru_cache(maxsize=1)
@first_use
def _before_lexicon() -> Lexicon[_Kind]:
    wanted = {*_MEANS, Meaning.AFFIRMS, Meaning.TURNS}
    return Lexicon([row for row in rows() if row.side is Side.BEFORE and row.meaning in wanted], _kind)


@lru_cache(maxsize=len(Reach))
@first_use
def _behind_lexicon(reach: Reach) -> Lexicon[Meaning]:
    wanted = {*_MEANS, Meaning.CONFIRMS}
    found = [row for row in rows() if row.side is Side.BEHIND and row.meaning in wanted and row.reach is reach]
    return Lexicon(found, lambda row: row.meaning)


@lru_cache(maxsize=2)
@first_use
def _fills(reach: Reach) -> frozenset[str]:
    """The words that may stand between a phrase of that reach and the value; those of scripts without spaces letter by letter."""
    found = [
        alternative for row in rows() if row.meaning is Meaning.FILLS and row.reach is reach for alternative in row.alternatives
    ]
    return frozenset(word for alternative in found for word in lowered(alternative).split())


class Evidence(NamedTuple):
    """A stance, and the words that show it; without words where nothing speaks against the value."""

    stance: Stance
    words: str = ""


def stance(text: str, begin: int, end: int) -> Stance:
    """What the text does with what stands in it from `begin` to `end`; looks at most 240 characters to each side."""
    return evidence(text, begin, end).stance


_NOT_STOOD_BY = frozenset({Stance.DENIED, Stance.ASKED, Stance.SUPPOSED, Stance.REPORTED, Stance.DOUBTED})


def stands_by(text: str, begin: int, end: int, *, alone: bool) -> bool:
    """Whether a text stands by a place or a time in it: it neither denies, asks, supposes nor doubts it.

    What is not `alone` is not hedged: that several are offered is another finding. Signs before it are brackets and no relations.
    """
    said = stance(text, begin, end)
    return said not in _NOT_STOOD_BY and not (alone and said is Stance.HEDGED)


def evidence(text: str, begin: int, end: int) -> Evidence:
    """The stance of what stands from `begin` to `end`, and the words that show it."""
    behind = _behind(text, end) if text[end : end + REACH].strip(_CLOSING) else None
    if behind is not None and behind.stance is not Stance.QUALIFIED:
        return behind
    if not text[max(0, begin - REACH) : begin].strip(_OPENERS):
        return behind or Evidence(Stance.STATED)
    if text[begin - 1 : begin] == "<" and text[end : end + 1] == ">":
        begin -= 1  # a letter in angle brackets
    before = _before(sentence_before(text, begin))
    return before or behind or Evidence(Stance.STATED)


@lru_cache(maxsize=KEPT)
def _before(sentence: str) -> Evidence | None:
    """What a sentence says of the value that it leads up to."""
    if not sentence.strip(_OPENERS):
        return None
    bare = sentence.rstrip(_OPENERS)
    if bare[-1:] in _COLONS and (label := _LABELLED.search(bare[-LABEL:])) and refuses(label[1].strip()):
        return Evidence(Stance.DENIED, label[1])
    if sign := _SIGN.search(sentence):
        return Evidence(Stance.COMPARED, sign[0])
    if ("'" in sentence or "’" in sentence) and (owned := _OWNED.search(sentence)):
        return Evidence(Stance.REPORTED, owned[0].strip())
    low = lowered(sentence)
    hits = list(_before_lexicon().hits(sentence, None, low))
    if not hits:
        return None
    alike = [hit for hit in hits if hit.key.meaning is Meaning.AFFIRMS]
    turned = max((hit.end for hit in hits if hit.key.meaning is Meaning.TURNS), default=0)
    return _strongest(
        (hit.key.meaning, sentence[hit.begin : hit.end])
        for hit in hits
        if hit.key.meaning in _MEANS
        and not any(one.begin <= hit.begin < one.end for one in alike)
        and _reaches(hit, sentence, low, turned)
    )


def _strongest(found: Iterable[tuple[Meaning, str]]) -> Evidence | None:
    """The first of several meanings in the order of the table of meanings."""
    words = {_MEANS[meaning]: phrase for meaning, phrase in found}
    return next((Evidence(means, words[means]) for means in _MEANS.values() if means in words), None)


def _reaches(hit: Hit[_Kind], sentence: str, low: str, turned: int) -> bool:
    """Whether what a phrase means reaches the end of what stands before the value."""
    reach = hit.key.reach
    if reach is Reach.SENTENCE:
        return turned <= hit.end
    if reach is Reach.CLAUSE:
        return turned <= hit.end and not any(sign in sentence[hit.end :] for sign in ",;:，；：")
    return _is_filled(low[hit.end :], reach)


def _is_filled(rest: str, reach: Reach) -> bool:
    """Whether nothing but words that fill and opening signs stands there."""
    rest = rest.strip(_OPENERS)
    if not rest:
        return True
    fills = _fills(reach)
    words = [word.strip(_LABEL) for word in rest.split()]
    if rest[0] in ":：":
        return False
    return all(word in fills or not word for word in words) or (not rest.isascii() and all(_is_composed(w, fills) for w in words))


def _is_composed(word: str, fills: frozenset[str]) -> bool:
    """Whether a run of a script without spaces is made of words that fill."""
    at = 0
    while at < len(word):
        size = next((size for size in (4, 3, 2, 1) if word[at : at + size] in fills and not word[at].isascii()), 0)
        if not size:
            return False
        at += size
    return True


def _behind(text: str, end: int) -> Evidence | None:
    return _of_rest(*sentence_behind(text, end))


@lru_cache(maxsize=KEPT)
def _of_rest(rest: str, sign: str, following: str) -> Evidence | None:
    """What the rest of a sentence, its closing sign and the next one say of the value before them."""
    if not QUESTION_MARKS.isdisjoint(sign):
        return None if _opens(following, {Meaning.CONFIRMS}) else Evidence(Stance.ASKED, sign)
    if not following and not sign and rest.strip() and (cut := _cut_off(rest)):
        return cut
    found = _touching(rest) if rest.strip() else None
    if found is not None and found.stance is not Stance.QUALIFIED:
        return found
    return (_opens(following, _MEANS) if following.strip() else None) or found


def _cut_off(rest: str) -> Evidence | None:
    """What the end of a text says that stops in the middle of a formula or a sentence."""
    if _CUT.search(rest):
        return Evidence(Stance.COMPARED, rest.strip())
    closed = _CLOSERS.match(rest)
    tail = rest[closed.end() if closed else 0 :].rstrip()
    low = lowered(tail)
    meaning = next(_behind_lexicon(Reach.END).whole(tail, placed_words(low, 1), low), None)
    return Evidence(_MEANS[meaning], tail) if meaning is not None else None


def _touching(rest: str) -> Evidence | None:
    """What the rest of the sentence says of the value that it follows."""
    closed = _CLOSERS.match(rest)
    behind = rest[closed.end() if closed else 0 :]
    if ((closed and "." in closed[0]) or (behind[:1].isalpha() and not behind[:1].islower())) and (
        found := _opens(behind, _MEANS)
    ):
        return found  # a point behind a capital letter, which may also be one of an initial; or no point at all
    rest = _PARTICLE.sub(lambda found: found[0][0], rest[closed.end() if closed else 0 :])
    low = lowered(rest)
    touching = _behind_lexicon(Reach.TOUCHING).openings(rest, 0, placed_words(low, FIRST_WORDS), low, NEAR)
    spoken = [(meaning, words) for meaning, words in touching if meaning in _MEANS]
    in_clause = _behind_lexicon(Reach.CLAUSE).hits(rest, None, low)
    return _strongest([*spoken, *((hit.key, rest[hit.begin : hit.end]) for hit in in_clause)])


def _opens(following: str, meanings: Container[Meaning]) -> Evidence | None:
    """What the next sentence opens with, as far as it speaks of the value before it."""
    lead = _LEADS.match(following)
    at = lead.end() if lead else 0
    low = lowered(following)
    first = placed_words(low, FIRST_WORDS)
    for meaning, words in _behind_lexicon(Reach.NEXT).openings(following, at, first, low, at + NEAR):
        if meaning in meanings:
            return Evidence(_MEANS.get(meaning, Stance.STATED), words)
    return None
