"""Whether a reference describes something in words, although a number stands in it.

A text is a quantity only where what follows its number is a known unit, or one or two count nouns of which the question names
one. Every other text with words in it is text: "Three dogs on a lawn", "One should never lie.", "7 people at the table".
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from rewardkit.answers.equality.understand import is_written_chemistry
from rewardkit.answers.notation.number_words import spell_out
from rewardkit.answers.units import is_unit_word, multiplier, normal_unit
from rewardkit.first_use import first_use
from rewardkit.question import Question, stem

__all__ = ["counted_thing", "describes", "vocabulary"]

NOUNS = 2  # words behind a number that may be what is counted
KEPT = 4096
WORDS = 16_384  # that are kept

_TEXT = re.compile(r"\\(?:text|mathrm|mbox|textbf|operatorname)\s*\{")
_MATHEMATICS = re.compile(r"\$[^$]*\$|\\\(.*?\\\)|\\\[.*?\\\]|\\[a-zA-Z]+|[{_^][^\W\d]+", re.DOTALL)
_DRESSED = re.compile(r"[$\\{_^]")  # of which each of the two has one
# A quick look: two letters of one word outside of the names of commands.
_WORDED = re.compile(r"(?<![\\A-Za-z])[A-Za-z]['-]?[A-Za-z]")
# What is written in a formula; a short run of letters beside it is a product of names.
_FORMULA = re.compile(r"[\\^_=]")
SHORT = 2
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_COUNTED = re.compile(
    r"\W*(?:(?:about|exactly|around|approximately|roughly|nearly|only|just|over|almost)\s+)?"
    r"[-−+]?[$€£¥]?[\d.,/ ½¼¾⅓⅔]*\d?[½¼¾⅓⅔]?\s*%?\s*"
    r"(?P<nouns>[^\W\d_]+(?:['’-][^\W\d_]+)*(?:\s+[^\W\d_]+(?:['’-][^\W\d_]+)*){0,3})?\W*"
)
_LONG_RUN = 4  # characters of a script without spaces; a longer run that is no unit is a sentence


@lru_cache(maxsize=1)
@first_use
def vocabulary() -> frozenset[str]:
    """The stems of words that answers in mathematics and in numbers are written with."""
    lines = files(__package__).joinpath("vocabulary.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(stem(word) for line in lines if not line.startswith("#") for word in line.split())


def describes(reference: str, question: Question | None) -> bool:
    """Whether a reference is text about something, whatever numbers are in it; `question` is None where there is no prompt."""
    if reference.isascii() and _WORDED.search(reference) is None:
        return False  # no word in it
    return _describes(reference, question)


def counted_thing(reference: str, question: Question) -> str | None:
    """The number and the noun alone of a count whose thing the question names: "3 balls" of "3 red balls"."""
    if reference.count(" ") < NOUNS:
        return None
    counted = _COUNTED.fullmatch(reference.strip())
    nouns = counted["nouns"].split() if counted and counted["nouns"] else []
    if len(nouns) != NOUNS or not question.names(nouns[-1]):
        return None
    return f"{reference[: reference.find(nouns[0])]}{nouns[-1]}"


@lru_cache(maxsize=KEPT)
def _describes(reference: str, question: Question | None) -> bool:
    if "boxed" in reference or is_written_chemistry(reference):
        return False  # a solution, of which the box is the answer, or symbols of elements, which are no words
    text = _MATHEMATICS.sub(" ", _TEXT.sub(" ", reference)) if _DRESSED.search(reference) else reference
    if not text.isascii() and (run := max(_UNSPACED.findall(text), key=len, default="")):
        return len(run) > _LONG_RUN and not _is_measured(run)
    shortest = SHORT if _FORMULA.search(reference) else 1
    told = [word for word in _WORD.findall(text) if len(word) > shortest and word[0].isalpha() and not _is_plain(word)]
    if not told:
        return False
    counted = _COUNTED.fullmatch(spell_out(text.strip()))
    if counted is None or counted["nouns"] is None:
        return len(told) > NOUNS
    nouns = counted["nouns"].split()
    if len(nouns) > NOUNS or any(stem(noun) in vocabulary() for noun in nouns):
        return len(told) > NOUNS or len(nouns) > NOUNS
    return question is not None and not any(map(question.names, nouns))


@lru_cache(maxsize=WORDS)
def _is_plain(word: str) -> bool:
    """Whether a word is a unit, a number, or one that answers in mathematics are written with."""
    return (
        stem(word) in vocabulary()
        or is_unit_word(word)
        or multiplier(word) is not None
        or spell_out(word) != word
        or (len(set(word)) == len(word) < 4 and word.islower() and not set(word) & set("aeiou"))
    )


def _is_measured(run: str) -> bool:
    """Whether a run of a script without spaces is a number word or a unit."""
    return spell_out(run) != run or is_unit_word(run) or is_unit_word(normal_unit(run))
