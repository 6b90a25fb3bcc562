"""Equality of equations, inequalities and regions of the real line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations

from rewardkit.answers.equality.case import Case
from rewardkit.answers.forms.kinds import Answer
from rewardkit.answers.forms.pieces import Piece, tidy
from rewardkit.answers.forms.regions import TURNED, region_of, relation_of
from rewardkit.answers.numerics.agree import agree, is_affine, ratio_is_constant, vanishes
from rewardkit.answers.steps import Step
from rewardkit.answers.tree import Apply, Name, Node, Text, names, substitute

__all__ = ["same_chain_of_equals", "same_equation", "same_inequality", "same_region", "solves"]

SameEnd = Callable[[Node, Node], "bool | None"]


def difference(node: Apply) -> Node:
    """Left side minus right side."""
    left, right = node.args
    return Apply("add", (left, Apply("neg", (right,))))


def same_equation(case: Case, reference: Node, answer: Node) -> bool | None:
    """Whether two equations are the same up to a constant factor; their names must be the same."""
    if not (type(reference) is Apply and type(answer) is Apply and reference.head == answer.head == "="):
        return None
    case.decided_by(Step.BALLS)
    if names(reference) != names(answer):
        return False
    return ratio_is_constant(difference(reference), difference(answer))


def same_chain_of_equals(case: Case, reference: Sequence[Node], answer: Sequence[Node]) -> bool | None:
    """Whether `a = b = c` says the same as another chain, as two symmetric equations of one line do.

    The sides of one must be those of the other under one and the same change of scale and origin, in any order.
    """
    if len(reference) != len(answer) or not 3 <= len(answer) <= 4:
        return False
    case.decided_by(Step.BALLS)
    left = [difference(Apply("=", (side, reference[0]))) for side in reference[1:]]
    for order in permutations(answer):
        right = [difference(Apply("=", (side, order[0]))) for side in order[1:]]
        crossed = [(Apply("mul", (left[0], b)), Apply("mul", (right[0], a))) for a, b in zip(left[1:], right[1:], strict=True)]
        if ratio_is_constant(left[0], right[0]) and all(agree(a, b)[0] for a, b in crossed):
            return True
    return False


def solves(case: Case, equation: Node, value: Node) -> bool | None:
    """Whether the equation, solved for the one name that the value lacks, gives the value.

    Only an equation of first degree in that name is solved, so that `x^2 = 4` does not give 2.
    """
    if not (type(equation) is Apply and equation.head == "="):
        return None
    unknown = names(equation) - names(value)
    if len(unknown) != 1 or not names(value) <= names(equation):
        return False
    (name,) = unknown
    gap = difference(equation)
    if not is_affine(gap, name):
        return False
    case.decided_by(Step.BALLS)
    return vanishes(substitute(gap, {name: value}))


def same_inequality(case: Case, same: SameEnd, reference: Node, answer: Node) -> bool | None:
    """Whether two inequalities, chains or combinations of them say the same."""
    left, right = region_of(reference), region_of(answer)
    if left is not None and right is not None and (left[1] is None or right[1] is None or left[1] == right[1]):
        return same_pieces(same, left[0], right[0])
    if type(reference) is not Apply or type(answer) is not Apply:
        return None
    if reference.head == "chain" and answer.head == "chain":
        return _same_chain(same, reference.args, answer.args)
    if reference.head in TURNED and answer.head in TURNED:
        return _same_sign(case, reference, answer)
    if reference.head == answer.head and len(reference.args) == len(answer.args):
        return _each(case, same, reference.args, answer.args)
    return False if names(reference) == names(answer) else None


def _each(case: Case, same: SameEnd, reference: Sequence[Node], answer: Sequence[Node]) -> bool | None:
    rest = list(answer)
    for node in reference:
        for candidate in rest:
            if same_inequality(case, same, node, candidate):
                rest.remove(candidate)
                break
        else:
            return False
    return True


def _same_sign(case: Case, reference: Apply, answer: Apply) -> bool | None:
    case.decided_by(Step.BALLS)
    if names(reference) != names(answer):
        return False
    left, right = difference(reference), difference(answer)
    if reference.head == answer.head:
        return ratio_is_constant(left, right, positive=reference.head != "!=")
    if TURNED[reference.head] == answer.head:
        return ratio_is_constant(left, Apply("neg", (right,)), positive=True)
    return False


def _same_chain(same: SameEnd, left: Sequence[Node], right: Sequence[Node]) -> bool | None:
    if len(left) != len(right):
        return False
    turned = [Text(TURNED.get(n.words, n.words)) if type(n) is Text else n for n in reversed(right)]
    for candidate in (right, turned):
        if [n for n in left if type(n) is Text] == [n for n in candidate if type(n) is Text]:
            verdicts = [same(a, b) for a, b in zip(left[::2], candidate[::2], strict=True)]
            if all(verdicts):
                return True
            if None in verdicts and False not in verdicts:
                return None
    return False


def same_region(case: Case, same: SameEnd, reference: Answer, answer: Answer) -> bool | None:
    """Whether two sets of reals are the same, one of which may be an inequality to be solved."""
    left, right = region_of(reference.node), region_of(answer.node)
    if left is not None and right is not None:
        labels = [r[1] or (a.label.text if type(a.label) is Name else None) for r, a in ((left, reference), (right, answer))]
        if labels[0] and labels[1] and labels[0] != labels[1]:
            return False
        return same_pieces(same, left[0], right[0])
    if (left is None) == (right is None):
        return None
    known, unsolved = (left, answer) if left is not None else (right, reference)
    if known is None or type(unsolved.node) is not Apply or unsolved.node.head not in TURNED or len(names(unsolved.node)) != 1:
        return False
    (name,) = names(unsolved.node)
    relation = relation_of(known[0], Name(name))
    if relation is None:
        return False
    sign, gap = relation
    return _same_sign(case, Apply(sign, (gap, Apply("add", (gap, Apply("neg", (gap,)))))), unsolved.node)


def same_pieces(same: SameEnd, reference: Sequence[Piece], answer: Sequence[Piece]) -> bool | None:
    """Whether two lists of intervals cover the same numbers."""
    left, right = tidy(list(reference)), tidy(list(answer))
    if left is None or right is None or (reference and not left) or (answer and not right):
        left, right = list(reference), list(answer)
    if len(left) != len(right):
        return False
    rest = list(right)
    unknown = False
    for piece in left:
        for candidate in rest:
            if piece.low_closed != candidate.low_closed or piece.high_closed != candidate.high_closed:
                continue
            ends = [_same_end(same, piece.low, candidate.low), _same_end(same, piece.high, candidate.high)]
            if all(ends):
                rest.remove(candidate)
                break
            unknown |= None in ends and False not in ends
        else:
            return None if unknown else False
    return True


def _same_end(same: SameEnd, left: Node, right: Node) -> bool | None:
    if left == right:
        return True
    if any(
        type(n) is Apply and n.head == "inf" for end in (left, right) for n in (end, *(end.args if type(end) is Apply else ()))
    ):
        return False
    return same(left, right)
