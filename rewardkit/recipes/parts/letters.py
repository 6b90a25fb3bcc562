"""Accuracy as released code of several systems takes it: mathematics first, then letters found by plain string search."""

from __future__ import annotations

import re

from rewardkit import registry
from rewardkit.types import Sample

__all__ = ["answer_text", "is_equal", "same_first_letter", "sole_letter"]

_ANSWER = re.compile(r"<answer>(.*?)</answer>", re.DOTALL)
_LETTERS = "abcdef"


def is_equal(sample: Sample) -> bool | None:
    """Whether our own mathematics calls the completion right, where theirs asks math-verify; None for an unreadable reference.

    A reference of one letter is none that it reads.
    """
    if len(next(iter(sample.references), "").strip()) == 1 and sample.references[0].strip().isalpha():
        return None
    verdict = registry.get("math.equal").check(sample)
    if verdict.reason in ("gold_unparseable", "out_of_scope"):
        return None
    return verdict.score == 1


def answer_text(text: str) -> str:
    """The first `<answer>` block's text, or the whole where there is none."""
    found = _ANSWER.search(text)
    return (found[1] if found else text).strip()


def same_first_letter(sample: Sample) -> bool:
    """Whether the answer begins with the character that the reference begins with, whatever follows: "Answer: B" is "A"."""
    given, wanted = answer_text(sample.text), next(iter(sample.references), "").strip()
    return bool(given and wanted) and given[0] == wanted[0]


def sole_letter(sample: Sample) -> bool:
    """Whether of the letters a to f only the reference's stands anywhere in the answer, inside words too."""
    wanted = next(iter(sample.references), "").strip().lower()
    given = answer_text(sample.text).lower()
    return len(wanted) == 1 and wanted in _LETTERS and {letter for letter in _LETTERS if letter in given} == {wanted}
