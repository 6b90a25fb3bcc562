"""Equality of two answers of any kind: which kinds can be equal, and what must agree for them to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rewardkit.answers.declarations import members_of
from rewardkit.answers.exact import rational
from rewardkit.answers.expression import Apply, Name, Node, Text, names, number
from rewardkit.answers.naming import indexed, names_all, numbered_by, renamed_function, same_label
from rewardkit.answers.relations import same_equation, same_inequality, same_region, solves
from rewardkit.answers.shapes import Answer, answer_of
from rewardkit.answers.values import Case, same_expression, same_value

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
        return same_value(case, reference, answer) or _same_solved(case, reference, answer)
    if mine in _RANGES or other in _RANGES:
        return _same_range(case, reference, answer)
    if mine == other:
        return _same_kind(case, reference, answer)
    return _across_kinds(case, reference, answer)


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


def _same_kind(case: Case, reference: Answer, answer: Answer) -> bool | None:
    kind = reference.kind
    if kind in ("items", "set"):
        if _logical(reference) and _logical(answer) and reference.node.head != answer.node.head:  # type: ignore[union-attr]
            return False
        return _unordered(case, reference, answer, collapse=kind == "set")
    if kind in ("tuple", "matrix"):
        if kind == "matrix" and _form(reference.node) != _form(answer.node):
            return False
        return _ordered(case, reference.items, answer.items)
    if kind == "cases":
        return _unordered(case, reference, answer, collapse=True)
    if kind == "equation":
        return same_equation(case, reference.node, answer.node)
    if kind == "ratio":
        return _same_ratio(case, reference.node, answer.node)
    if kind == "modulo" and (same := _same_residue(case, reference.node, answer.node)) is not None:
        return same
    if kind == "time":
        return _same_time(reference.node, answer.node)
    return _same_structure(case, reference.node, answer.node)


def _across_kinds(case: Case, reference: Answer, answer: Answer) -> bool | None:
    kinds = {reference.kind, answer.kind}
    if kinds == {"items", "set"}:
        return _unordered(case, reference, answer, collapse=True)
    if kinds == {"items", "tuple"}:
        listed = reference if reference.kind == "items" else answer
        if indexed([item.label for item in listed.items]):
            return False
        return _ordered(case, reference.items, answer.items)
    if kinds == {"tuple", "matrix"}:
        flat = (reference if reference.kind == "matrix" else answer).items
        rows = any(item.kind == "matrix" for item in flat)
        nested = (reference if reference.kind == "tuple" else answer).items
        if rows and not all(item.kind == "tuple" for item in nested):
            return False
        return _ordered(case, reference.items, answer.items)
    if kinds == {"time", "ratio"}:
        return _same_ratio(case, _clock_ratio(reference.node), _clock_ratio(answer.node))
    if kinds <= {"value", "equation"}:
        return _value_of_equation(case, reference, answer)
    if kinds == {"value", "ratio"}:
        ratio = reference if reference.kind == "ratio" else answer
        if len(ratio.node.args) == 2:  # type: ignore[union-attr]
            return same_value(case, _as_value(reference), _as_value(answer))
        return False
    if kinds == {"value", "modulo"}:
        return same_value(case, _residue(reference), _residue(answer))
    if "statement" in kinds or "set_of" in kinds or "cases" in kinds:
        return None
    if kinds == {"value", "set"}:
        single = reference if reference.kind == "set" else answer
        return (
            _ordered(case, [reference], [single.items[0]])
            if len(single.items) == 1 and single is answer
            else (_ordered(case, [single.items[0]], [answer]) if len(single.items) == 1 else False)
        )
    return False


def _logical(answer: Answer) -> bool:
    """Whether statements named by letters are joined, where `p and q` and `p or q` are no list of values."""
    node = answer.node
    return type(node) is Apply and node.head in ("and", "or") and all(type(arg) is Name for arg in node.args)


def _as_value(answer: Answer) -> Answer:
    return answer._replace(kind="value")


def _residue(answer: Answer) -> Answer:
    return answer_of(answer.node.args[0])._replace(label=None) if answer.kind == "modulo" else answer  # type: ignore[union-attr]


def _same_residue(case: Case, reference: Node, answer: Node) -> bool | None:
    """Whether two classes are one, as 3 and 10 modulo 7; None unless the moduli are one number and both residues known."""
    modulus, other = (rational(node.args[1]) for node in (reference, answer))  # type: ignore[union-attr]
    if modulus is None or modulus != other or modulus == 0:
        return None
    mine, theirs = (answer_of(node.args[0]) for node in (reference, answer))  # type: ignore[union-attr]
    values: list[Any] = [rational(side.node) if side.kind == "value" else None for side in (mine, theirs)]
    if None in values or (mine.label != theirs.label and None not in (mine.label, theirs.label)):
        return None
    case.decided_by("rational")
    return bool(((values[0] - values[1]) / modulus).q == 1)


def _value_of_equation(case: Case, reference: Answer, answer: Answer) -> bool | None:
    equation, value = (reference, answer) if reference.kind == "equation" else (answer, reference)
    if value.whole is not None:
        verdict = same_equation(case, equation.node, value.whole)
        if verdict is not False:
            return verdict
        return False
    left, right = equation.node.args  # type: ignore[union-attr]
    if names(value.node) <= names(left) | names(right) and same_expression(Case(), left, right):
        return same_value(case, Answer("value", right), value)
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
    if collapse or all(item.kind == "tuple" for item in (*mine, *other)):
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
    return rational(item.node) if item.kind == "value" and item.label is None and item.unit is None else None


def _form(node: Node) -> tuple[int, ...]:
    if type(node) is Apply and node.head == "matrix":
        return len(node.args), len(node.args[0].args)
    return (len(node.args),) if type(node) is Apply else ()


def _same_ratio(case: Case, reference: Node, answer: Node) -> bool | None:
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


def _same_time(left: Node, right: Node) -> bool:
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


def _clock_ratio(node: Node) -> Node:
    """`7:32`, which looks like a time of day, as a ratio."""
    return (
        Apply("ratio", node.args[:2])
        if type(node) is Apply and node.head == "time" and node.args[2:] == (number(0), Text(""))
        else node
    )


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
        return same_value(case, Answer("value", left), Answer("value", right))

    mine, other = reference.kind, answer.kind
    if mine == other == "inequality":
        return same_inequality(case, same, reference.node, answer.node)
    if "matrix" in (mine, other):
        pair, vector = (reference, answer) if other == "matrix" else (answer, reference)
        if listed := _in_square_brackets(pair.node):
            return _ordered(case, listed, vector.items)
    if other == "region" and mine in ("items", "tuple") and (listed := _in_square_brackets(answer.node)):
        if mine == "items" and all(item.kind == "value" and item.label is None for item in reference.items):
            return _ordered(case, reference.items, listed)
        values = [rational(item.node) for item in reference.items if item.kind == "value"]
        if len(values) == 2 and None not in values and values[0] >= values[1]:
            return _ordered(case, reference.items, listed)
    if not {mine, other} <= {"region", "inequality", "tuple", "set", "value"}:
        return False
    if "tuple" in (mine, other):
        pair = reference if mine == "tuple" else answer
        if len(pair.items) != 2 or any(item.label is not None for item in pair.items):
            return False
    return same_region(case, same, reference, answer)


def _in_square_brackets(node: Node) -> list[Answer]:
    """What `[1, 2]` lists where it is no interval, as where a vector or a list is asked for; empty for anything else."""
    if type(node) is Apply and node.head == "span" and len(node.args) == 3 and node.args[0] == Text("[]"):
        return [answer_of(arg) for arg in node.args[1:]]
    return []
