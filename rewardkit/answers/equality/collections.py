"""Equality of lists, sets and tuples: item by item, in order or in none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rewardkit.answers.equality.case import Case
from rewardkit.answers.equality.renaming import names_all, numbered_by
from rewardkit.answers.forms.kinds import Answer, Kind
from rewardkit.answers.numerics.exact import rational
from rewardkit.answers.steps import Step
from rewardkit.answers.tree import Apply

__all__ = ["Same", "by_names", "ordered", "unordered"]

MAX_PAIRED = 50
MANY = 12  # more items than these are sorted where they are all rational numbers

Same = Callable[[Answer, Answer], "bool | None"]


def ordered(same: Same, reference: Sequence[Answer], answer: Sequence[Answer]) -> bool | None:
    """Whether the items are the same one by one."""
    if len(reference) != len(answer):
        return False
    unknown = False
    for left, right in zip(reference, answer, strict=True):
        verdict = same(left, right)
        if verdict is False:
            return False
        unknown |= verdict is None
    return None if unknown else True


def by_names(reference: Sequence[Answer], answer: Sequence[Answer]) -> Sequence[Answer]:
    """The answer's items by the names of the reference, where both name them all: `(y,x) = (2,1)` for `(x,y) = (1,2)`."""
    if not reference or reference[0].label is None:
        return answer
    wanted, given = ([item.label for item in items] for items in (reference, answer))
    if None in wanted or None in given or wanted == given or not names_all(reference):
        return answer
    places = {label: place for place, label in enumerate(wanted)}
    return sorted(answer, key=lambda item: places[item.label]) if set(given) == set(places) else answer


def unordered(case: Case, same: Same, reference: Answer, answer: Answer, *, collapse: bool) -> bool | None:
    """Whether the items are the same in some order; `collapse` counts equal ones once, as in a set.

    Dots, and names that only one side gives, make the order count.
    """
    left, right = list(reference.items), list(answer.items)
    if collapse or all(item.kind is Kind.TUPLE for item in (*left, *right)):
        left, right = _distinct(left), _distinct(right)
    if len(left) != len(right):
        return False
    if any(_has_dots(item) for item in (*left, *right)):
        return ordered(same, left, right)
    if numbered_by(left, right) or numbered_by(right, left):
        return _pair_up(case, same, [item._replace(label=None) for item in left], [item._replace(label=None) for item in right])
    if names_all(left) != names_all(right):
        return ordered(same, left, right)
    return _pair_up(case, same, left, right)


def _has_dots(item: Answer) -> bool:
    return type(item.node) is Apply and item.node.head == "dots"


def _distinct(items: Sequence[Answer]) -> list[Answer]:
    kept: list[Answer] = []
    for item in items:
        if not any(item.node == other.node and item.label == other.label for other in kept):
            kept.append(item)
    return kept


def _pair_up(case: Case, same: Same, reference: Sequence[Answer], answer: Sequence[Answer]) -> bool | None:
    if len(reference) > MANY:
        exact: list[list[Any]] = [[_plain_value(item) for item in side] for side in (reference, answer)]
        if None not in exact[0] and None not in exact[1]:
            case.decided_by(Step.RATIONAL)
            return sorted(exact[0]) == sorted(exact[1])
    if len(reference) > MAX_PAIRED:
        return ordered(same, reference, answer) or None
    rest = list(answer)
    unknown = False
    for item in reference:
        found = None
        for candidate in rest:
            verdict = same(item, candidate)
            if verdict:
                found = candidate
                break
            unknown |= verdict is None
        if found is None:
            return None if unknown else False
        rest.remove(found)
    return True


def _plain_value(item: Answer) -> Any:
    return rational(item.node) if item.kind is Kind.VALUE and item.label is None and item.unit is None else None
