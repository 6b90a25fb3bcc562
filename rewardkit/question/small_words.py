"""The small words of questions and their answers, by language: `bearing.toml`.

They say nothing of what a number belongs to, lead from a reckoning to its value, or tell of each of several things or of all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache

from rewardkit.first_use import first_use
from rewardkit.prose.carriers import folded
from rewardkit.prose.pieces import ELIDED, OWNER
from rewardkit.prose.tables import read_table

__all__ = ["EMPTY", "Role", "bare_word", "code_of", "codes", "empty_runs", "every_word", "lines", "small_words"]

UNSPACED = ("zh", "ja", "ko")
WORDS = 16_384  # that are kept
_ELIDED = re.compile(rf"^{ELIDED}['’](?=\w)", re.IGNORECASE)
_ARABIC = re.compile(r"^(?:[وفبكل]?ال|لل|[وف](?=\w{3}))")


class Role(str, Enum):
    """What a word of `bearing.toml` is, as its head explains."""

    GRAMMAR = "grammar"
    RECKONS = "reckons"
    EACH = "each"
    ALL = "all"
    ONE = "one"
    OPERATES = "operates"
    REASON = "reason"
    ANYTHING = "anything"
    FACTOR = "factor"
    RISES = "rises"
    FALLS = "falls"


EMPTY = (Role.GRAMMAR, Role.RECKONS)


@lru_cache(maxsize=1)
@first_use
def _tables() -> Mapping[tuple[Role, str], frozenset[str]]:
    rows = read_table("bearing.toml", __package__)["words"]
    return {(Role(row["role"]), row["language"]): frozenset(map(bare_word, row["words"].split())) for row in rows}


def small_words(role: Role, code: str) -> frozenset[str]:
    """The words of a role in a language."""
    return _tables().get((role, code), frozenset())


@lru_cache(maxsize=len(Role))
@first_use
def every_word(role: Role, *, spaced: bool = True) -> frozenset[str]:
    """The words of a role in every language; not `spaced`, in those that put no space between words."""
    return frozenset().union(*(small_words(role, code) for code in (codes() if spaced else UNSPACED)))


@lru_cache(maxsize=1)
@first_use
def codes() -> tuple[str, ...]:
    """The languages of the table."""
    return tuple(dict.fromkeys(code for _, code in _tables()))


@lru_cache(maxsize=1)
@first_use
def lines() -> Mapping[str, frozenset[int]]:
    """The lines of words that say the same of a number, those of one rival among them, by their words."""
    found: dict[str, set[int]] = {}
    groups = [row["words"].split() for row in read_table("bearing.toml", __package__)["same"]]
    groups += [group.split() for row in read_table("rivals.toml", __package__)["rivals"] for group in row["words"].split("|")]
    for place, words in enumerate(groups):
        for word in words:
            found.setdefault(folded(word), set()).add(place)
    return {word: frozenset(places) for word, places in found.items()}


@lru_cache(maxsize=1)
@first_use
def empty_runs() -> re.Pattern[str]:
    """The words of scripts without spaces that say nothing of what a number belongs to."""
    words = {word for role in EMPTY for code in UNSPACED for word in small_words(role, code)}
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


@lru_cache(maxsize=1)
@first_use
def _languages_of() -> Mapping[str, tuple[str, ...]]:
    """The languages that a word is a small word of."""
    found: dict[str, list[str]] = {}
    for code in codes():
        for word in frozenset().union(*(small_words(role, code) for role in EMPTY)):
            found.setdefault(word, []).append(code)
    return {word: tuple(places) for word, places in found.items()}


def code_of(words: Iterable[str]) -> str | None:
    """The language that most of the folded words are small words of; None where none tells, or several tie."""
    languages = _languages_of()
    counts = Counter(code for word in set(words) for code in languages.get(word, ()))
    (best, count), *others = [*counts.most_common(2), (None, 0)]
    return best if count and others[0][1] < count else None


@lru_cache(maxsize=WORDS)
def bare_word(word: str) -> str:
    """A word in small letters without what is glued to it."""
    word = _ELIDED.sub("", OWNER.sub("", word))
    return _ARABIC.sub("", word) if "\u0600" < word[:1] < "\u06ff" else folded(word)
