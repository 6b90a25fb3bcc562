"""Whether a short text gives its value to what the question asks about, or to something else.

"The denominator is 42." and "There are 42 students in my class." state 42, though of nothing that "What is 6 times 7?" asks
for. A sentence of English with a verb that gives it a value must have a word of the question, a unit, a word that stands for the
thing asked about ("it"), or one that only carries an answer ("the result"). Longer texts reason, and equations
speak for themselves.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from rewardkit.answers.notation.number_words import spell_out
from rewardkit.answers.units import is_unit_word
from rewardkit.first_use import first_use
from rewardkit.question import Question, stem
from rewardkit.question.description import vocabulary

__all__ = ["bears_on"]

SHORT = 200  # characters; a longer text has come to its value by steps
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_FORMULA = re.compile(r"[=≈\\$^]")


class _Carriers(NamedTuple):
    verbs: frozenset[str]
    function_words: frozenset[str]
    carrying: frozenset[str]


@lru_cache(maxsize=1)
@first_use
def _carriers() -> _Carriers:
    groups: list[set[str]] = []
    for line in files(__package__).joinpath("carriers.txt").read_text(encoding="utf-8").splitlines()[1:]:
        if line.startswith("#"):
            groups.append(set())
        else:
            groups[-1].update(line.split())
    return _Carriers(*map(frozenset, groups))


def bears_on(question: Question, text: str) -> bool:
    """Whether a short text that gives a value speaks of what the question asks for, as far as can be seen; true of others."""
    if len(text) > SHORT or _FORMULA.search(text) or "\n" in text.strip():
        return True
    words = [word.replace("’", "'").casefold() for word in _WORD.findall(text)]
    verbs, function_words, carrying = _carriers()
    if verbs.isdisjoint(words) or not carrying.isdisjoint(words):
        return True
    telling = [word for word in words if word not in verbs and word not in function_words and len(word) > 1]
    return any(question.names(word) or is_unit_word(word) for word in telling) or all(map(_is_of_numbers, telling))


def _is_of_numbers(word: str) -> bool:
    """Whether a word belongs to numbers and mathematics in general."""
    return stem(word) in vocabulary() or spell_out(word) != word
