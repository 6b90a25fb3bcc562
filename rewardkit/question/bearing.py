"""Whether a sentence that gives a number without a mark says of it what the question asks, or something else.

"His neighbour sells 48." gives 48, though of nothing that "How many does Tom sell?" asks for. A sentence bears on a question when
it reckons ("12 × 4 = 48"), when every word of it is what is asked or says nothing of its own ("that makes 48 in total"), when it
concludes ("so he sells 48"), or, of a time, when it says more than half of what is asked. Other words of the prompt may stand in
it where all that is asked is said; and any words where money is asked for in millions, as few numbers are. It does not bear when
it has words that lessen what it says ("he wanted to sell 48") or when another one than the question's is what it speaks of. What
does not bear is not refused: a rule cannot tell it from an answer in other words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

from rewardkit.answers.notation.money import currency_before
from rewardkit.prose.meanings import last_begin, turning_in
from rewardkit.prose.measures import unit_end
from rewardkit.prose.phrases import Meaning, Reach
from rewardkit.prose.pieces import UNSPACED
from rewardkit.question import Question
from rewardkit.question.asking import Asking, Word, words_of
from rewardkit.question.small_words import Role, empty_runs

__all__ = ["Bearing", "bearing"]

KEPT = 512  # questions
SIGNS = 2  # of a script without spaces that may be left over
_COMPUTED = re.compile(r"[=≈≃≅]")
_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_COUNTED = re.compile(r"[\d\N{FIGURE SPACE}][\d.,\N{FIGURE SPACE}]*\s?[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NUMBER = re.compile(r"\d[\d.,]*")
_BLANK = "\N{FIGURE SPACE}"
_CLAUSE = re.compile(r"[,;:，；：、—–]\s*")
# "40 less 25"
_REDUCED = re.compile(r"(?<=\d)\s+[^\W\d_]+\s+(?=\d)")


class Bearing(Enum):
    """What a sentence with a number is to its question."""

    COMPUTED = "computed"
    CLOSED = "closed"
    CONCLUDES = "concludes"
    COVERS = "covers"
    OPEN = "open"
    TURNED = "turned"

    @property
    def states(self) -> bool:
        """Whether the sentence gives its number as the answer."""
        return self not in (Bearing.OPEN, Bearing.TURNED)


@lru_cache(maxsize=KEPT)
def _asking_of(question: Question) -> Asking:
    return Asking(question)


def bearing(question: Question, sentence: str, at: int, end: int) -> Bearing:
    """What a sentence is to a question by the number that stands in it from `at` to `end`."""
    if _COMPUTED.search(sentence, 0, at):
        return Bearing.COMPUTED
    asking = _asking_of(question)
    end = max(end, unit_end(sentence, end))
    at = money[0] if (money := currency_before(sentence, at)) is not None else at
    sentence = f"{sentence[:at]}{_BLANK * (end - at)}{sentence[end:]}"  # the amount itself says nothing of what it belongs to
    begin, concludes = _conclusion_of(asking, sentence, at)
    sentence, at = sentence[begin:], at - begin
    words = words_of(sentence)
    turned = _is_turned(asking, sentence[:at] if concludes or question.time else sentence)
    if turned or _is_of_other_number(asking, sentence, words):
        return Bearing.TURNED
    if concludes:
        return Bearing.CONCLUDES
    if question.measure is not None and question.measure.unit and question.measure.scale > 1:
        return Bearing.COVERS  # "in USD millions", which few numbers are
    if UNSPACED.search(sentence):
        return Bearing.CLOSED if _is_closed_run(asking, sentence) else Bearing.OPEN
    said = [word for word in words if asking.tells(word.text)]
    if _is_reckoned(asking, sentence, at, said):
        return Bearing.CONCLUDES
    asked = [word for word in said if asking.asks(word.text) and (question.time or not word.owns)]
    others = [word for word in said if not (asking.asks(word.text) or asking.names_unit(word.text))]
    if not question.time and _is_of_another(asking, at, asked, others):
        return Bearing.OPEN
    if question.time and not any(word.begin < at for word in said):
        return Bearing.CLOSED  # "It ended in 1453, after a long siege."
    if not others:
        return Bearing.CLOSED
    strangers = [word for word in others if not asking.holds(word.text)]
    if not strangers and _is_said(asking, asked):
        return Bearing.CLOSED
    return Bearing.COVERS if question.time and _covers(asking, at, asked, others) else Bearing.OPEN


def _conclusion_of(asking: Asking, sentence: str, at: int) -> tuple[int, bool]:
    """Where what is concluded begins in a sentence, behind its reasons, and whether words say that it is concluded."""
    begin = last_begin(sentence[:at], Meaning.CONCLUDES, Reach.CLAUSE)
    if begin is not None:
        return begin, True
    first = next(iter(words_of(sentence[:at])), None)
    if first is not None and first.text in asking.words(Role.REASON):
        return max((clause.end() for clause in _CLAUSE.finditer(sentence, 0, at)), default=0), False
    return 0, first is not None and first.text in asking.words(Role.OPERATES)


def _is_of_other_number(asking: Asking, sentence: str, words: Sequence[Word]) -> bool:
    """Whether a sentence tells of each of several where all are asked for, or of all where one is."""
    asked = asking.roles
    if asking.has(sentence, words, Role.EACH) and asked.isdisjoint({Role.EACH, Role.ONE}):
        return True
    return Role.ONE in asked and Role.ALL not in asked and asking.has(sentence, words, Role.ALL)


def _is_reckoned(asking: Asking, sentence: str, at: int, said: Sequence[Word]) -> bool:
    """Whether what stands before a number says that it results: ", which leaves 12", "30 less 8 makes 22"."""
    numbers = [number.end() for number in _NUMBER.finditer(sentence, 0, at)]
    clause = max((clause.end() for clause in _CLAUSE.finditer(sentence, 0, at)), default=0)
    if len(numbers) > 1 and numbers[-1] > clause:
        clause = numbers[-1]  # "30 less 8 makes 22"
    elif not clause or any(clause <= word.begin < at for word in said):
        return False
    return any(word.text in asking.words(Role.RECKONS) for word in words_of(sentence[clause:at]))


def _is_of_another(asking: Asking, at: int, asked: Sequence[Word], others: Sequence[Word]) -> bool:
    """Whether the first thing that a sentence speaks of before its number is none of the question's."""
    first = next((word for word in others if word.begin < at), None)
    if first is None or any(word.begin < first.begin for word in asked):
        return False
    return not any(asking.same(first.text, word) for word in asking.topic)


