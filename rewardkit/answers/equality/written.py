"""Answers that are not computed but written: codes, labelled parts and chemistry equal only themselves, in whatever dress."""

from __future__ import annotations

from collections.abc import Callable

from rewardkit.answers.equality.comparison import Comparison
from rewardkit.answers.forms.formulas import Formula, is_chemistry, read_formula, same_formula
from rewardkit.answers.notation.codes import Code, Part, read_code, read_parts
from rewardkit.answers.steps import Step

__all__ = ["compare_written", "is_written"]

Compare = Callable[[str, str], Comparison]


def is_written(reference: str) -> bool:
    """Whether a reference is a code or has labelled parts, and so no value."""
    return read_code(reference) is not None or bool(read_parts(reference))


def compare_written(reference: str, answer: str, inner: Compare) -> Comparison | None:
    """Compare with chemistry, a code or labelled parts, whose values `inner` compares; None for any other reference."""
    if (formula := read_formula(reference)) is not None and (compared := _compare_formulas(formula, reference, answer)):
        return compared
    if code := read_code(reference):
        return _compare_codes(code, answer)
    if parts := read_parts(reference):
        return _compare_parts(parts, answer, inner)
    return None


def _compare_formulas(formula: Formula, reference: str, answer: str) -> Comparison | None:
    """The verdict by chemistry; None where the texts are not equal and may be mathematics, as `CO` and `OC` are."""
    given = read_formula(answer)
    sure = is_chemistry(reference) or (given is not None and (is_chemistry(answer) or isinstance(formula, str)))
    if given is None:
        return Comparison(False, Step.STRUCTURE, "mismatch", "formula", "text", {}) if sure else None
    equal = same_formula(formula, given)
    if not equal and not sure:
        return None
    reason = "match" if equal else "undecided" if equal is None else "mismatch"
    return Comparison(equal, Step.STRUCTURE, reason, "formula", "formula", {})


def _compare_codes(reference: Code, answer: str) -> Comparison | None:
    given = read_code(answer) or read_code(answer.replace(" - ", "-"))
    if given is None and reference.worded:
        return None
    equal = given is not None and given.same(reference)
    return Comparison(equal, Step.TEXT, "match" if equal else "mismatch", "code", "code" if given else "text", {})


def _compare_parts(reference: tuple[Part, ...], answer: str, inner: Compare) -> Comparison:
    given = read_parts(answer)
    if [part.label for part in given] != [part.label for part in reference]:
        return Comparison(False, Step.TEXT, "mismatch", "parts", "parts" if given else "text", {})
    each = [inner(wanted.value, part.value) for wanted, part in zip(reference, given, strict=True)]
    equal = all(result.equal for result in each)
    return Comparison(equal, Step.TEXT, "match" if equal else "mismatch", "parts", "parts", {})
