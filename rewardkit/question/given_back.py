"""Whether an answer gives the question's own task back, in place of what comes out of it: "12*13" for "What is 12*13?".

Equal it is, and nothing was done. So an expression that stands in the question is no answer where the reference is written
otherwise, and a sum or product of numbers is none where the reference is one number. What a question gives to be shown may be
said again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewardkit.question import Question
from rewardkit.question.asks import Field

__all__ = ["gives_back"]

SHORTEST = 3  # characters of an expression
_OPERATES = re.compile(r"[-−–+*/×·÷^!=:]|\\[a-z]")
_DRESS = re.compile(r"\\(?:left|right|[,;:! ]|quad|displaystyle|limits)|[\s$]|\\[()\[\]]|[.,;:?]+$")
_FRACTION = re.compile(r"\\[dtc]?frac\{([^{}]+)\}\{([^{}]+)\}")
_TIMES = re.compile(r"\\(?:cdot|times)|[×·]")
_BRACKETED = re.compile(r"\((\w+)\)")
_NUMBER = re.compile(r"[-−]?[$€£]?\d[\d,]*(?:\.\d+)?(?:/\d+)?%?")
_POWER_OF_TEN = re.compile(r"\*10\^\(?-?\d+\)?")
# A number that is written with signs of its own is no task.
_VALUE = re.compile(r"[-+]?(?:10\^-?\d+|[\d.,]+(?:/[\d.,]+)?)[A-Za-z%°]*")
_LIMITS = re.compile(r"_\([^()]*\)")
_TO_DO = re.compile(r"\d\)?[-+*]\(?-?\d|\d!|\d\)\(\d|\\(?:sum|int|prod|lim|binom)(?![a-z])")


def gives_back(question: Question, answer: str, references: Sequence[str]) -> bool:
    """Whether an answer that equals its reference is the question's expression, or one that is still to be worked out."""
    if _OPERATES.search(answer) is None:
        return False
    given = _plain(answer)
    wanted = [_plain(reference) for reference in references]
    if len(given) < SHORTEST or given in wanted:
        return False
    if (
        _TO_DO.search(_POWER_OF_TEN.sub("e0", given))
        and any(map(_NUMBER.fullmatch, wanted))
        and "=" not in _LIMITS.sub("", given)
    ):
        return True
    if _VALUE.fullmatch(_POWER_OF_TEN.sub("e0", given)) or any(cue.field is Field.SHOWS for cue in question.cues):
        return False
    asked = _plain(question.text)
    return given in asked and not any(one in asked for one in wanted)


def _plain(text: str) -> str:
    """An expression without spaces and dress, in one spelling of products and fractions."""
    text = _FRACTION.sub(r"(\1)/(\2)", _DRESS.sub("", text)).replace("−", "-").replace("–", "-")
    text = _TIMES.sub("*", text).replace("\\div", "/").replace("÷", "/").replace("{", "(").replace("}", ")")
    return _BRACKETED.sub(r"\1", text)
