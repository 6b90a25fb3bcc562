"""The default recipe: the route of a row is decided by the shape of its reference and its choices."""

from __future__ import annotations

from rewardkit import registry
from rewardkit.compose import Cascade
from rewardkit.router import Router
from rewardkit.types import Sample, Verifier

__all__ = ["build", "shape_of"]


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

    A reference that names or equals one of the options is a choice; one that is a single number is a number; words,
    brackets and the like are text; everything else that reads as mathematics is mathematics.
    """
    from rewardkit.answers.equal import understand
    from rewardkit.answers.plain import read_number
    from rewardkit.verifiers.choice.options import is_option_reference, options_of

    references = sample.references
    if not references:
        return "text"
    options = options_of(sample)
    if all(is_option_reference(reference, options) for reference in references):
        return "choice"
    numbers = [read_number(reference) for reference in references]
    if all(number and not number.comma for number in numbers):
        return "number"
    shapes = {understand(reference).shape for reference in references}
    return "text" if shapes & {"", "text"} else "math"
