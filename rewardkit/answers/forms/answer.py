"""What kind of answer a tree is, and so what equal means for it.

`answer_of` strips a tree down to what is answered: `x = 3` answers 3 and calls it x, `5 cm` answers 5 in cm,
`x in [1, 2]` answers an interval. What was stripped is kept beside the value, so that names can be compared when
both sides have them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from flint import fmpq

from rewardkit.answers.forms.declarations import bound_in, declared, integers_in, is_dropped, modulus_in, says_more
from rewardkit.answers.forms.kinds import Answer, Kind
from rewardkit.answers.forms.labels import is_combination, is_difference, is_made_of_one, label_of
from rewardkit.answers.forms.listing import combinations, flattened, in_rounds, named_alike, spread
from rewardkit.answers.forms.named_sets import HALF_LINES
from rewardkit.answers.forms.plus_minus import has_signs, with_sign
from rewardkit.answers.notation.folded import normal_text
from rewardkit.answers.numerics.exact import rational
from rewardkit.answers.tree import Apply, Name, Node, Number, Text, has_names, names, walk
from rewardkit.answers.units import convert, normal_unit, split_scale

__all__ = ["answer_of"]

_REALS = Name("𝔹R")
_INEQUALITIES = frozenset(["<", ">", "<=", ">=", "!=", "chain"])
_INTERVALS = _INEQUALITIES | {"span", "cup"}


def answer_of(node: Node) -> Answer:
    """What the tree answers."""
    if isinstance(node, (Name, Number)):
        return Answer(Kind.REGION if type(node) is Name and node.text in HALF_LINES else Kind.VALUE, node)
    if isinstance(node, Text):
        return Answer(Kind.STATEMENT, node)
    rule = _RULES.get(node.head)
    answer = rule(node) if rule else Answer(Kind.VALUE, node)
    return _signs(answer) if answer.kind is Kind.VALUE and rule is None else answer


# -- what each head answers


def _equals(node: Apply) -> Answer:
    left, right = node.args
    label = label_of(left)
    if label is not None and not (type(label) is Name and label.text in names(right)):
        answer = answer_of(right)
        if type(label) is Apply and label.head == "tuple" and answer.kind is Kind.TUPLE and len(answer.items) == len(label.args):
            items = tuple(item._replace(label=name) for item, name in zip(answer.items, label.args, strict=True))
            return answer._replace(items=items, whole=node)
        return answer._replace(label=label, whole=node)
    other = label_of(right)
    if other is not None and not (type(other) is Name and other.text in names(left)):
        return answer_of(left)._replace(label=other, whole=node)
    if not names(left):
        if not names(right):
            return Answer(Kind.STATEMENT, node) if _is_false(left, right) else answer_of(right)
    elif (is_combination(left) and (not names(right) or (is_difference(left) and names(left).isdisjoint(names(right))))) or (
        is_made_of_one(left) and answer_of(right).kind in (Kind.MATRIX, Kind.TUPLE, Kind.REGION)
    ):
        return answer_of(right)._replace(label=left, whole=node)
    elif _is_matrix(right) and names(left) == names(right) and any(map(_is_matrix, walk(left))):
        return answer_of(right)  # a calculation with matrices and what it comes to
    return Answer(Kind.EQUATION, node, whole=node)


def _is_matrix(node: Node) -> bool:
    return type(node) is Apply and node.head == "matrix"


def _is_false(left: Node, right: Node) -> bool:
    """Whether an equation of two numbers is wrong, by more than a rounding: `13 = 12` answers nothing."""
    one, other = rational(left), rational(right)
    return one is not None and other is not None and abs(one - other) * 100 > abs(one)


def _approximately(node: Apply) -> Answer:
    left, right = node.args
    label = label_of(left)
    if label is not None:
        return answer_of(right)._replace(label=label, whole=Apply("=", node.args))
    return answer_of(left)


def _chain(node: Apply) -> Answer:
    args = list(node.args)
    if type(args[0]) is Text:
        return Answer(Kind.STATEMENT, node)
    signs = [sign.words for sign in args[1::2]]
    if (valued := _valued(args, signs)) is not None:
        return valued
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
            return Answer(Kind.CHAIN, node) if has_names(args[0]) and has_names(args[-1]) else answer
        return answer._replace(label=label, whole=Apply("=", (args[0], args[-1])))
    if signs[0] == "=" and set(signs[1:]) <= {"="}:
        return answer_of(args[-1])
    return Answer(Kind.INEQUALITY, node)


def _valued(args: Sequence[Node], signs: Sequence[str]) -> Answer | None:
    """A named value and a remark on its sign, as in `S = k ln 2 > 0`."""
    if len(signs) != 2 or signs[0] != "=" or signs[1] not in _INEQUALITIES or type(args[4]) is not Number:
        return None
    if label_of(args[0]) is None or not names(args[2]):
        return None
    return _equals(Apply("=", (args[0], args[2])))._replace(domain=Apply(signs[1], (args[2], args[4])))


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
        inner = Answer(Kind.REGION, _REALS)
    if inner.kind is Kind.TUPLE and len(inner.items) == 2 and type(right) is Apply and right.head == "tuple":
        inner = Answer(Kind.REGION, right)
    elif inner.kind is Kind.ITEMS:
        inner = inner._replace(kind=Kind.SET)
    return inner._replace(label=label) if label is not None else Answer(Kind.STATEMENT, node)


def _not_member(node: Apply) -> Answer:
    label = label_of(node.args[0])
    inner = answer_of(node.args[1])
    pair = inner.kind is Kind.TUPLE and len(inner.items) == 2
    if label is None or not (pair or inner.kind in (Kind.REGION, Kind.SET)):
        return Answer(Kind.STATEMENT, node)
    return Answer(Kind.REGION, Apply("minus", (_REALS, node.args[1])), label=label)


def _listed(node: Apply) -> Answer:
    flat = list(flattened(node.args))
    integers = frozenset().union(*(declared(arg) for arg in flat))
    kept = [arg for arg in flat if not declared(arg)] or flat
    if len(kept) == 1:
        return answer_of(kept[0])._replace(integers=integers, domain=next((arg for arg in flat if arg is not kept[0]), None))
    return (_restricted(kept) or _ranges(node.head, kept) or _items(node, kept))._replace(integers=integers)


def _restricted(kept: Sequence[Node]) -> Answer | None:
    """A value and a name in it that must not be another: `x + 1, x != 0`."""
    if len(kept) != 2 or type(kept[1]) is not Apply or kept[1].head != "!=":
        return None
    first = answer_of(kept[0])
    return first._replace(domain=kept[1]) if first.kind is Kind.VALUE and names(first.node) & names(kept[1]) else None


def _ranges(head: str, kept: Sequence[Node]) -> Answer | None:
    """Inequalities that hold together or as alternatives, and alternatives that are intervals."""
    heads = [arg.head if type(arg) is Apply else "" for arg in kept]
    if _INEQUALITIES.issuperset(heads) and all(answer_of(arg).kind is Kind.INEQUALITY for arg in kept):
        return Answer(Kind.INEQUALITY, Apply("or" if head == "or" else "and", tuple(kept)))
    if head == "or" and not _INTERVALS.isdisjoint(heads):
        return Answer(Kind.REGION, _union(kept))
    return None


def _items(node: Apply, kept: Sequence[Node]) -> Answer:
    items: list[Answer] = []
    for item in map(answer_of, kept):
        if item.kind is not Kind.ITEMS:
            items.append(item)
        else:
            items += item.items if item.label is None else spread(item)
    return Answer(Kind.ITEMS, node, tuple(in_rounds(named_alike(items))))


def _union(args: Sequence[Node]) -> Node:
    node = args[0]
    for arg in args[1:]:
        node = Apply("cup", (node, arg))
    return node


def _tuple(node: Apply) -> Answer:
    inner = [answer_of(arg) for arg in node.args]
    if any(item.kind is Kind.ITEMS and item.label is None for item in inner) and all(
        item.kind in (Kind.ITEMS, Kind.VALUE) for item in inner
    ):
        spread = combinations(node, inner)
        if spread is not None:
            return spread
    return Answer(Kind.TUPLE, node, tuple(inner))


def _signs(answer: Answer) -> Answer:
    """A value with plus-or-minus signs as its two values; all signs of one value go together."""
    node = answer.node
    if not has_signs(node):
        return answer
    return answer._replace(kind=Kind.ITEMS, items=tuple(answer_of(with_sign(node, sign)) for sign in (1, -1)))


def _quantity(node: Apply) -> Answer:
    inner, unit = node.args
    answer = answer_of(inner)
    words = unit.words.strip()
    if words in ("C", "F") and type(answer.node) is Apply and answer.node.head == "degree":
        return answer._replace(node=answer.node.args[0], unit=f"°{words}")
    first, _, rest = words.partition(" ")
    if (scaled := split_scale(first)) and answer.kind is Kind.VALUE:
        answer = answer._replace(node=Apply("mul", (answer.node, Number(fmpq(scaled[0])))))
        words = f"{scaled[1]} {rest}".strip()
    if not words:
        return answer
    if normal_unit(words) == "percent" and answer.kind is Kind.VALUE:
        return answer._replace(node=Apply("percent", (answer.node,)))
    if words in ("degrees", "degree", "deg", "°") and answer.kind is Kind.VALUE:
        return answer._replace(node=Apply("degree", (answer.node,)))
    if (modulus := modulus_in(words)) is not None:
        return answer_of(Apply("modulo", (inner, modulus)))
    if says_more(words, named=answer.kind is Kind.VALUE and has_names(answer.node)):
        return answer._replace(condition=normal_text(words))
    if answer.kind in (Kind.ITEMS, Kind.TUPLE):
        return answer._replace(items=tuple(item._replace(unit=item.unit or words) for item in answer.items))
    return answer._replace(unit=words)


def _compound(node: Apply) -> Answer:
    """`2 hours 30 minutes` in the unit that comes first."""
    first = answer_of(node.args[0])
    total = first.node
    for arg in node.args[1:]:
        part = answer_of(arg)
        value = rational(part.node) if part.kind is Kind.VALUE and part.unit and first.unit else None
        converted = (
            convert(Fraction(int(value.p), int(value.q)), part.unit or "", first.unit or "") if value is not None else None
        )
        if converted is None:
            return Answer(Kind.STATEMENT, node)
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
        return Answer(Kind.MATRIX, node, tuple(answer_of(cell) for cell in cells))
    return Answer(Kind.MATRIX, node, tuple(Answer(Kind.MATRIX, row, tuple(answer_of(cell) for cell in row.args)) for row in rows))


def _named(node: Apply) -> Answer:
    label, inner = node.args
    return answer_of(inner)._replace(label=label)


def _cases(node: Apply) -> Answer:
    return Answer(
        Kind.CASES,
        node,
        tuple(answer_of(Apply("tuple", case.args)) if len(case.args) > 1 else answer_of(case.args[0]) for case in node.args),
    )


def _set(node: Apply) -> Answer:
    items: list[Answer] = []
    for arg in flattened(node.args):
        item = answer_of(arg)
        items += item.items if item.kind is Kind.ITEMS else [item]
    return Answer(Kind.SET, node, tuple(items))


def _set_of(node: Apply) -> Answer:
    variable, condition, *members = node.args
    inner = answer_of(condition)
    if type(variable) is Name and inner.kind in (Kind.INEQUALITY, Kind.REGION):
        domain = Apply("in", (variable, members[0])) if members else inner.domain
        return inner._replace(label=variable, domain=domain, whole=node)
    if type(variable) is Name and inner.label == variable and inner.kind in (Kind.VALUE, Kind.ITEMS, Kind.SET):
        return Answer(Kind.SET, inner.node, inner.items or (inner._replace(label=None),))
    return Answer(Kind.SET_OF, node)


def _kind(kind: Kind) -> Callable[[Apply], Answer]:
    return lambda node: Answer(kind, node)


_RULES: dict[str, Callable[[Apply], Answer]] = {
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
    "span": _kind(Kind.REGION),
    "cup": _kind(Kind.REGION),
    "cap": _kind(Kind.REGION),
    "minus": _kind(Kind.REGION),
    "set": _set,
    "setof": _set_of,
    "matrix": _matrix,
    "cases": _cases,
    "quantity": _quantity,
    "compound": _compound,
    "where": _where,
    "named": _named,
    "ratio": _kind(Kind.RATIO),
    "time": _kind(Kind.TIME),
    "date": _kind(Kind.DATE),
    "modulo": _kind(Kind.MODULO),
    **{sign: _kind(Kind.INEQUALITY) for sign in ("<", ">", "<=", ">=", "!=")},
    "supset": lambda node: Answer(Kind.STATEMENT, Apply("subset", node.args[::-1])),
    **{sign: _kind(Kind.STATEMENT) for sign in ("subset", "to", "perp", "parallel", "dots")},
}
