"""The question of a row, and which of its references are more than text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rewardkit.answers.notation.plain_number import is_whole
from rewardkit.extract import Method, Statement, told
from rewardkit.question import Question, read_question
from rewardkit.question.conclusion import concluded
from rewardkit.question.description import counted_thing, describes
from rewardkit.question.later import concludes_otherwise
from rewardkit.question.references import references_of
from rewardkit.types import Sample, Verdict

__all__ = ["on_announcement", "on_conclusion", "quantities_of", "question_of"]


def question_of(sample: Sample) -> Question | None:
    """What the row's prompt asks for; None without a prompt."""
    return read_question(sample.question) if sample.prompt else None


def quantities_of(sample: Sample) -> tuple[str, ...]:
    """The references that may be numbers, quantities or mathematics, and are no description in words.

    A count whose thing the question names stands there also as number and noun alone.
    """
    references = references_of(sample)
    if all(map(is_whole, references)):
        return references
    question = question_of(sample)
    quantities = [reference for reference in references if not describes(reference, question)]
    if question is not None:
        quantities += [thing for reference in quantities if (thing := counted_thing(reference, question))]
    return tuple(quantities)


def on_conclusion(sample: Sample, verdict_on: Callable[[Sample], Verdict]) -> Verdict:
    """The verdict on what an unmarked completion concludes.

    Its thoughts aside. Where its number is right but not stated as what the prompt asks for, a rule cannot tell, and
    `needs_judge` is abstained.
    """
    question = question_of(sample)
    verdict, text = verdict_on(sample), told(sample.text)
    if question is None or not (verdict.score or _may_give(text, sample.references)):
        return verdict
    conclusion = concluded(question, text)
    if conclusion.earlier is not None:
        earlier = verdict_on(replace(sample, completion=conclusion.earlier))
        if earlier.score:
            return earlier
    if conclusion.text != text:
        verdict = verdict_on(replace(sample, completion=conclusion.text))
    return verdict if conclusion.states or not verdict.score else Verdict.abstained("needs_judge", **verdict.info)


def _may_give(text: str, references: Sequence[str]) -> bool:
    """A quick look: whether some sentence of a text may give a reference, of which a whole number stands in it in digits."""
    if not all(map(str.isdecimal, references)):
        return True
    digits = text.replace(",", "").replace(".", "").replace(" ", "")
    return any(reference in digits for reference in references)


def on_announcement(sample: Sample, found: Statement, verdict: Verdict) -> Verdict:
    """The verdict on an announced number; `needs_judge` where the text behind it concludes with another."""
    question = question_of(sample) if verdict.score and found.dress is Method.PHRASE and found.text else None
    if question is None or not concludes_otherwise(question, told(sample.text), found.text or ""):
        return verdict
    return Verdict.abstained("needs_judge", **verdict.info)
