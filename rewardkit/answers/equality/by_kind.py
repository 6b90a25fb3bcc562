"""Equality of two answers of any kind: which kinds can be equal, and what must agree for them to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rewardkit.answers.equality.families import same_family
from rewardkit.answers.equality.ratios import as_value, clock_ratio, residue, same_ratio, same_residue, same_time
from rewardkit.answers.equality.relations import same_chain_of_equals, same_equation, same_inequality, same_region, solves
from rewardkit.answers.equality.renaming import indexed, names_all, numbered_by, renamed_function, same_label
from rewardkit.answers.equality.values import Case, same_expression, same_value
from rewardkit.answers.forms.answer import answer_of
from rewardkit.answers.forms.declarations import members_of
from rewardkit.answers.forms.kinds import Answer, Kind
from rewardkit.answers.forms.vectors import by_unit_vectors, combined, in_unit_vectors
from rewardkit.answers.numerics.exact import rational
from rewardkit.answers.tree import Apply, Name, Node, Text, names

__all__ = ["same_answer"]

MAX_PAIRED = 50
_RANGES = frozenset(["region", "inequality"])


def same_answer(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """Whether two answers are the same; None when that cannot be told."""
    verdict = _same(case, reference, answer)
    if verdict and not (agreed := _same_domain(case, reference, answer)):
        case.info["domains"] = [str(reference.domain), str(answer.domain)]
        return agreed
    if verdict and reference.condition != answer.condition:
        case.info["conditions"] = [reference.condition, answer.condition]
        return None
    return verdict


def _same_domain(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """Whether the restrictions agree; one that only one side writes counts where it thins out a range to whole numbers."""
    one, other = reference.domain, answer.domain
    if one == other:
        return True
    sets = [members_of(domain) for domain in (one, other)]
    if None not in (one, other):
        return sets[0] == sets[1] if any(sets) else same_answer(case, answer_of(one), answer_of(other)) or None  # type: ignore[arg-type]
    return not {reference.kind, answer.kind} & _RANGES or (sets[0] or sets[1] or "R") in ("R", "C")


def _same(case: Case, reference: Answer, answer: Answer) -> bool | None:
    case.integers |= reference.integers | answer.integers
    label, other_label = reference.label, answer.label
    if label is not None and other_label is not None and label != other_label:
        renamed = renamed_function(reference, answer)
        if renamed is not None:
            answer = renamed
        elif not same_label(label, other_label):
            return _same_whole(case, reference, answer)
    mine, other = reference.kind, answer.kind
    if mine == other == "value":
        if label is None and other_label is None and _differ_in_form(reference.node, answer.node):
            return False
        return same_value(case, reference, answer) or _same_otherwise(case, reference, answer)
    if mine == "chain" or other == "chain":
        return _same_chain_of_equals(case, reference, answer)
    if mine in _RANGES or other in _RANGES:
        return _same_range(case, reference, answer)
    if mine == other:
        return _same_kind(case, reference, answer)
    return _across_kinds(case, reference, answer)


def _differ_in_form(reference: Node, answer: Node) -> bool:
    """Whether two trees of one value are two answers: bare capitals in another order, which are points, or another modulus."""
    if type(reference) is not Apply or type(answer) is not Apply or reference.head != answer.head:
        return False
    if reference.head == "mod":
        return bool(reference.args[1] != answer.args[1])
    if reference.head != "mul" or reference.args == answer.args or len(reference.args) < 3:
        return False
    return all(type(n) is Name and n.text.isupper() for n in (*reference.args, *answer.args))


def _same_otherwise(case: Case, reference: Answer, answer: Answer) -> bool | None:
    domains = reference.domain is not None or answer.domain is not None
    if (domains or _is_sum(reference.node)) and same_family(case, reference, answer):
        return True
    if case.undecided and None not in (vectors := [combined(side.node) for side in (reference, answer)]):
        case.undecided = False
        return _same(case, *map(answer_of, vectors))  # type: ignore[arg-type]
    return _same_solved(case, reference, answer)


def _is_sum(node: Node) -> bool:
    return type(node) is Apply and node.head == "add"


def _same_solved(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """`xy = 6`, which may name the value 6, is also an equation that can be solved for y."""
    for named, bare in ((reference, answer), (answer, reference)):
        if (
            named.whole is not None
            and bare.whole is None
            and type(named.label) is Apply
            and named.label.head in ("mul", "add", "div")
        ):
            return solves(case, named.whole, bare.node)
    return None if case.undecided else False


def _same_chain_of_equals(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """`(x-1)/2 = y/3 = z/4` is a line; a chain of equal expressions is a derivation of the last of them."""
    sides = [side.node.args if side.kind == Kind.CHAIN else () for side in (reference, answer)]  # type: ignore[union-attr]
    lasting = [bool(args) and not same_expression(Case(), args[0], args[-1]) for args in sides]
    if all(lasting):
        return same_chain_of_equals(case, sides[0][::2], sides[1][::2])
    if any(lasting):
        return False
    mine, other = (answer_of(args[-1]) if args else side for args, side in zip(sides, (reference, answer), strict=True))
    return _same(case, mine, other)


def _same_kind(case: Case, reference: Answer, answer: Answer) -> bool | None:
    kind = reference.kind
    if kind in (Kind.ITEMS, Kind.SET):
        if _logical(reference) and _logical(answer) and reference.node.head != answer.node.head:  # type: ignore[union-attr]
            return False
        return _unordered(case, reference, answer, collapse=kind == Kind.SET)
    if kind == Kind.TUPLE:
        return _ordered(case, reference.items, _in_order_of(reference.items, answer.items))
    if kind == Kind.MATRIX:
        if _form(reference.node) != _form(answer.node):
            return False
        return _ordered(case, reference.items, answer.items)
    if kind == Kind.CASES:
        return _unordered(case, reference, answer, collapse=True)
    if kind == Kind.EQUATION:
        return same_equation(case, reference.node, answer.node)
    if kind == Kind.RATIO:
        return same_ratio(case, reference.node, answer.node)
    if kind == Kind.MODULO and (same := same_residue(case, reference.node, answer.node)) is not None:
        return same
    if kind == Kind.TIME:
        return same_time(reference.node, answer.node)
    return _same_structure(case, reference.node, answer.node)


def _across_kinds(case: Case, reference: Answer, answer: Answer) -> bool | None:
    kinds = {reference.kind, answer.kind}
    if kinds == {"items", "set"}:
        return _unordered(case, reference, answer, collapse=True)
    if kinds == {"items", "tuple"}:
        listed = reference if reference.kind == Kind.ITEMS else answer
        if indexed([item.label for item in listed.items]):
            return False
        return _ordered(case, reference.items, _in_order_of(reference.items, answer.items))
    if kinds == {"tuple", "matrix"}:
        flat = (reference if reference.kind == Kind.MATRIX else answer).items
        rows = any(item.kind == Kind.MATRIX for item in flat)
        nested = (reference if reference.kind == Kind.TUPLE else answer).items
        if rows and not all(item.kind == Kind.TUPLE for item in nested):
            return False
        return _ordered(case, reference.items, answer.items)
    if kinds == {"time", "ratio"}:
        return same_ratio(case, clock_ratio(reference.node), clock_ratio(answer.node))
    if "value" in kinds and kinds & {"tuple", "matrix"}:
        return _same_vector(case, reference, answer)
    if kinds <= {"value", "equation"}:
        return _value_of_equation(case, reference, answer)
    if kinds == {"value", "ratio"}:
        ratio = reference if reference.kind == Kind.RATIO else answer
        if len(ratio.node.args) == 2:  # type: ignore[union-attr]
            return same_value(case, as_value(reference), as_value(answer))
        return False
    if kinds == {"value", "modulo"}:
        return same_value(case, residue(reference), residue(answer))
    if "statement" in kinds or "set_of" in kinds or "cases" in kinds:
        return None
    if kinds == {"value", "set"}:
        single = reference if reference.kind == Kind.SET else answer
        return (
            _ordered(case, [reference], [single.items[0]])
            if len(single.items) == 1 and single is answer
            else (_ordered(case, [single.items[0]], [answer]) if len(single.items) == 1 else False)
        )
    return False


def _in_order_of(mine: Sequence[Answer], other: Sequence[Answer]) -> Sequence[Answer]:
    """The second items by the names of the first, where both name them all: `(y,x) = (2,1)` for `(x,y) = (1,2)`."""
    if not mine or mine[0].label is None:
        return other
    labels = [[item.label for item in items] for items in (mine, other)]
    if None in labels[0] or None in labels[1] or labels[0] == labels[1] or not names_all(mine):
        return other
    places = {label: place for place, label in enumerate(labels[0])}
    return sorted(other, key=lambda item: places[item.label]) if set(labels[1]) == set(places) else other


def _same_vector(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """A vector against a sum or multiple of vectors, or against one by the unit vectors i, j and k."""
    vector, value = (answer, reference) if reference.kind == Kind.VALUE else (reference, answer)
    if (whole := combined(value.node)) is not None:
        found = answer_of(whole)
        return _same(case, found, vector) if value is reference else _same(case, vector, found)
    written = in_unit_vectors(value.node)
    other = by_unit_vectors(tuple(item.node for item in vector.items)) if written is not None else None
    if written is None or other is None or any(item.kind != Kind.VALUE for item in vector.items):
        return False
    return same_expression(case, *((written, other) if value is reference else (other, written)))


def _logical(answer: Answer) -> bool:
    """Whether statements named by letters are joined, where `p and q` and `p or q` are no list of values."""
    node = answer.node
    return type(node) is Apply and node.head in ("and", "or") and all(type(arg) is Name for arg in node.args)


def _value_of_equation(case: Case, reference: Answer, answer: Answer) -> bool | None:
    equation, value = (reference, answer) if reference.kind == Kind.EQUATION else (answer, reference)
    if value.whole is not None:
        verdict = same_equation(case, equation.node, value.whole)
        if verdict is not False:
            return verdict
        return False
    left, right = equation.node.args  # type: ignore[union-attr]
    if names(value.node) <= names(left) | names(right) and same_expression(Case(), left, right):
        return same_value(case, Answer(Kind.VALUE, right), value)
    return solves(case, equation.node, value.node)


def _same_whole(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """Two named values under different names are still equal as equations: `y = 2x` and `x = y/2`."""
    one, other = reference.whole, answer.whole
    variables = type(reference.label) is Name and type(answer.label) is Name
    if one is not None and other is not None and variables and names(one) == names(other):
        return same_equation(case, one, other)
    return False


# -- collections


def _ordered(case: Case, mine: Sequence[Answer], other: Sequence[Answer]) -> bool | None:
    if len(mine) != len(other):
        return False
    unknown = False
    for left, right in zip(mine, other, strict=True):
        verdict = same_answer(case, left, right)
        if verdict is False:
            return False
        unknown |= verdict is None
    return None if unknown else True


def _unordered(case: Case, reference: Answer, answer: Answer, *, collapse: bool) -> bool | None:
    mine, other = list(reference.items), list(answer.items)
    if collapse or all(item.kind == Kind.TUPLE for item in (*mine, *other)):
        mine, other = _distinct(mine), _distinct(other)
    if len(mine) != len(other):
        return False
    if any(_has_dots(item) for item in (*mine, *other)):
        return _ordered(case, mine, other)
    if numbered_by(mine, other) or numbered_by(other, mine):
        return _pair_up(case, [item._replace(label=None) for item in mine], [item._replace(label=None) for item in other])
    named = [names_all(items) for items in (mine, other)]
    if named[0] != named[1]:
        return _ordered(case, mine, other)
    return _pair_up(case, mine, other)


def _has_dots(item: Answer) -> bool:
    return type(item.node) is Apply and item.node.head == "dots"


def _distinct(items: Sequence[Answer]) -> list[Answer]:
    kept: list[Answer] = []
    for item in items:
        if not any(item.node == other.node and item.label == other.label for other in kept):
            kept.append(item)
    return kept


def _pair_up(case: Case, mine: Sequence[Answer], other: Sequence[Answer]) -> bool | None:
    if len(mine) > 12:
        exact: list[list[Any]] = [[_plain_value(item) for item in side] for side in (mine, other)]
        if None not in exact[0] and None not in exact[1]:
            case.decided_by("rational")
            return sorted(exact[0]) == sorted(exact[1])
    if len(mine) > MAX_PAIRED:
        return _ordered(case, mine, other) or None
    rest = list(other)
    unknown = False
    for item in mine:
        found = None
        for candidate in rest:
            verdict = same_answer(case, item, candidate)
            if verdict:
                found = candidate
                break
            unknown |= verdict is None
        if found is None:
            return None if unknown else False
        rest.remove(found)
    return True


def _plain_value(item: Answer) -> Any:
    return rational(item.node) if item.kind == Kind.VALUE and item.label is None and item.unit is None else None


def _form(node: Node) -> tuple[int, ...]:
    if type(node) is Apply and node.head == "matrix":
        return len(node.args), len(node.args[0].args)
    return (len(node.args),) if type(node) is Apply else ()


def _same_structure(case: Case, left: Node, right: Node) -> bool | None:
    if left == right:
        return True
    if type(left) is Apply and type(right) is Apply and left.head == right.head and len(left.args) == len(right.args):
        if left.head in ("perp", "parallel") and left.args == right.args[::-1]:
            return True
        verdicts = [same_answer(case, answer_of(a), answer_of(b)) for a, b in zip(left.args, right.args, strict=True)]
        return True if all(verdicts) else None if None in verdicts and False not in verdicts else False
    return None if type(left) is type(right) is Apply else False


# -- ranges


def _same_range(case: Case, reference: Answer, answer: Answer) -> bool | None:
    def same(left: Node, right: Node) -> bool | None:
        return same_value(case, Answer(Kind.VALUE, left), Answer(Kind.VALUE, right))

    mine, other = reference.kind, answer.kind
    if mine == "region" and other == "items" and _are_intervals(reference.node, answer.items):
        answer = Answer(Kind.REGION, Apply("cup", tuple(item.node for item in answer.items)))
        other = "region"
    if mine == other == "inequality":
        return same_inequality(case, same, reference.node, answer.node)
    if "matrix" in (mine, other):
        pair, vector = (reference, answer) if other == "matrix" else (answer, reference)
        if listed := _in_square_brackets(pair.node):
            return _ordered(case, listed, vector.items)
    if other == "region" and mine in ("items", "tuple") and (listed := _in_square_brackets(answer.node)):
        if mine == "items" and all(item.kind == Kind.VALUE and item.label is None for item in reference.items):
            return _ordered(case, reference.items, listed)
        values = [rational(item.node) for item in reference.items if item.kind == Kind.VALUE]
        if len(values) == 2 and None not in values and values[0] >= values[1]:
            return _ordered(case, reference.items, listed)
    if not {mine, other} <= {"region", "inequality", "tuple", "set", "value"}:
        return False
    if "tuple" in (mine, other):
        pair = reference if mine == "tuple" else answer
        if len(pair.items) != 2 or any(item.label is not None for item in pair.items):
            return False
    return same_region(case, same, reference, answer)


def _are_intervals(reference: Node, items: Sequence[Answer]) -> bool:
    """Whether a list of pairs or intervals answers a union of intervals."""
    return (
        type(reference) is Apply
        and reference.head == "cup"
        and all(
            item.label is None and (item.kind == Kind.REGION or (item.kind == Kind.TUPLE and len(item.items) == 2))
            for item in items
        )
    )


def _in_square_brackets(node: Node) -> list[Answer]:
    """What `[1, 2]` lists where it is no interval, as where a vector or a list is asked for; empty for anything else."""
    if type(node) is Apply and node.head == "span" and len(node.args) == 3 and node.args[0] == Text("[]"):
        return [answer_of(arg) for arg in node.args[1:]]
    return []
