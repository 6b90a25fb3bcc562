"""Equality of dates: a date equals only a date, and only one that tells as much."""

from __future__ import annotations

from rewardkit.answers.tree import Apply, Node, Text

__all__ = ["same_date"]

Fields = tuple[int, int, int]


def same_date(reference: Node, answer: Node) -> bool | None:
    """Whether two dates are the same; None where one leaves out what the other tells, or the order of its figures."""
    if reference == answer:
        return True
    if not any(_may_be_same(one, other) for one in _readings(reference) for other in _readings(answer)):
        return False
    return None


def _readings(node: Node) -> list[Fields]:
    """Year, month and day, with 0 for what is not told; both orders where either may be meant."""
    if type(node) is not Apply:
        return []
    year, month, day = (int(part.value.p) for part in node.args[:3])
    return [(year, month, day), (year, day, month)] if node.args[3:] == (Text("either"),) else [(year, month, day)]


def _may_be_same(one: Fields, other: Fields) -> bool:
    return all(left == right or 0 in (left, right) for left, right in zip(one, other, strict=True))
