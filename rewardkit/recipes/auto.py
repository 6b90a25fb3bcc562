"""The default recipe: the route of a row is decided by the shape of its reference and its choices."""

from __future__ import annotations

import re

from rewardkit import registry
from rewardkit.compose import Cascade
from rewardkit.router import Router
from rewardkit.types import Sample, Verifier

__all__ = ["build", "shape_of"]

_MATHEMATICAL = re.compile(r"[\\^=<>≤≥∪∩∞√π±°$]|\d\s*[-+*/]\s*[\da-z(]|^[\[({].*[,;].*[\])}]$|^-?\w{1,2}$|\d", re.DOTALL)


def build() -> Verifier:
    """The `auto` router: choice, number, mathematics and text, each by its own rules; free text abstains with `needs_judge`."""
    mathematics = Cascade("math.equal", "math.symbolic", "text.exact", name="math")
    return Router(
        {
            "choice": Cascade("choice.option", mathematics, name="choice"),
            "number": Cascade("number.equal", mathematics, name="number"),
            "math": mathematics,
            "text": registry.get("text.exact"),
        },
        by=shape_of,
        name="auto",
    )


def shape_of(sample: Sample) -> str:
    """The route of a row: `choice`, `number`, `math` or `text`.

    A reference that names or equals one of the options is a choice; one that is a single number is a number; one with mathematical
    signs, or that reads as an expression, is mathematics; everything else is text.
    """
    from rewardkit.answers.plain import read_number
    from rewardkit.verifiers.options import is_option_reference, options_of
    from rewardkit.verifiers.text import is_closed_form

    references = sample.references
    if not references:
        return "text"
    options = options_of(sample)
    if all(is_option_reference(reference, options) for reference in references):
        return "choice"
    if all(read_number(reference) for reference in references):
        return "number"
    if all(is_closed_form(reference, sample.question) for reference in references):
        return "text"
    return "math" if all(_MATHEMATICAL.search(reference) for reference in references) else "text"
