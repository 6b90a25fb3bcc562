"""The unit, scale and currency that a question asks for: "in USD millions", "(in thousands)", "how many minutes"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from rewardkit.answers.units import multiplier, normal_unit, same_unit, split_scale
from rewardkit.prose.pieces import UNSPACED
from rewardkit.question.asks import Cue, Field

__all__ = ["Measure", "Sentences", "asked_measure"]

REACH = 64  # characters behind a phrase in which a measure stands
WORDS = 6  # that a measure has at most
_ONE = Fraction(1)
_HUNDREDTH = Fraction(1, 100)

# A question's sign with the brackets behind it: "How far is it? (in km)".
_SENTENCE_END = re.compile(r"[.!](?=\s)|[?？](?:\s?[(（][^()（）\n]{1,60}[)）])?|[。！\n]")
_BRACKET = re.compile(r"[(（]")
_DRESSED = re.compile(r"\s*(?:\$([^$\n]{1,60})\$|(\\(?:text|mathrm|rm|si|unit)\s*\{[^{}\n]{1,40}\}))")
_DRESS = re.compile(r"\\(?:text|mathrm|rm|mbox|si|unit)\s*|\\[,;: ]|[{}$~]")
_ARTICLES = frozenset(["a", "an", "the", "in", "one"])
_LETTERS = re.compile(r"[A-Za-z]{2}")
_WORD = re.compile(r"\s*([^\s,;?!？！。，；：()（）\[\]]+)")
_GLUED = re.compile(r"([A-Z]{0,3}[$€£¥₹])(.*)")
# Letters for a scale, which mean this behind a sign of money only.
_MONEY_SCALE = {
    "k": 10**3,
    "000": 10**3,
    "000s": 10**3,
    "m": 10**6,
    "mm": 10**6,
    "mn": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "tn": 10**12,
}
_LINKS = frozenset(["of", "de", "d'", "d’", "von", "di", "i", "in"])
_ELIDED = re.compile(r"[dD]['’](?=\w)")
# A lone letter, or a word in the singular that is no symbol, is a unit only where the phrase ends with it: "in second place".
_PHRASE_END = re.compile(r"\s*(?:$|[.,;:?!？。，)）\n]|(?:to|with|rounded|correct|for|as|if|and)\b)", re.IGNORECASE)
_ALWAYS = frozenset(["kelvin", "hertz", "celsius", "fahrenheit", "feet", "inches", "siemens", "usd", "eur", "yuan", "yen"])


class Measure(NamedTuple):
    """What a bare number counts: its unit in one spelling and as it was written, empty where none is named, and its scale."""

    unit: str = ""
    scale: Fraction = _ONE
    written: str = ""


class Sentences:
    """The sentences of a question, and which of them ask."""

    def __init__(self, text: str, cues: Sequence[Cue]) -> None:
        ends = list(_SENTENCE_END.finditer(text))
        self._ends = [found.end() for found in ends]
        asking = {self._place(cue.begin) for cue in cues if cue.field in (Field.ASKS, Field.TIME, Field.COUNT_OF, Field.DEMAND)}
        asking |= {place for place, found in enumerate(ends) if found[0][0] in "?？"}
        self._asking = asking

    def _place(self, at: int) -> int:
        return bisect_right(self._ends, at)

    def may_ask(self, at: int) -> bool:
        """Whether the sentence around a place asks, or none does: "Sort them in ascending order."."""
        return not self._asking or self.asks(at)

    def asks(self, at: int) -> bool:
        """Whether the sentence around a place asks."""
        return self._place(at) in self._asking


def asked_measure(text: str, cues: Sequence[Cue], sentences: Sentences) -> tuple[Measure | None, bool]:
    """The one measure that a question asks for, or None; and whether it asks for several that do not go together."""
    found: dict[int, list[Measure]] = {0: [], 1: [], 2: []}
    for cue in cues:
        if cue.field is Field.PERCENT and sentences.asks(cue.begin):
            found[0].append(Measure("percent", _HUNDREDTH, "%"))
        strength = {Field.MEASURE: 0, Field.COUNT_OF: 1, Field.DEMAND: 2}.get(cue.field)
        if strength is not None and (strength == 2 or sentences.asks(cue.begin)) and (measure := _measure_at(text, cue.end)):
            found[strength].append(measure)
    for bracket in _BRACKET.finditer(text):
        measure = _measure_at(text, bracket.end()) if sentences.asks(bracket.start()) else None
        if measure and (measure.scale != _ONE or _is_money(measure.unit)):
            found[0].append(measure)
    for strength in (2, 1, 0):
        if found[strength]:
            whole = _together(found[strength])
            return whole, whole is None
    return None, False


def _together(measures: Sequence[Measure]) -> Measure | None:
    """Measures as one, where one names the unit and another the scale, or all the same; None where they contradict."""
    units = {measure.unit: measure.written for measure in measures if measure.unit}
    scales = {measure.scale for measure in measures if measure.scale != _ONE}
    if len(units) > 1 or len(scales) > 1:
        return None
    unit, written = next(iter(units.items()), ("", ""))
    return Measure(unit, next(iter(scales), _ONE), written)


def _is_money(unit: str) -> bool:
    return bool(unit) and (unit.isupper() or unit in ("dollar", "cent", "pound", "yuan_or_yen"))


def _measure_at(text: str, at: int) -> Measure | None:
    """The measure that stands at a place, if one does."""
    if dressed := _DRESSED.match(text, at, at + REACH):
        unit = " ".join(_DRESS.sub(" ", dressed[1] or dressed[2]).split())
        named = dressed[2] or "\\" in dressed[1] or "/" in unit or _LETTERS.search(unit)  # else letters, as in $A$
        return Measure(normal_unit(unit), _ONE, unit) if named and _is_unit(unit) else None
    words, ends = _words(text, at)
    unit, written, scale, place, last = "", "", _ONE, 0, 0
    while place < len(words):
        word = words[place]
        money, factor = _money(word) if not unit else ("", 1)
        if money or factor > 1:
            unit, written, scale = (normal_unit(money), money, scale * factor) if money else (unit, written, scale * factor)
        elif (more := multiplier(word) or multiplier(word.lower().rstrip("s"))) and len(word) > 1:
            scale *= more
        elif (glued := split_scale(word)) and _is_unit(glued[1]):
            unit, written, scale = normal_unit(glued[1]), glued[1], scale * glued[0]
        elif not unit and (length := _longest(words[place:])):
            written = " ".join(words[place : place + length])
            unit, place = normal_unit(written), place + length - 1
        elif word.lower() in _LINKS and last == place and place:
            place += 1
            continue
        else:
            break
        place += 1
        last = place
    if not unit and scale == _ONE:
        return None
    if unit and scale == _ONE and _is_doubtful(written) and not _PHRASE_END.match(text, ends[last - 1]):
        return None
    return Measure(unit, scale, written)


def _words(text: str, at: int) -> tuple[list[str], list[int]]:
    """The next words with their ends; what is written together with a link, as in `d'euros`, without it."""
    words: list[str] = []
    ends: list[int] = []
    while len(words) < WORDS and (found := _WORD.match(text, at, at + REACH)):
        word = _ELIDED.sub("", found[1]).rstrip(".:")
        words.append(_without_end(word))
        ends.append(found.end() - (len(found[1]) - len(found[1].rstrip(".:"))))
        at = found.end()
        if found[1].endswith((".", ":")) and len(word) > 3:
            break
    return words, ends


def _without_end(word: str) -> str:
    """A run of a script without spaces cut to the unit that it begins with: 万元 of 万元为单位."""
    if UNSPACED.search(word) is None or _is_unit(word) or multiplier(word):
        return word
    heads = (word[:end] for end in range(min(len(word), 6), 0, -1))
    return next(
        (head for head in heads if _is_unit(head) or ((glued := split_scale(head)) and (_is_unit(glued[1]) or not glued[1]))),
        word,
    )


def _money(word: str) -> tuple[str, int]:
    """A sign of money and the scale that is written on to it, `$mm` or `€`."""
    found = _GLUED.fullmatch(word)
    scale = (_MONEY_SCALE.get(found[2].lower()) or multiplier(found[2]) or 0) if found and found[2] else 1
    return ("dollar" if found[1] == "$" else found[1], scale) if found and scale else ("", 1)


def _longest(words: Sequence[str]) -> int:
    whole = next((place for place, word in enumerate(words) if word.lower() in _LINKS), len(words))
    return next((length for length in range(min(4, whole), 0, -1) if _is_unit(" ".join(words[:length]))), 0)


def _is_unit(text: str) -> bool:
    return bool(text) and _ARTICLES.isdisjoint(text.lower().split()) and same_unit(text, text) is True


def _is_doubtful(written: str) -> bool:
    if not written.isascii() or written.lower() in _ALWAYS or not written.isalpha():
        return False
    return len(written) < 3 or (written.islower() and not written.endswith("s") and len(written) > 3)
