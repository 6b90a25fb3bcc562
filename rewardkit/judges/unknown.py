"""Answers of words that nobody knows: nonsense that can be said aloud, where the row is in a language that is known.

Letters cannot tell "psef" from a village; a dictionary can, as far as it goes (`known`). So it is asked only where it is at home,
and never about words that might be the reference's own: an inflection, another spelling, its initials.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from rewardkit.judges.guard_tests import MAX_ACRONYM, Text, runs
from rewardkit.judges.known import LEAST, known, of_a_whole_language
from rewardkit.judges.letters import VOWELS, plain

__all__ = ["unknown_words"]

MAX_WORDS = 12  # of an answer; longer ones say something, or are the judge's to see through
MIN_EVIDENCE = 3  # words that show the language of a row; where a number or a letter is wanted, one, since no name is right
NAME = 3  # letters of the shortest word of a reference that is no such thing
AT_HOME = 0.9  # the share of them that must be known
ALIKE = 66.0  # rapidfuzz's ratio of two words that may be one, two thirds: Firenze and Florence, not Minga and Munich
MAX_COMPARED = 200  # words of a question or a reference, from its end

_BASES = frozenset("acgtun")
_LATEX = re.compile(r"\\[a-zA-Z]+")
# Marks of code, formulas and addresses, and words with capitals inside.
_CODE = re.compile(r"[\\/_`=<>{}\[\]@#$|~^*+\d]|\(\)|--|[a-z][A-Z]|\w\.\w")


def unknown_words(answer: Text, asked: Text, references: Sequence[str]) -> str:
    """The words of a short answer that are unknown, when they are more than half of its words and letters; else "".

    Words of fewer than four letters, of other scripts, with digits, and short ones in capitals say nothing either way; neither do
    words of the question. An answer any of whose words looks like one of a reference is none of these.
    """
    if not references or len(answer.words) > MAX_WORDS or _CODE.search(answer.raw):
        return ""  # where nothing is compared an invented word may be what was asked for
    weighed = [word for word in _latin(answer.words) if _speaks(word, answer.raw)]
    strange = [word for word in weighed if not known(word) and not _doubled(word)]
    if not strange:
        return ""
    own = frozenset(_of(asked))
    weighed = [word for word in weighed if word not in own]
    strange = [word for word in strange if not any(fuzz.ratio(word, other, score_cutoff=ALIKE) for other in own)]
    if not _most(strange, weighed) or not _at_home(asked, tuple(references)):
        return ""
    if any(_alike(word, reference) for reference in references for word in _latin(answer.words)):
        return ""
    return " ".join(strange)


def _most(some: Sequence[str], words: Sequence[str]) -> bool:
    return 2 * len(some) > len(words) and 2 * sum(map(len, some)) > sum(map(len, words))


def _speaks(word: str, text: str) -> bool:
    """Whether a word can be said, and is no acronym and no sequence of bases: `letters` weighs those."""
    return not VOWELS.isdisjoint(word) and not _BASES.issuperset(word) and (len(word) > MAX_ACRONYM or word.upper() not in text)


def _doubled(word: str) -> bool:
    """Whether a word would be known with one letter of two alike."""
    return any(known(word[:at] + word[at + 1 :]) for at in range(len(word) - 1) if word[at] == word[at + 1] and len(word) > LEAST)


def _latin(words: Iterable[str]) -> list[str]:
    """Of these, what can be looked up, in plain letters."""
    bare = (word if word.isascii() and word.isalpha() else plain(word) for word in words)
    return [word for word in bare if len(word) >= LEAST and word.isascii()]


def _foreign(word: str) -> bool:
    return not word.isascii() and not (word[0].isdigit() or ((bare := plain(word)) and bare.isascii()))


@lru_cache(maxsize=1024)
def _of(text: Text) -> tuple[str, ...]:
    words = Text(_LATEX.sub(" ", text.raw)).words if "\\" in text.raw else text.words
    return tuple(dict.fromkeys(_latin(words[-MAX_COMPARED:])))


@lru_cache(maxsize=1024)
def _at_home(asked: Text, references: tuple[str, ...]) -> bool:
    """Whether the words of a row show that it is in a language of which nearly every word is known."""
    texts = [Text(_LATEX.sub(" ", reference)) for reference in references]
    seen = [word for text in (asked, *texts) for word in _of(text)]
    named = any(len(word) >= NAME and not word[0].isdigit() for text in texts for word in text.words)
    if len(seen) < (MIN_EVIDENCE if named else 1) or any(_foreign(word) for text in texts for word in text.words):
        return False
    foreign = sum(map(_foreign, asked.words[-MAX_COMPARED:]))
    if sum(map(of_a_whole_language, seen)) < AT_HOME * (len(seen) + foreign):
        return False
    return all(sum(map(known, _of(text))) >= AT_HOME * len(_of(text)) for text in texts)


@lru_cache(maxsize=8192)
def _alike(word: str, reference: str) -> bool:
    """Whether a word may be one of the reference's, or its initials."""
    text, initials = _opened(reference)
    shared = runs(word, reference)
    return word in initials or any(
        fuzz.ratio(word, other, score_cutoff=ALIKE) or any(run in other for run in shared) for other in _of(text)
    )


@lru_cache(maxsize=1024)
def _opened(reference: str) -> tuple[Text, str]:
    text = Text(reference)
    return text, "".join(word[0] for word in text.words)
