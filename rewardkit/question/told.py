"""What was read in a question, in words."""

from __future__ import annotations

from collections.abc import Iterator

from rewardkit.question import Question

__all__ = ["told"]


def told(question: Question) -> Iterator[tuple[str, str]]:
    """Each thing that a question asks for by its name; nothing of what it does not speak of."""
    measure, form = question.measure, question.form
    if measure is not None:
        yield "unit", " ".join(filter(None, (str(measure.scale) if measure.scale != 1 else "", measure.unit)))
    if question.places is not None:
        step, digits = question.places
        yield "rounding", f"to {step}" if step is not None else f"to {digits} significant digits"
    wanted = {
        "share": "of one" if question.share else "",
        "time": "a year, date or time" if question.time else "",
        "yes or no": "yes" if question.polar else "",
        "either": " or ".join(question.either),
        "letter": "alone" if question.letter_only else "",
        "answers": str(question.count or ""),
        "parts": ", ".join(question.parts),
        "order": question.order.value if question.order else "",
        "tags": ", ".join(form.tags),
        "between": " and ".join(form.between or ()),
        "form": ", ".join(name for name, asked in (("JSON", form.json), ("box", form.boxed)) if asked),
        "not read": ", ".join(question.unread),
    }
    yield from ((name, text) for name, text in wanted.items() if text)
