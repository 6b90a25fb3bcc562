"""Equality of ratios, times of day and residues, each of which may also stand for a plain value."""

from __future__ import annotations

from typing import Any

from rewardkit.answers.equality.case import Case
from rewardkit.answers.equality.values import same_expression
from rewardkit.answers.forms.answer import answer_of
from rewardkit.answers.forms.kinds import Answer, Kind
from rewardkit.answers.numerics.exact import rational
from rewardkit.answers.steps import Step
from rewardkit.answers.tree import Apply, Node, Text, number

__all__ = ["as_value", "clock_ratio", "residue", "same_ratio", "same_residue", "same_time"]


def as_value(answer: Answer) -> Answer:
    """A ratio as the quotient that it is."""
    return answer._replace(kind=Kind.VALUE)


def residue(answer: Answer) -> Answer:
    """The residue of a class as a value without a name; any other answer as it is."""
    if answer.kind is not Kind.MODULO or type(answer.node) is not Apply:
        return answer
    return answer_of(answer.node.args[0])._replace(label=None)


def same_residue(case: Case, reference: Node, answer: Node) -> bool | None:
    """Whether two classes are one, as 3 and 10 modulo 7; None unless the moduli are one number and both residues known."""
    if type(reference) is not Apply or type(answer) is not Apply:
        return None
    modulus, other = (rational(node.args[1]) for node in (reference, answer))
    if modulus is None or modulus != other or modulus == 0:
        return None
    left, right = (answer_of(node.args[0]) for node in (reference, answer))
    values: list[Any] = [rational(side.node) if side.kind is Kind.VALUE else None for side in (left, right)]
    if None in values or (left.label != right.label and None not in (left.label, right.label)):
        return None
    case.decided_by(Step.RATIONAL)
    return bool(((values[0] - values[1]) / modulus).q == 1)


def same_ratio(case: Case, reference: Node, answer: Node) -> bool | None:
    """Ratios are the same when they are proportional and have no zero in different places."""
    left, right = (node.args if type(node) is Apply else () for node in (reference, answer))
    if len(left) != len(right):
        return False
    if any((rational(a) == 0) != (rational(b) == 0) for a, b in zip(left, right, strict=True)):
        return False
    verdicts = [
        same_expression(case, Apply("mul", (left[0], b)), Apply("mul", (a, right[0])))
        for a, b in zip(left[1:], right[1:], strict=True)
    ]
    if all(verdicts):
        return True
    return None if None in verdicts and False not in verdicts else False


def same_time(left: Node, right: Node) -> bool:
    """Times of day are the same, also when one side leaves out whether it is before noon."""
    if type(left) is not Apply or type(right) is not Apply or left.args[1:3] != right.args[1:3]:
        return False
    if {int(time.args[0].value.p) % 24 for time in (left, right)} == {0, 12} and left.args[3] == right.args[3]:
        return False  # midnight, which is also 24:00, and noon
    (one, one_is_full), (other, other_is_full) = _hour(left), _hour(right)
    return one == other if one_is_full == other_is_full else (one - other) % 12 == 0


def _hour(time: Apply) -> tuple[int, bool]:
    """The hour of the day, and whether that is told in full: with its half, or as an hour that only the afternoon has."""
    hours, half = int(time.args[0].value.p) % 24, time.args[3].words
    if half:
        hours = hours % 12 + (12 if half == "pm" else 0)
    return hours, bool(half) or hours > 12 or hours == 0


def clock_ratio(node: Node) -> Node:
    """`7:32`, which looks like a time of day, as a ratio."""
    return (
        Apply("ratio", node.args[:2])
        if type(node) is Apply and node.head == "time" and node.args[2:] == (number(0), Text(""))
        else node
    )
