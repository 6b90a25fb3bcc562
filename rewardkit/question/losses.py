"""Losses in parentheses, as accounts write them: where a question says that negatives stand so, "(333)" is -333."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewardkit.question import Question
from rewardkit.question.asks import Field

__all__ = ["signed"]

_MONEY = r"(?:[A-Z]{0,3}\\?[$€£¥₹])?\s?"
_LOSS = re.compile(rf"([\s*]*{_MONEY})\(\s*({_MONEY})(\d[\d.,]*\s?%?)\s*\)(.*)", re.DOTALL)


def signed(question: Question, text: str, answer: str, references: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """The answer and the references with a minus sign in place of parentheses; None where a question does not write losses so.

    An answer of which the parentheses were taken for those of a remark is in them where it stands so in the text.
    """
    if f"({answer})" in text and not f"{text} ".rpartition(f"({answer})")[2].count(answer):
        answer = f"({answer})"
    losses = [_LOSS.fullmatch(one) for one in (answer, *references)]
    if not any(losses) or not question.has(Field.LOSS):
        return None
    plain = [_plain(one, loss) for one, loss in zip((answer, *references), losses, strict=True)]
    return plain[0], tuple(plain[1:])


def _plain(text: str, loss: re.Match[str] | None) -> str:
    return text if loss is None else f"-{loss[1].strip(' *')}{loss[2]}{loss[3]}{loss[4]}"
