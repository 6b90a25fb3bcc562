"""The question of a row, and which of its references are more than text."""

from __future__ import annotations

from rewardkit.answers.notation.plain_number import is_whole
from rewardkit.question import Question, read_question
from rewardkit.question.bearing import bears_on
from rewardkit.question.description import counted_thing, describes
from rewardkit.question.references import references_of
from rewardkit.types import Sample

__all__ = ["is_beside_the_question", "quantities_of", "question_of"]


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


def is_beside_the_question(sample: Sample, text: str) -> bool:
    """Whether a text gives a value of something that the row's prompt does not ask for."""
    question = question_of(sample)
    return question is not None and not bears_on(question, text)
