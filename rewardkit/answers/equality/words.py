"""The verdict where a side is no mathematics: equal words are equal, different words are for a judge."""

from __future__ import annotations

import re
from functools import lru_cache

from rewardkit.answers.equality.comparison import Comparison
from rewardkit.answers.equality.sides import Side, read_side, recent_side
from rewardkit.answers.equality.truth import truth
from rewardkit.answers.equality.twice import is_twice
from rewardkit.answers.forms.named_sets import set_in_words
from rewardkit.answers.notation.folded import normal_text
from rewardkit.answers.steps import Step
from rewardkit.answers.tree import Number

__all__ = ["compare_words", "is_mere_words", "look_at_words", "with_named_set"]

KEPT = 64  # texts, as one comparison asks for its two several times
_COMMA = re.compile(r"[,;](?=\s)|\\text\s*\{\s*and\s*\}")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
_SEPARATOR = re.compile(r"(?:\s*\band\b\s*)+")
_TRUTHS = {"true": True, "false": False}


def look_at_words(reference: Side, answer: Side) -> Comparison | None:
    """The verdict that needs no more than a look: prose for a number, and `true` or `false` for a relation that holds or not."""
    shapes = reference.shape, answer.shape
    if type(reference.reading.tree) is Number and answer.reading.detail == "prose":
        return Comparison(False, Step.WORDS, "mismatch", *shapes, {"problem": {"answer": "prose"}})
    for stated, said in ((reference, answer), (answer, reference)):
        claimed = _TRUTHS.get(_folded(said)) if stated.answer is not None else None
        if claimed is not None and stated.answer is not None and (holds := truth(stated.answer.node)) is not None:
            return Comparison(holds is claimed, Step.TRUTH, "match" if holds is claimed else "mismatch", *shapes, {})
    return None


def is_mere_words(text: str) -> bool:
    """Whether a text is words that equal no mathematics: they name no set, no truth and no amount in two notations."""
    side = recent_side(text)
    if side.answer is not None or is_twice(text):
        return False
    words = _folded(side)
    return words not in _TRUTHS and set_in_words(words) is None


def with_named_set(reference: Side, answer: Side) -> tuple[Side, Side] | None:
    """Both sides with the one that names a set in words read as the set, where the other is mathematics; else None."""
    if (reference.answer is None) == (answer.answer is None):
        return None
    meant = set_in_words(_folded(reference if reference.answer is None else answer))
    if meant is None:
        return None
    return (read_side(meant), answer) if reference.answer is None else (reference, read_side(meant))


def compare_words(reference: Side, answer: Side) -> Comparison:
    """The verdict on texts of which one at least is no mathematics."""
    shapes = reference.shape, answer.shape
    wanted, given = _folded(reference), _folded(answer)
    if (named := set_in_words(wanted)) is not None and named == set_in_words(given):
        return Comparison(True, Step.WORDS, "match", *shapes, {})
    if wanted and (wanted == given or _phrases(wanted) == _phrases(given)):
        return Comparison(True, Step.WORDS, "match", *shapes, {})
    sides = {"reference": reference, "answer": answer}
    info = {"problem": {name: side.reading.detail for name, side in sides.items() if side.answer is None}}
    for problem, reason in (("too_complex", "too_complex"), ("empty", "no_answer")):
        if reference.reading.problem == problem:
            return Comparison(None, Step.LIMITS, "gold_unparseable", *shapes, info)
        if answer.reading.problem == problem:
            return Comparison(False, Step.LIMITS, reason, *shapes, info)
    if reference.answer is not None:
        return Comparison(False, Step.WORDS, "mismatch", *shapes, info)
    return Comparison(None, Step.WORDS, "undecided", *shapes, info)


def _folded(side: Side) -> str:
    """The words of a side, with a bar between the items of a list."""
    return _listed(side.reading.cleaned)


@lru_cache(maxsize=KEPT)
def _listed(text: str) -> str:
    return _SEPARATOR.sub("|", _ORDINAL.sub("", normal_text(_COMMA.sub(" and ", text))))


def _phrases(words: str) -> list[str]:
    """The items of a list in words, in no order: `line segment, circle` is `circle and line segment`."""
    return sorted(phrase.strip() for phrase in words.split("|"))
