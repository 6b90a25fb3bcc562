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
    return answer_of(answer.node.args[0])._replace(label=None) if answer.kind == Kind.MODULO else answer  # type: ignore[union-attr]


def same_residue(case: Case, reference: Node, answer: Node) -> bool | None:
    """Whether two classes are one, as 3 and 10 modulo 7; None unless the moduli are one number and both residues known."""
    modulus, other = (rational(node.args[1]) for node in (reference, answer))  # type: ignore[union-attr]
    if modulus is None or modulus != other or modulus == 0:
        return None
    mine, theirs = (answer_of(node.args[0]) for node in (reference, answer))  # type: ignore[union-attr]
    values: list[Any] = [rational(side.node) if side.kind == Kind.VALUE else None for side in (mine, theirs)]
    if None in values or (mine.label != theirs.label and None not in (mine.label, theirs.label)):
        return None
    case.decided_by(Step.RATIONAL)
    return bool(((values[0] - values[1]) / modulus).q == 1)


def same_ratio(case: Case, reference: Node, answer: Node) -> bool | None:
    """Ratios are the same when they are proportional and have no zero in different places."""
    mine, other = (node.args if type(node) is Apply else () for node in (reference, answer))
    if len(mine) != len(other):
        return False
    if any((rational(a) == 0) != (rational(b) == 0) for a, b in zip(mine, other, strict=True)):
        return False
    verdicts = [
        same_expression(case, Apply("mul", (mine[0], b)), Apply("mul", (a, other[0])))
        for a, b in zip(mine[1:], other[1:], strict=True)
    ]
    if all(verdicts):
        return True
    return None if None in verdicts and False not in verdicts else False


def same_time(left: Node, right: Node) -> bool:
    """Times of day are the same, also when one side leaves out whether it is before noon."""
    times = []
    for node in (left, right):
        hours, minutes, seconds, half = node.args  # type: ignore[union-attr]
        hour = int(hours.value.p)
        if half.words:
            hour = hour % 12 + (12 if half.words == "pm" else 0)
        times.append((hour, minutes.value, seconds.value, half.words or hour > 12))
    one, other = times
    if one[1:3] != other[1:3]:
        return False
    return one[0] == other[0] if bool(one[3]) == bool(other[3]) else (one[0] - other[0]) % 12 == 0


def clock_ratio(node: Node) -> Node:
    """`7:32`, which looks like a time of day, as a ratio."""
    return (
        Apply("ratio", node.args[:2])
        if type(node) is Apply and node.head == "time" and node.args[2:] == (number(0), Text(""))
        else node
    )
