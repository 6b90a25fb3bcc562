"""A sentence that says of one option what the question asks: "The third image (B) is most similar to the first one"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rewardkit.first_use import first_use
from rewardkit.prose.glue import BECAUSE
from rewardkit.prose.phrases import Meaning, rows
from rewardkit.prose.stance import Stance, stance
from rewardkit.question import stem as singular
from rewardkit.verifiers.choice.inverted import is_inverted
from rewardkit.verifiers.choice.options import LETTERS, Options
from rewardkit.verifiers.choice.reading import SHORT_WORDS, Found, Reading, said_in
from rewardkit.verifiers.choice.sentences import sentences_backwards
from rewardkit.verifiers.choice.texts import peel

__all__ = ["asked"]

KEPT = 4096  # words
SHARE = 0.5  # of the question's own words that the sentence has to say, and no fewer than two
PARTS = 4  # clauses in which a sentence may say it
ROW = 2  # words of a thing in a row of things
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ASKS = re.compile(r"[^.?!\n]*\?")
_LETTER = re.compile(r"(?<![\w'])(?:[(\[](?:[Oo]ption\s)?([A-Z])[)\]]|(?:[Oo]ption|[Cc]hoice|[Ii]mage)\s\(?([A-Z])(?!\w)\)?)")
# A text that ends with a label.
_CLOSING = re.compile(r"[(\[]([A-Z])[)\]]\W*$")


@lru_cache(maxsize=KEPT)
def stem(word: str) -> str:
    """A word without the endings of plurals and of verbs, so that "shares" is "share"."""
    return singular(word).rstrip("e")


@lru_cache(maxsize=1)
@first_use
def _small() -> frozenset[str]:
    """Words that carry a sentence and say nothing of an option."""
    carrying = (row for row in rows() if row.meaning is Meaning.CARRIES)
    return frozenset(stem(word) for row in carrying for word in row.alternatives)


def asked(text: str, options: Options, prompt: str) -> Found | None:
    """The option of which the text says what the prompt asks, in its words and no others; open where it is of several."""
    if not options.telling or not prompt or "?" not in prompt:
        return None
    question = _asked_of(prompt, tuple(options.texts.values()))
    if len(question.wanted) < 2 or is_inverted(prompt, options):
        return None
    stated: dict[str, str] = {}
    qualified: dict[str, str] = {}
    keys = [peel(words).casefold() for words in options.texts.values() if len(words) > SHORT_WORDS]
    low = text.casefold() if text.isascii() else text.lower()
    spoken_of = len(low) == len(text)
    for begin, end in sentences_backwards(text):
        sentence = low[begin:end]
        if spoken_of and not any(key in sentence for key in keys) and not _LETTER.search(text, begin, end):
            continue
        letter, how = _claim(text, begin, end, options, question)
        if letter and how.offers:
            (stated if how is Stance.STATED else qualified).setdefault(letter, text[begin:end].strip())
    claimed = stated or qualified
    if not claimed:
        return None
    closing = _CLOSING.search(text)
    if closing and closing[1] in options.texts and closing[1] not in claimed and stance(text, *closing.span(1)).offers:
        return None  # "That would be the white one (C).", whatever was said before
    shown = next(iter(claimed.values()))
    return Found(Reading(frozenset(claimed), "words", open=len(claimed) > 1), shown, "asked")


class _Question(NamedTuple):
    """The words in which a question asks, and all that its prompt knows, as stems and without those that only carry it.

    `sayable` is every word of a clause that says it of one of the options, in which at least `least` of the wanted ones are.
    """

    wanted: frozenset[str]
    known: frozenset[str]
    sayable: frozenset[str]
    least: float

    def enough(self, own: frozenset[str]) -> float:
        """How many of the words in which the question asks must be said of an option with these of its own."""
        others = len(self.wanted - own)
        return max(min(2, others), SHARE * others)


@lru_cache(maxsize=64)
def _asked_of(prompt: str, texts: tuple[str, ...]) -> _Question:
    sentence = (_ASKS.findall(prompt) or [""])[-1]
    options = [_stems(words) for words in texts]
    own: frozenset[str] = frozenset().union(*options)
    wanted = _stems(sentence) - _small()
    known = _stems(prompt) - (own - wanted) - _small()
    labels = _stems(f"option choice image {' '.join(LETTERS)}")
    sayable = known | own | labels | _small() | frozenset().union(*(_stems(peel(words)) for words in texts))
    found = _Question(wanted, known, sayable, 0)
    return found._replace(least=min(map(found.enough, options), default=0))


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, _WORD.findall(text)))


@lru_cache(maxsize=1)
@first_use
def _part() -> re.Pattern[str]:
    """What parts a sentence: a sign, or a word for a reason."""
    return re.compile(rf"\s*[,;:]\s+|\s+{BECAUSE}\s+")


def _claim(text: str, begin: int, end: int, options: Options, question: _Question) -> tuple[str, Stance]:
    """The option that the sentence says it of, and how; an empty letter where it says it of none or of several."""
    if len(question.wanted.intersection(map(stem, _WORD.findall(text, begin, end)))) < 2:
        return "", Stance.NAMED
    at = begin
    parts: list[tuple[int, int]] = []
    for gap in _part().finditer(text, begin, end):
        parts.append((at, gap.start()))
        at = gap.end()
    parts.append((at, end))
    told = [_may_say(text[one:other], question) for one, other in parts]
    for first in range(min(len(parts), PARTS)):
        for last in range(first, min(len(parts), first + PARTS - 1)):
            if not told[last]:
                break
            start, stop = parts[first][0], parts[last][1]
            if last > first and _is_row(text, parts[first : last + 1]):
                continue
            found = _said(text[start:stop], options, question)
            if found is not None:
                letter, (one, other) = found
                return letter, stance(text, start + one, start + other)
    return "", Stance.NAMED


def _may_say(clause: str, question: _Question, least: float = 0) -> bool:
    """A quick look: whether a clause may say what the question asks, in so many of its words, and nothing else; few do."""
    if "'" in clause or "’" in clause:
        return True
    spoken = _stems(clause)
    return spoken <= question.sayable and len(spoken & question.wanted) >= least


def _is_row(text: str, parts: Sequence[tuple[int, int]]) -> bool:
    """Whether parts of a sentence are single words in a row, "green, blue, yellow", which say nothing of one another."""
    return all(len(text[begin:end].split()) <= ROW for begin, end in parts)


def _said(clause: str, options: Options, question: _Question) -> tuple[str, tuple[int, int]] | None:
    """The one option of a clause that says nothing else than the question asks of it, and where its words or label stand."""
    if not _may_say(clause, question, question.least):
        return None
    spans = {letter: span for letter, words in options.texts.items() if (span := said_in(clause, words))}
    labels = {found[1] or found[2]: found.span() for found in _LETTER.finditer(clause)}
    letters = {*spans, *labels}
    if len(letters) != 1 or not letters <= set(options.texts):
        return None
    letter = letters.pop()
    own = _stems(options.texts[letter])
    rest = clause
    for one, other in sorted([*labels.values(), *([spans[letter]] if letter in spans else [])], reverse=True):
        rest = rest[:one] + " " * (other - one) + rest[other:]
    words = _stems(rest) - _small()
    if not words <= question.known | own or len(words & question.wanted) < question.enough(own):
        return None
    return letter, spans.get(letter) or labels[letter]
