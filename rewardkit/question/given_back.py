"""Whether an answer gives the question's own task back, in place of what comes out of it: "12*13" for "What is 12*13?".

Equal it is, and nothing was done. So an expression that stands in the question is no answer where the reference is written
otherwise, and a sum or product of numbers is none where the reference is one number. What a question gives to be shown may be
said again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rewardkit.answers.notation.characters import SUPERSCRIPTS
from rewardkit.question import Question
from rewardkit.question.asks import Field

__all__ = ["gives_back"]

KEPT = 512  # questions
SHORTEST = 3  # characters of an expression
_OPERATES = re.compile(r"[-+*/^!=:%]|\\[a-z]|√")
_MAY_OPERATE = re.compile(r"[-−–+*/^!=:%\\√×·÷]")  # of which one stands in what will be plain with one
_DRESS = re.compile(r"\\(?:left|right|[,;:! ]|quad|displaystyle|limits)|[\s$]|\\[()\[\]]|[.,;:?]+$")
_FRACTION = re.compile(r"\\[dtc]?frac\{([^{}]+)\}\{([^{}]+)\}")
_TIMES = re.compile(r"\\(?:cdot|times)|[×·]")
_BRACKETED = re.compile(r"\((\w+)\)")
_NUMBER = re.compile(r"[-−]?[$€£]?\d[\d,]*(?:\.\d+)?(?:/\d+)?%?[A-Za-z°]*")
_POWER_OF_TEN = re.compile(r"\*10\^\(?-?\d+\)?")
# A number that is written with signs of its own is no task.
_VALUE = re.compile(r"[-+]?(?:10\^-?\d+|[\d.,]+(?:/[\d.,]+)?)[A-Za-z%°]*")
_ROOT = re.compile(r"√\(?(\w+)\)?")
_ARGUMENT = re.compile(r"(?:\^|\\(?!sum|int|prod|lim|binom)[a-z]+|_)\([^()]*\)")
_LIMITS = re.compile(r"_\([^()]*\)")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_TO_DO = re.compile(r"\d\)?[-+*]\(?-?\d|\d!|\d\)\(\d|\\(?:sum|int|prod|lim|binom)(?![a-z])")


def gives_back(question: Question, answer: str, references: Sequence[str]) -> bool:
    """Whether an answer that equals its reference is the question's expression, or one that is still to be worked out."""
    if _MAY_OPERATE.search(answer) is None:
        return False
    given = _plain(answer)
    if len(given) < SHORTEST or _OPERATES.search(given) is None:
        return False
    wanted = [side for whole in map(_plain, references) for side in (whole, whole.rpartition("=")[2])]
    last = _LIMITS.sub("", given).rpartition("=")[2]
    if given in wanted or last in wanted:  # a chain from the task to what comes out of it
        return False
    last = _POWER_OF_TEN.sub("e0", last)
    if _TO_DO.search(_bare(last)) and any(map(_NUMBER.fullmatch, wanted)):
        return True
    turns, stands = _is_unturned(given, wanted[0]), _stands_in(_task(question.text), given, wanted, last)
    if not (turns or stands) or question.has(Field.SHOWS):  # an expression that is neither needs no question read
        return False
    return stands or question.has(Field.TURNS)


def _stands_in(asked: str, given: str, wanted: Sequence[str], last: str) -> bool:
    """Whether a question has the expression that is given, and none that is wanted."""
    if given not in asked or any(one in asked for one in wanted if one):
        return False
    return not (_VALUE.fullmatch(last) and any((value := _VALUE.match(one)) and value[0] == last for one in wanted))


@lru_cache(maxsize=KEPT)
def _task(text: str) -> str:
    """A question in the spelling of expressions, kept for the completions of its group."""
    return _plain(text)


def _is_unturned(given: str, wanted: str) -> bool:
    """Whether an expression still has more terms than the one that is wanted, or brackets where that has none."""
    return _terms(given) > _terms(wanted) or ("(" in _bare(given) and "(" not in _bare(wanted))


def _bare(text: str) -> str:
    """An expression without the brackets of exponents, roots and functions."""
    return _ARGUMENT.sub("x", text)


def _terms(text: str) -> int:
    """How many terms stand beside one another outside of all brackets."""
    depth = terms = 0
    for at, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        terms += sign in "+-" and depth == 0 and at > 0 and text[at - 1] not in "^*/=(e"
    return terms + 1


def _plain(text: str) -> str:
    """An expression without spaces and dress, in one spelling of products, fractions and roots."""
    text = _RAISED.sub(lambda raised: f"^{raised[0].translate(SUPERSCRIPTS)}", text)
    text = _FRACTION.sub(r"(\1)/(\2)", _DRESS.sub("", text)).replace("−", "-").replace("–", "-")
    text = _TIMES.sub("*", text).replace("\\div", "/").replace("÷", "/").replace("{", "(").replace("}", ")")
    return _BRACKETED.sub(r"\1", _ROOT.sub(r"\\sqrt\1", text))
