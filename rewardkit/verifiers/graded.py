"""A number graded by how far it is off, for depth, counts and other things that are measured."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rewardkit.answers.notation.plain_number import PlainNumber, read_number
from rewardkit.errors import BadParameter
from rewardkit.registry import verifier
from rewardkit.types import Sample, Verdict
from rewardkit.verifiers.number import equal

__all__ = ["number"]


def _check_graded(*, limit: float, **_: Any) -> None:
    if not 0 < limit <= 1:
        message = f"graded.number: limit={limit} cannot be used; wanted a relative error 0 < limit <= 1."
        raise BadParameter(message)


@verifier("graded.number", requires=("answer",), validate=_check_graded)
def number(sample: Sample, *, limit: float = 0.2) -> Verdict:
    """A number that is off by a share of the reference earns less by as much: 1 - error / limit, and 0 from the limit on.

    The error is |number - reference| / |reference|, the least over the accepted references. Numbers are read, and what is none is
    refused, as by `number.equal`; what that calls equal by another way than its value (a unit converted) earns 1.

    Args:
        sample: The sample.
        limit: The relative error from which on nothing is earned, at most 1.

    Raises:
        BadParameter: When the verifier is built with a limit that cannot be used.
    """
    verdict = equal(sample, rel_tol=limit)
    if verdict.score != 1:
        return verdict
    given = read_number(str(verdict.info.get("extracted") or ""))
    wanted = [one for one in map(read_number, sample.references) if one is not None and one.value]
    errors = [_error(given, one) for one in wanted] if given is not None else []
    error = min((one for one in errors if one <= Fraction(limit)), default=Fraction(0))
    return Verdict.scored(1 - float(error / Fraction(limit)), **{**verdict.info, "error": round(float(error), 6)})


def _error(given: PlainNumber, wanted: PlainNumber) -> Fraction:
    readings = [given.value]
    if given.percent != wanted.percent:
        readings += [given.value * 100, given.value / 100]
    return min(abs(value - wanted.value) / abs(wanted.value) for value in readings)
