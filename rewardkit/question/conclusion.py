"""Which sentence of a completion without a mark gives its answer.

It is the last with a number that is no check ("Check: 7 + 13 = 20"). Where that does not bear on the question it may be a remark
("So Tom has 42. His sister has 50."), and then an earlier sentence that concludes gives the answer too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from rewardkit.prose.dated import is_dated, is_filing
from rewardkit.prose.emphasis import is_aside, put_forward
from rewardkit.prose.in_digits import in_digits, is_named
from rewardkit.prose.meanings import opens_with
from rewardkit.prose.phrases import Meaning
from rewardkit.prose.sentences import sentences
from rewardkit.question import Question
from rewardkit.question.bearing import Bearing, bearing

__all__ = ["Conclusion", "concluded", "numbers_given"]

TAIL = 2_000  # characters at the end in which a conclusion stands
MOST = 8  # sentences with numbers that are looked at from the end
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*|[½⅓⅔¼¾]")
# A word, or a command that says what a word does; other commands of a formula say nothing of a question.
_WORD = re.compile(r"(?<![\\A-Za-z])[^\W\d_]{2}|\\(?:not|less)")
# A result, with the signs of money and of bold text before it.
_RESULT = re.compile(r"=\s*\**\s*(?:\\?[$€£¥])?\s?([-−+]?\d[\d.,]*)")
HEAD = 24  # characters by which a sentence is found in its text


class Conclusion(NamedTuple):
    """A completion without what checks it, and whether its last number is stated as what the question asks for.

    `earlier` is the text up to a conclusion behind which there is only a remark; None where there is none.
    """

    text: str
    states: bool
    earlier: str | None = None


class _Given(NamedTuple):
    """A sentence with a number: where it ends, and without its remark; it, and where in it its number begins and ends."""

    end: int
    kept: int
    sentence: str
    begin: int
    behind: int


def concluded(question: Question, text: str) -> Conclusion:
    """What an unmarked text concludes, and whether that bears on the question."""
    if _WORD.search(text) is None:
        return Conclusion(text, True)
    given = islice(numbers_given(question, text), MOST)
    last = next(given, None)
    if last is None:
        return Conclusion(text, True)
    checked = False
    while opens_with(last.sentence, Meaning.CHECKS) or is_aside(last.sentence):
        checked, last = True, next(given, None)
        if last is None:
            return Conclusion(text, False)
    text = text[: last.kept] + ("" if checked else text[last.end :])
    how = bearing(question, *last[2:])
    if how.states or (how is Bearing.OPEN and _is_reckoned(text, last)):
        return Conclusion(text, True)
    firm = (one for one in given if bearing(question, *one[2:]) is Bearing.CONCLUDES)
    return Conclusion(text, False, next((text[: one.kept] for one in firm), None))


def _is_reckoned(text: str, given: _Given) -> bool:
    """Whether the number of a sentence is what the reckoning before it came to: "39 / 150 = 26 %. It gained 26 %."."""
    results = _RESULT.findall(text, 0, text.rfind(given.sentence[:HEAD]))
    return bool(results) and results[-1].rstrip(".,") == given.sentence[given.begin : given.behind]


def numbers_given(question: Question, text: str) -> Iterator[_Given]:
    """The sentences that give a number, in digits, from the last; the years, days, filings and pages in them give none."""
    begin = max(0, len(text) - TAIL)
    for at, sentence in reversed(list(sentences(text[begin:]))):
        kept = sentence[: put_forward(sentence)]
        read = in_digits(kept, first=False, marked=False, names=question.counts, asked_in=question.language).text
        numbers = (number.span() for number in reversed(list(_DIGITS.finditer(read))))
        told = next((span for span in numbers if not _is_named(question, read, *span)), None)
        if told:
            yield _Given(begin + at + len(sentence), begin + at + len(kept), read, *told)


def _is_named(question: Question, text: str, begin: int, end: int) -> bool:
    """Whether a number dates, or is part of the name of, something that is not asked for."""
    if question.years is not None and is_dated(text, begin, end, question.years):
        return True
    return is_filing(text, begin) or (question.years is not None and is_named(text, begin))
