"""Equality of ranges with whatever may be meant as one: pairs, lists of intervals, square brackets around a list."""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.answers.equality.case import Case
from rewardkit.answers.equality.collections import Same, ordered
from rewardkit.answers.equality.relations import same_inequality, same_region
from rewardkit.answers.equality.values import same_value
from rewardkit.answers.forms.answer import answer_of
from rewardkit.answers.forms.kinds import Answer, Kind
from rewardkit.answers.numerics.exact import rational
from rewardkit.answers.tree import Apply, Node, Text

__all__ = ["RANGES", "same_range"]

RANGES = frozenset([Kind.REGION, Kind.INEQUALITY])
_LIKE_RANGES = RANGES | {Kind.TUPLE, Kind.SET, Kind.VALUE}


def same_range(case: Case, same: Same, reference: Answer, answer: Answer) -> bool | None:
    """Whether two answers, one of which is a set of reals, are the same."""

    def same_end(left: Node, right: Node) -> bool | None:
        return same_value(case, Answer(Kind.VALUE, left), Answer(Kind.VALUE, right))

    if reference.kind is Kind.REGION and answer.kind is Kind.ITEMS and _are_intervals(reference.node, answer.items):
        answer = Answer(Kind.REGION, Apply("cup", tuple(item.node for item in answer.items)))
    kinds = {reference.kind, answer.kind}
    if kinds == {Kind.INEQUALITY}:
        return same_inequality(case, same_end, reference.node, answer.node)
    if (listed := _listed(reference, answer)) is not None:
        return ordered(same, *listed)
    if not kinds <= _LIKE_RANGES:
        return False
    if Kind.TUPLE in kinds:
        pair = reference if reference.kind is Kind.TUPLE else answer
        if len(pair.items) != 2 or any(item.label is not None for item in pair.items):
            return False
    return same_region(case, same_end, reference, answer)


def _listed(reference: Answer, answer: Answer) -> tuple[Sequence[Answer], Sequence[Answer]] | None:
    """The items of both sides where `[1, 2]` is no interval, as the other side is a vector, a list or a pair that falls."""
    if Kind.MATRIX in (reference.kind, answer.kind):
        pair, vector = (reference, answer) if answer.kind is Kind.MATRIX else (answer, reference)
        listed = _in_square_brackets(pair.node)
        return (listed, vector.items) if listed else None
    if answer.kind is not Kind.REGION or reference.kind not in (Kind.ITEMS, Kind.TUPLE):
        return None
    listed = _in_square_brackets(answer.node)
    if not listed:
        return None
    if reference.kind is Kind.ITEMS and all(item.kind is Kind.VALUE and item.label is None for item in reference.items):
        return reference.items, listed
    values = [rational(item.node) for item in reference.items if item.kind is Kind.VALUE]
    falls = len(values) == 2 and None not in values and values[0] >= values[1]
    return (reference.items, listed) if falls else None


def _are_intervals(reference: Node, items: Sequence[Answer]) -> bool:
    """Whether a list of pairs or intervals answers a union of intervals."""
    if type(reference) is not Apply or reference.head != "cup" or any(item.label is not None for item in items):
        return False
    return all(item.kind is Kind.REGION or (item.kind is Kind.TUPLE and len(item.items) == 2) for item in items)


def _in_square_brackets(node: Node) -> list[Answer]:
    """What `[1, 2]` lists; empty for anything else."""
    if type(node) is Apply and node.head == "span" and len(node.args) == 3 and node.args[0] == Text("[]"):
        return [answer_of(arg) for arg in node.args[1:]]
    return []
