"""Values that stand for a family: a parameter that runs through all integers, or a constant of integration."""

from __future__ import annotations

from rewardkit.answers.equality.case import Case
from rewardkit.answers.forms.declarations import members_of
from rewardkit.answers.forms.kinds import Answer
from rewardkit.answers.numerics.agree import agree, is_affine
from rewardkit.answers.steps import Step
from rewardkit.answers.tree import Apply, Name, Node, names, negated, number, substitute

__all__ = ["same_family"]

_CONSTANTS = frozenset(["C", "C_1", "c", "c_1", "K", "k"])
_VARIABLES = frozenset(["x", "t", "u", "y", "z", "s", "r", "v", "w", "theta"])
_SHIFTS = range(-2, 3)


def same_family(case: Case, reference: Answer, answer: Answer) -> bool:
    """Whether two unequal values are one family: `3k+1` and `3k-2` for all integers k, or two antiderivatives with their C."""
    if reference.unit or answer.unit:
        return False
    if _over_integers(reference, answer):
        return _same_progression(case, reference.node, answer.node)
    return _same_antiderivative(case, reference.node, answer.node)


def _over_integers(reference: Answer, answer: Answer) -> bool:
    """Whether a side says that its parameter is any integer, and neither says otherwise."""
    domains = {members_of(side.domain) for side in (reference, answer) if side.domain is not None}
    return domains == {"Z"}


def _same_progression(case: Case, reference: Node, answer: Node) -> bool:
    free = names(reference)
    if free != names(answer) or len(free & case.integers) != 1:
        return False
    (name,) = free & case.integers
    if not (is_affine(reference, name) and is_affine(answer, name)):
        return False
    for turned in (Name(name), negated(Name(name))):
        for shift in _SHIFTS:
            moved = Apply("add", (turned, number(shift)))
            if agree(reference, substitute(answer, {name: moved}))[0]:
                case.info["parameter"] = f"{'-' if turned != Name(name) else ''}{name}{shift:+d}"
                case.decided_by(Step.BALLS)
                return True
    return False


def _same_antiderivative(case: Case, reference: Node, answer: Node) -> bool:
    """Whether two sums that end in a constant of integration, one of them C, differ by no more than a constant."""
    left, right = _without_constant(reference), _without_constant(answer)
    if left is None or right is None or not {left[1], right[1]} & {"C", "C_1"}:
        return False
    gap = Apply("add", (left[0], negated(right[0])))
    free = names(gap)
    if not names(left[0]) or names(left[0]) != names(right[0]) or not names(left[0]) <= _VARIABLES:
        return False
    here = {name: number(17 + 3 * place, 13) for place, name in enumerate(sorted(free))}
    if not agree(gap, substitute(gap, here))[0]:
        return False
    case.info["constant"] = [left[1], right[1]]
    case.decided_by(Step.BALLS)
    return True


def _without_constant(node: Node) -> tuple[Node, str] | None:
    """A sum without its bare constant, and the constant's name; None without exactly one."""
    if type(node) is not Apply or node.head != "add":
        return None
    found = [arg.text for arg in node.args if type(arg) is Name and arg.text in _CONSTANTS]
    if len(found) != 1:
        return None
    rest = tuple(arg for arg in node.args if not (type(arg) is Name and arg.text == found[0]))
    return (rest[0] if len(rest) == 1 else Apply("add", rest)), found[0]
