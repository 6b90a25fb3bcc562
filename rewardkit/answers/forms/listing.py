"""Lists of answers: a name that holds for all, names in rounds, and plus-or-minus signs in tuples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rewardkit.answers.forms.kinds import Answer, Kind
from rewardkit.answers.forms.plus_minus import has_signs
from rewardkit.answers.tree import Apply, Node

__all__ = ["combinations", "flattened", "in_rounds", "named_alike", "spread"]

MAX_SIGNS = 4
_OPPOSITE = ("mp",)


def flattened(args: Iterable[Node]) -> Iterator[Node]:
    """The parts of lists within lists, one after another."""
    for arg in args:
        if type(arg) is Apply and arg.head in ("list", "and", "or", "braces"):
            yield from flattened(arg.args)
        else:
            yield arg


def named_alike(items: list[Answer]) -> list[Answer]:
    """`x = 1, 2` as two values, each named x."""
    label = items[0].label
    if label is None or any(item.label is not None or item.kind is not Kind.VALUE for item in items[1:]):
        return items
    return [item._replace(label=label) for item in items]


def spread(answer: Answer) -> list[Answer]:
    r"""`x = 1 \pm 2` as two values, each named x."""
    return [item._replace(label=answer.label) for item in answer.items]


def in_rounds(items: list[Answer]) -> list[Answer]:
    """Named values in rounds, `x=1, y=2, x=3, y=4`, as one tuple a round."""
    labels = [item.label for item in items]
    if len(items) < 4 or None in labels:
        return items
    width = next((i for i in range(1, len(labels)) if labels[i] == labels[0]), 0)
    if width < 2 or len(labels) % width or any(labels[i] != labels[i % width] for i in range(len(labels))):
        return items
    return [
        Answer(Kind.TUPLE, Apply("tuple", tuple(i.node for i in items[at : at + width])), tuple(items[at : at + width]))
        for at in range(0, len(items), width)
    ]


def combinations(node: Apply, inner: Sequence[Answer]) -> Answer | None:
    """A tuple with plus-or-minus signs as the list of all tuples; with a minus-or-plus the signs go together."""
    together = any(has_signs(arg, _OPPOSITE) for arg in node.args)
    rows: list[tuple[Answer, ...]] = [()]
    if together:
        rows = [tuple(item.items[sign] if len(item.items) == 2 else item for item in inner) for sign in (0, 1)]
    else:
        for item in inner:
            choices = item.items if item.kind is Kind.ITEMS else (item,)
            rows = [(*row, choice) for row in rows for choice in choices]
            if len(rows) > 2**MAX_SIGNS:
                return None
    return Answer(Kind.ITEMS, node, tuple(Answer(Kind.TUPLE, Apply("tuple", tuple(i.node for i in row)), row) for row in rows))