def _covers(asking: Asking, at: int, asked: Sequence[Word], others: Sequence[Word]) -> bool:
    """Whether more than half of what is asked, names and the thing that is counted aside, is said.

    Where nothing else is asked, a thing that there is, no other word may lead to the number.
    """
    if not asked:
        return False
    if any(asking.abbreviates(word.text) for word in asked):
        return True
    predicate = [wanted for wanted in asking.wanted if wanted not in asking.names and wanted != asking.thing]
    told = [wanted for wanted in predicate if any(asking.same(word.text, wanted) for word in asked)]
    if 2 * len(told) > len(predicate):
        return True
    only_counts = not any(word.begin < at for word in (*asked, *others))  # "24 wax candles"
    return (only_counts or not predicate) and not any(word.begin < at for word in others) and len(others) < 2


def _is_turned(asking: Asking, sentence: str) -> bool:
    """Whether a sentence has words that lessen or turn what it says, and that the question has not."""
    found = turning_in(_REDUCED.sub(" ", sentence))
    low = asking.asked.text.lower()
    return any(phrase not in low and not all(end in low for end in _ends(phrase)) for phrase in found)


def _ends(phrase: str) -> tuple[str, str]:
    """The first and last word of a phrase: "more … than"."""
    words = phrase.split()
    return (words[0], words[-1]) if len(words) > 2 else (phrase, phrase)


def _is_closed_run(asking: Asking, sentence: str) -> bool:
    """Whether a sentence in a script without spaces says what is asked and next to nothing else."""
    rest = _COUNTED.sub(" ", empty_runs().sub(" ", sentence))
    signs = "".join(_RUN.findall(rest))
    others = [sign for sign in signs if sign not in asking.asked.text]
    strangers = [sign for sign in others if sign not in asking.question.text]
    if asking.is_question:
        return not others
    return len(strangers) <= SIGNS and len(others) < max(1, len(signs))


def _is_said(asking: Asking, asked: Sequence[Word]) -> bool:
    """Whether all that is asked, names and the thing that is counted aside, is said."""
    predicate = [wanted for wanted in asking.wanted if wanted not in asking.names and wanted != asking.thing]
    return bool(predicate) and all(any(asking.same(word.text, wanted) for word in asked) for wanted in predicate)
