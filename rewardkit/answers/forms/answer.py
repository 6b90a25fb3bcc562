"""What kind of answer a tree is, and so what equal means for it.

`understand` strips a tree down to what is answered: `x = 3` answers 3 and calls it x, `5 cm` answers 5 in cm,
`x in [1, 2]` answers an interval. What was stripped is kept beside the value, so that names can be compared when
both sides have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from flint import fmpq

from rewardkit.answers.forms.declarations import bound_in, declared, integers_in, is_dropped, modulus_in, says_more
from rewardkit.answers.forms.labels import is_combination, label_of
from rewardkit.answers.forms.named_sets import HALF_LINES
from rewardkit.answers.forms.plus_minus import has_signs, with_sign
from rewardkit.answers.notation.folded import normal_text
from rewardkit.answers.numerics.exact import rational
from rewardkit.answers.tree import Apply, Name, Node, Number, Text, has_names, names
from rewardkit.answers.units import convert, multiplier

__all__ = ["Answer", "answer_of"]

MAX_SIGNS = 4


class Answer(NamedTuple):
    """What a tree answers.

    `kind` is value, items (unordered), set, tuple, region, matrix, equation, chain (of equations), inequality, ratio, time,
    cases, modulo, set_of or statement. `node` is what was stripped down to, `whole` the relation it came from, if any.
    `label` is the name the writer gave it, `unit` the unit, `condition` a condition that could not be dropped, `domain` a
    restriction in brackets behind it.
    """

    kind: str
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
        if self.unit is not None and self.kind == "value":
            return "quantity"
        if self.kind == "value":
            if type(self.node) is Apply and self.node.head in ("percent", "degree"):
                return "percent" if self.node.head == "percent" else "angle"
            if type(self.label) is Apply and self.label.head == "call":
                return "function"
            return "expression" if has_names(self.node) else "number"
        if self.kind == "items" and any(item.label is not None for item in self.items):
            return "named list"
        return {"items": "list", "region": "interval", "set_of": "set", "chain": "equation"}.get(self.kind, self.kind)


_REALS = Name("𝔹R")
_OPPOSITE = ("mp",)
_INEQUALITIES = frozenset(["<", ">", "<=", ">=", "!="])


def answer_of(node: Node) -> Answer:
    """What the tree answers."""
    if isinstance(node, (Name, Number)):
        return Answer("region" if type(node) is Name and node.text in HALF_LINES else "value", node)
    if isinstance(node, Text):
        return Answer("statement", node)
    rule = _RULES.get(node.head)
    answer = rule(node) if rule else Answer("value", node)
    return _signs(answer) if answer.kind == "value" and rule is None else answer


# -- what each head answers


def _equals(node: Apply) -> Answer:
    left, right = node.args
    label = label_of(left)
    if label is not None and not (type(label) is Name and label.text in names(right)):
        answer = answer_of(right)
        if type(label) is Apply and label.head == "tuple" and answer.kind == "tuple" and len(answer.items) == len(label.args):
            items = tuple(item._replace(label=name) for item, name in zip(answer.items, label.args, strict=True))
            return answer._replace(items=items, whole=node)
        return answer._replace(label=label, whole=node)
    other = label_of(right)
    if other is not None and not (type(other) is Name and other.text in names(left)):
        return answer_of(left)._replace(label=other, whole=node)
    if not names(left):
        if not names(right):
            return Answer("statement", node) if _is_false(left, right) else answer_of(right)
    elif is_combination(left) and not names(right):
        return answer_of(right)._replace(label=left, whole=node)
    return Answer("equation", node, whole=node)


def _is_false(left: Node, right: Node) -> bool:
    """Whether an equation of two numbers is wrong, by more than a rounding: `13 = 12` answers nothing."""
    mine, other = rational(left), rational(right)
    return mine is not None and other is not None and abs(mine - other) * 100 > abs(mine)


def _approximately(node: Apply) -> Answer:
    left, right = node.args
    label = label_of(left)
    if label is not None:
        return answer_of(right)._replace(label=label, whole=Apply("=", node.args))
    return answer_of(left)


def _chain(node: Apply) -> Answer:
    args = list(node.args)
    if type(args[0]) is Text:
        return Answer("statement", node)
    signs = [sign.words for sign in args[1::2]]
    for sign in ("~", "=>"):
        if sign in signs:
            at = signs.index(sign)
            if sign == "~":
                kept = args[: 2 * at + 1] if at else args[:3]
            else:
                last = len(signs) - 1 - signs[::-1].index(sign)
                kept = args[2 * last + 2 :]
            return answer_of(_rechain(kept))
    if all(sign == "=" for sign in signs):
        label = label_of(args[0])
        answer = answer_of(args[-1])
        if label is None:
            return Answer("chain", node) if has_names(args[0]) and has_names(args[-1]) else answer
        return answer._replace(label=label, whole=Apply("=", (args[0], args[-1])))
    if signs[0] == "=" and set(signs[1:]) <= {"="}:
        return answer_of(args[-1])
    return Answer("inequality", node)


def _rechain(args: Sequence[Node]) -> Node:
    if len(args) == 1:
        return args[0]
    if len(args) == 3 and type(args[1]) is Text:
        return Apply(args[1].words, (args[0], args[2]))
    return Apply("chain", tuple(args))


def _member(node: Apply) -> Answer:
    left, right = node.args
    label = label_of(left)
    inner = answer_of(right)
    if right == Name("R"):
        inner = Answer("region", _REALS)
    if inner.kind == "tuple" and len(inner.items) == 2 and type(right) is Apply and right.head == "tuple":
        inner = Answer("region", right)
    elif inner.kind == "items":
        inner = inner._replace(kind="set")
    return inner._replace(label=label) if label is not None else Answer("statement", node)


def _not_member(node: Apply) -> Answer:
    label = label_of(node.args[0])
    inner = answer_of(node.args[1])
    if label is None or inner.kind not in ("region", "set", "tuple") or (inner.kind == "tuple" and len(inner.items) != 2):
        return Answer("statement", node)
    return Answer("region", Apply("minus", (_REALS, node.args[1])), label=label)


def _listed(node: Apply) -> Answer:
    flat = list(_flatten(node.args))
    integers = frozenset().union(*(declared(arg) for arg in flat))
    kept = [arg for arg in flat if not declared(arg)] or flat
    if len(kept) == 1:
        return answer_of(kept[0])._replace(integers=integers, domain=next((arg for arg in flat if arg is not kept[0]), None))
    if len(kept) == 2 and type(kept[1]) is Apply and kept[1].head == "!=":
        first = answer_of(kept[0])
        if first.kind == "value" and names(first.node) & names(kept[1]):
            return first._replace(domain=kept[1], integers=integers)
    if len(kept) > 1 and all(type(arg) is Apply and arg.head in _INEQUALITIES | {"chain"} for arg in kept):
        inner = [answer_of(arg) for arg in kept]
        if all(item.kind == "inequality" for item in inner):
            return Answer("inequality", Apply("or" if node.head == "or" else "and", tuple(kept)), integers=integers)
    if any(type(arg) is Apply and arg.head in _INEQUALITIES | {"chain", "span", "cup"} for arg in kept) and node.head == "or":
        return Answer("region", _union(kept), integers=integers)
    items: list[Answer] = []
    for arg in kept:
        item = answer_of(arg)
        items += item.items if item.kind == "items" and item.label is None else [item] if item.kind != "items" else _spread(item)
    return Answer("items", node, tuple(_grouped(_named_alike(items))), integers=integers)


def _named_alike(items: list[Answer]) -> list[Answer]:
    """`x = 1, 2` as two values, each named x."""
    label = items[0].label
    if label is None or any(item.label is not None or item.kind != "value" for item in items[1:]):
        return items
    return [item._replace(label=label) for item in items]


def _spread(answer: Answer) -> list[Answer]:
    r"""`x = 1 \pm 2` as two values, each named x."""
    return [item._replace(label=answer.label) for item in answer.items]


def _flatten(args: Iterable[Node]) -> Iterable[Node]:
    for arg in args:
        if type(arg) is Apply and arg.head in ("list", "and", "or", "braces"):
            yield from _flatten(arg.args)
        else:
            yield arg


def _grouped(items: list[Answer]) -> list[Answer]:
    """Named values in rounds, `x=1, y=2, x=3, y=4`, as one tuple a round."""
    labels = [item.label for item in items]
    if len(items) < 4 or None in labels:
        return items
    width = next((i for i in range(1, len(labels)) if labels[i] == labels[0]), 0)
    if width < 2 or len(labels) % width or any(labels[i] != labels[i % width] for i in range(len(labels))):
        return items
    return [
        Answer("tuple", Apply("tuple", tuple(i.node for i in items[at : at + width])), tuple(items[at : at + width]))
        for at in range(0, len(items), width)
    ]


def _union(args: Sequence[Node]) -> Node:
    node = args[0]
    for arg in args[1:]:
        node = Apply("cup", (node, arg))
    return node


def _tuple(node: Apply) -> Answer:
    inner = [answer_of(arg) for arg in node.args]
    if any(item.kind == "items" and item.label is None for item in inner) and all(
        item.kind in ("items", "value") for item in inner
    ):
        spread = _combinations(node, inner)
        if spread is not None:
            return spread
    return Answer("tuple", node, tuple(inner))


def _combinations(node: Apply, inner: Sequence[Answer]) -> Answer | None:
    """A tuple with plus-or-minus signs as the list of all tuples; with a minus-or-plus the signs go together."""
    together = any(has_signs(arg, _OPPOSITE) for arg in node.args)
    rows: list[tuple[Answer, ...]] = [()]
    if together:
        rows = [tuple(item.items[sign] if len(item.items) == 2 else item for item in inner) for sign in (0, 1)]
    else:
        for item in inner:
            choices = item.items if item.kind == "items" else (item,)
            rows = [(*row, choice) for row in rows for choice in choices]
            if len(rows) > 2**MAX_SIGNS:
                return None
    return Answer("items", node, tuple(Answer("tuple", Apply("tuple", tuple(i.node for i in row)), row) for row in rows))


def _signs(answer: Answer) -> Answer:
    """A value with plus-or-minus signs as its two values; all signs of one value go together."""
    node = answer.node
    if not has_signs(node):
        return answer
    return answer._replace(kind="items", items=tuple(answer_of(with_sign(node, sign)) for sign in (1, -1)))


def _quantity(node: Apply) -> Answer:
    inner, unit = node.args
    answer = answer_of(inner)
    words = unit.words.strip()
    scale = multiplier(words.split(" ")[0]) if words else None
    if scale and answer.kind == "value":
        answer = answer._replace(node=Apply("mul", (answer.node, Number(fmpq(scale)))))
        words = words.partition(" ")[2]
    if not words:
        return answer
    if words in ("degrees", "degree", "deg", "°") and answer.kind == "value":
        return answer._replace(node=Apply("degree", (answer.node,)))
    if (modulus := modulus_in(words)) is not None:
        return answer_of(Apply("modulo", (inner, modulus)))
    if says_more(words, named=answer.kind == "value" and has_names(answer.node)):
        return answer._replace(condition=normal_text(words))
    if answer.kind in ("items", "tuple"):
        return answer._replace(items=tuple(item._replace(unit=item.unit or words) for item in answer.items))
    return answer._replace(unit=words)


def _compound(node: Apply) -> Answer:
    """`2 hours 30 minutes` in the unit that comes first."""
    first = answer_of(node.args[0])
    total = first.node
    for arg in node.args[1:]:
        part = answer_of(arg)
        value = rational(part.node) if part.kind == "value" and part.unit and first.unit else None
        converted = (
            convert(Fraction(int(value.p), int(value.q)), part.unit or "", first.unit or "") if value is not None else None
        )
        if converted is None:
            return Answer("statement", node)
        total = Apply("add", (total, Number(fmpq(converted.numerator, converted.denominator))))
    return first._replace(node=total)


def _where(node: Apply) -> Answer:
    inner, words = node.args
    answer = answer_of(inner)
    if not isinstance(words, Text):
        return answer._replace(integers=answer.integers | declared(words), domain=words)
    text = words.words.strip().strip("(),.")
    if text.startswith(("because", "since ", "as ")):
        return answer
    integers = integers_in(text)
    if is_dropped(text):
        return answer._replace(integers=answer.integers | integers, domain=bound_in(text) or answer.domain)
    return answer._replace(condition=normal_text(text), integers=answer.integers | integers)


def _matrix(node: Apply) -> Answer:
    rows = node.args
    if len(rows) == 1 or len(rows[0].args) == 1:
        cells = tuple(cell for row in rows for cell in row.args)
        return Answer("matrix", node, tuple(answer_of(cell) for cell in cells))
    return Answer("matrix", node, tuple(Answer("matrix", row, tuple(answer_of(cell) for cell in row.args)) for row in rows))


def _named(node: Apply) -> Answer:
    label, inner = node.args
    return answer_of(inner)._replace(label=label)


def _cases(node: Apply) -> Answer:
    return Answer(
        "cases",
        node,
        tuple(answer_of(Apply("tuple", case.args)) if len(case.args) > 1 else answer_of(case.args[0]) for case in node.args),
    )


def _set(node: Apply) -> Answer:
    items: list[Answer] = []
    for arg in _flatten(node.args):
        item = answer_of(arg)
        items += item.items if item.kind == "items" else [item]
    return Answer("set", node, tuple(items))


def _set_of(node: Apply) -> Answer:
    variable, condition, *members = node.args
    inner = answer_of(condition)
    if type(variable) is Name and inner.kind in ("inequality", "region"):
        domain = Apply("in", (variable, members[0])) if members else inner.domain
        return inner._replace(label=variable, domain=domain, whole=node)
    if type(variable) is Name and inner.label == variable and inner.kind in ("value", "items", "set"):
        return Answer("set", inner.node, inner.items or (inner._replace(label=None),))
    return Answer("set_of", node)


def _kind(kind: str) -> Any:
    return lambda node: Answer(kind, node)


_RULES: dict[str, Any] = {
    "=": _equals,
    "equiv": _equals,
    "~": _approximately,
    "chain": _chain,
    "=>": lambda node: answer_of(node.args[-1]),
    "in": _member,
    "notin": _not_member,
    "list": _listed,
    "and": _listed,
    "or": _listed,
    "braces": _listed,
    "tuple": _tuple,
    "span": _kind("region"),
    "cup": _kind("region"),
    "cap": _kind("region"),
    "minus": _kind("region"),
    "set": _set,
    "setof": _set_of,
    "matrix": _matrix,
    "cases": _cases,
    "quantity": _quantity,
    "compound": _compound,
    "where": _where,
    "named": _named,
    "ratio": _kind("ratio"),
    "time": _kind("time"),
    "modulo": _kind("modulo"),
    **{sign: _kind("inequality") for sign in ("<", ">", "<=", ">=", "!=")},
    "supset": lambda node: Answer("statement", Apply("subset", node.args[::-1])),
    **{sign: _kind("statement") for sign in ("subset", "to", "perp", "parallel", "dots", "date")},
}
