"""A text that goes on behind its announced number and concludes with another: the answer of an example, or of somebody else.

"Example: … so the answer is 32. Now our tank: … we get 31." announces 32 and concludes 31, and which of the two is meant a rule
cannot tell.
"""

from __future__ import annotations

from rewardkit.answers.notation.plain_number import read_number
from rewardkit.prose.meanings import opens_with
from rewardkit.prose.phrases import Meaning
from rewardkit.prose.sentences import sentences
from rewardkit.question import Question
from rewardkit.question.bearing import Bearing, bearing
from rewardkit.question.conclusion import numbers_given

__all__ = ["concludes_otherwise"]

_FIRM = frozenset([Bearing.CONCLUDES, Bearing.CLOSED])


def concludes_otherwise(question: Question, text: str, answer: str) -> bool:
    """Whether the last sentence with a number behind an answer states another number as what the question asks for."""
    at = text.rfind(answer)
    if at < 0:
        return False
    rest = text[at + len(answer) :]
    first = next(iter(sentences(rest)), None)
    rest = rest[first[0] + len(first[1]) :] if first is not None else ""
    if not any(map(str.isdigit, rest)):
        return False
    last = next((one for one in numbers_given(question, rest) if not opens_with(one.sentence, Meaning.CHECKS)), None)
    if last is None:
        return False
    given, said = read_number(answer), read_number(last.sentence[last.begin : last.behind])
    if given is None or said is None or given.value == said.value:
        return False
    return bearing(question, *last[2:]) in _FIRM
