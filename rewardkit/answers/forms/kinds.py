"""The kinds of answers, and an answer of a kind."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from rewardkit.answers.tree import Apply, Node, has_names

__all__ = ["Answer", "Kind"]


class Kind(str, Enum):
    """What kind of answer a tree is, and so what equal means for it."""

    VALUE = "value"
    ITEMS = "items"  # in no order
    SET = "set"
    TUPLE = "tuple"
    REGION = "region"
    MATRIX = "matrix"
    EQUATION = "equation"
    CHAIN = "chain"  # of equations
    INEQUALITY = "inequality"
    RATIO = "ratio"
    TIME = "time"
    DATE = "date"
    CASES = "cases"
    MODULO = "modulo"
    SET_OF = "set_of"
    STATEMENT = "statement"


_IN_WORDS: dict[Kind, str] = {kind: kind.value for kind in Kind}
_IN_WORDS |= {Kind.ITEMS: "list", Kind.REGION: "interval", Kind.SET_OF: "set", Kind.CHAIN: "equation"}


class Answer(NamedTuple):
    """What a tree answers.

    `node` is what was stripped down to, `whole` the relation it came from, if any. `label` is the name the writer gave it,
    `unit` the unit, `condition` a condition that could not be dropped, `domain` a restriction in brackets behind it, and
    `integers` the names that are declared to be integers.
    """

    kind: Kind
    node: Node
    items: tuple[Answer, ...] = ()
    label: Node | None = None
    unit: str | None = None
    condition: str | None = None
    domain: Node | None = None
    whole: Node | None = None
    integers: frozenset[str] = frozenset()

    @property
    def shape(self) -> str:
        """The kind in words for people: number, percent, quantity, expression, function, named list and so on."""
        if self.kind is Kind.VALUE:
            return self._shape_of_value()
        if self.kind is Kind.ITEMS and any(item.label is not None for item in self.items):
            return "named list"
        return _IN_WORDS[self.kind]

    def _shape_of_value(self) -> str:
        if self.unit is not None:
            return "quantity"
        if type(self.node) is Apply and self.node.head in ("percent", "degree"):
            return "percent" if self.node.head == "percent" else "angle"
        if type(self.label) is Apply and self.label.head == "call":
            return "function"
        return "expression" if has_names(self.node) else "number"
