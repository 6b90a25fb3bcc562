"""The count that a short sentence gives in words of its language, as "Es stehen vierundzwanzig Stühle im Saal" gives 24.

Number words of some twenty languages are other words too ("sei", "elf", "once"), so one is read where the question asks how many,
and where it stands last, or before a thing that the question names.
"""

from __future__ import annotations

import re

from rewardkit.answers.notation.chinese import from_chinese
from rewardkit.answers.notation.foreign_numbers import in_numerals
from rewardkit.prose.stance import stance
from rewardkit.question import Question
from rewardkit.question.asks import Field

__all__ = ["spelled_count"]

WORDS = 12  # of a sentence
LONGEST = 5  # words of a number
ALIKE = 3  # letters in which a word of the question and its other forms agree
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_DIGIT = re.compile(r"\d")
_END = re.compile(r"\W*")
_HAN = re.compile(r"[零〇一二两三四五六七八九十百千万]+")
_SIGNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{1,3}")
LONGEST_SENTENCE = 60  # signs


def spelled_count(question: Question, sentence: str) -> str | None:
    """The one number in words that a sentence states in answer to "how many", in digits; None where there is none, or several."""
    if _DIGIT.search(sentence) or not question.has(Field.COUNT_OF):
        return None
    if _HAN.search(sentence):
        return _in_characters(question, sentence)
    words = list(_WORD.finditer(sentence))
    if not 1 < len(words) <= WORDS:
        return None
    found: list[tuple[str, int, int]] = []
    at = 0
    while at < len(words):
        size, digits = _number_at(sentence, words, at)
        if size:
            found.append((digits, words[at].start(), words[at + size - 1].end()))
        at += max(size, 1)
    fitting = [(digits, begin, end) for digits, begin, end in found if _counts(question, sentence, end)]
    if len(fitting) != 1:
        return None
    digits, begin, end = fitting[0]
    return digits if stance(sentence, begin, end).offers else None


def _in_characters(question: Question, sentence: str) -> str | None:
    """The one count in Chinese characters before a thing that the question names: 三十六张桌子."""
    found = [
        (run, value)
        for run in _HAN.finditer(sentence)
        if (value := from_chinese(run[0])) and value.isdecimal() and int(value) > 1
    ]
    fitting = [(run, value) for run, value in found if any(sign in question.text for sign in _noun(sentence, run.end()))]
    if len(found) != 1 or len(fitting) != 1 or len(sentence) > LONGEST_SENTENCE:
        return None
    run, value = fitting[0]
    return value if stance(sentence, *run.span()).offers else None


def _noun(sentence: str, at: int) -> str:
    """The signs behind a number, a measure word and what it counts."""
    behind = _SIGNS.match(sentence, at)
    return behind[0] if behind else ""


def _number_at(sentence: str, words: list[re.Match[str]], at: int) -> tuple[int, str]:
    """How many words from a place on are a whole number above one, and it in digits."""
    for size in range(min(LONGEST, len(words) - at), 0, -1):
        digits = in_numerals(sentence[words[at].start() : words[at + size - 1].end()])
        if digits is not None and digits.isdecimal() and int(digits) > 1:
            return size, digits
    return 0, ""


def _counts(question: Question, sentence: str, end: int) -> bool:
    """Whether a number counts a thing that the question names, or stands last."""
    if _END.fullmatch(sentence, end):
        return True
    behind = _WORD.search(sentence, end)
    word = behind[0].casefold() if behind and sentence[end : behind.start()].isspace() else ""
    return len(word) > 1 and (
        question.names(word) or any(one[:ALIKE] == word[:ALIKE] for one in question.words if len(word) > ALIKE)
    )
