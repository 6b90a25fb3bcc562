"""Equality of two expressions: exact rationals where both have one, else balls at fixed pseudo-random points.

A ball that lies apart from another proves a difference. Agreement is accepted only at 448 bits and only where both balls
are that sharp, so that near misses and tiny numbers are told apart: agreement at a few points to 130 digits
is no proof, but no answer that anyone writes by accident passes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from flint import arb, fmpq

from rewardkit.answers.numerics.balls import NeedsComplex, NotNumeric, evaluate, precision
from rewardkit.answers.numerics.exact import rational
from rewardkit.answers.numerics.points import TRIGONOMETRIC, integer_names, planar, points, wide_points
from rewardkit.answers.steps import Step
from rewardkit.answers.tree import Apply, Node, Number, names, size, substitute, walk

__all__ = ["SHARP", "agree", "constant", "is_affine", "ratio_is_constant", "vanishes"]

QUICK = 128
SHARP = 448
SHARPEST = 4096
_NEGLIGIBLE = {bits: arb(2) ** (-bits // 2) for bits in (SHARP, SHARPEST)}
_HUGE, _TINY = arb(2) ** 1500, arb(2) ** -1500
_ENOUGH = 3
_PIECEWISE = frozenset(["abs", "floor", "ceil", "mod", "max", "min", "sgn"])
_OF_COMPLEX = frozenset(["abs", "conj", "re", "im", "arg"])
_ROOTS = frozenset(["sqrt", "root", "pow"])
_LARGE = 1000  # nodes; a larger tree, which nobody writes by hand, is tried at one wide point only


def agree(left: Node, right: Node) -> tuple[bool | None, Step]:
    """Whether two expressions are the same function of their names, and the step that decided.

    None where the balls, which come last, cannot tell.
    """
    if left == right:
        return True, Step.STRUCTURE
    if is_infinite(left) or is_infinite(right):
        return is_infinite(left) == is_infinite(right) != 0, Step.STRUCTURE
    free = names(left) | names(right)
    if not free:
        exact = rational(left)
        if exact is not None and (other := rational(right)) is not None:
            return exact == other, Step.RATIONAL
        return _agree_at(left, right, [{}], 1), Step.BALLS
    integral = integer_names(left) | integer_names(right)
    verdict = _agree_at(left, right, points(free, integral), _ENOUGH)
    if verdict and (_has_pieces(left) or _has_pieces(right)) and _differ_somewhere(left, right, free, integral):
        verdict = False
    if verdict and _is_complex(free, left, right):
        verdict = _agree_complex(left, right, planar(free, integral), 2, _Patience())
    return verdict, Step.BALLS


def _is_complex(free: frozenset[str], *sides: Node) -> bool:
    """Whether a letter z or w is free and stands under a modulus or conjugation, as complex numbers do."""
    for name in free:
        if name[0] in "zw" and any(
            type(part) is Apply and part.head in _OF_COMPLEX and name in names(part) for side in sides for part in walk(side)
        ):
            return True
    return False


def is_infinite(node: Node) -> int:
    """1 for infinity, -1 for minus infinity, 0 for anything else."""
    if type(node) is not Apply:
        return 0
    if node.head == "neg":
        return -is_infinite(node.args[0])
    return int(node.head == "inf")


@dataclass
class _Patience:
    """How many more points may be tried in vain, up to the highest precision, before the comparison is given up."""

    left: int = 3


def _agree_at(left: Node, right: Node, tried: Any, enough: int) -> bool | None:
    patience = _Patience()
    try:
        with precision(QUICK):
            return _agree_real(left, right, tried, enough, patience)
    except NeedsComplex:
        pass
    except NotNumeric:
        return None
    return _agree_complex(left, right, tried, enough, patience)


def _agree_real(left: Node, right: Node, tried: Any, enough: int, patience: _Patience) -> bool | None:
    tally = _tally(left, right, tried, enough, patience, plane=False)
    if tally.verdict is not None:
        return tally.verdict
    if tally.agreed >= min(enough, 2):
        return True
    if not tally.agreed and tally.undefined:
        return _agree_complex(left, right, tried, enough, patience)
    return None


def _agree_complex(left: Node, right: Node, tried: Any, enough: int, patience: _Patience) -> bool | None:
    try:
        with precision(QUICK):
            return _tally(left, right, tried, enough, patience, plane=True).verdict
    except NotNumeric:
        return None


class _Tally(NamedTuple):
    """Whether the points prove something, how many agreed, and whether one of them decided nothing."""

    verdict: bool | None
    agreed: int
    undefined: bool


def _tally(left: Node, right: Node, tried: Any, enough: int, patience: _Patience, *, plane: bool) -> _Tally:
    """Agreement point by point, until one disagrees, enough agree or patience ends."""
    agreed, undefined = 0, False
    for point in tried:
        if not patience.left:
            break
        verdict = _compare_at(left, right, point, patience, plane=plane, sharp=agreed > 0)
        if verdict is False:
            return _Tally(False, agreed, undefined)
        if verdict is None:
            undefined = True
            continue
        agreed += 1
        if agreed >= enough:
            return _Tally(True, agreed, undefined)
    return _Tally(None, agreed, undefined)


def _compare_at(
    left: Node, right: Node, point: Mapping[str, Any], patience: _Patience, *, plane: bool, sharp: bool
) -> bool | None:
    """Agreement at one point: False is proved, True is sharp agreement, None where either is undefined or unsharp.

    `sharp` goes to high precision at once, as pays where agreement is likely.
    """
    if not sharp:
        a, b = evaluate(left, point, plane=plane), evaluate(right, point, plane=plane)
        if not (a.is_finite() and b.is_finite()):
            return None
        if not a.overlaps(b):
            return False
    for bits in (SHARP, SHARPEST):
        with precision(bits):
            a, b = evaluate(left, point, plane=plane), evaluate(right, point, plane=plane)
            if not (a.is_finite() and b.is_finite()):
                return None
            if not a.overlaps(b):
                return False
            if a.is_exact() and b.is_exact():
                return True
            least = max(_low(a), _low(b))
            gap = abs(a - b).upper()
            if least > 0:
                if gap < least * _NEGLIGIBLE[bits] and (point or not _swallows(least, left, right)):
                    return True
            elif bits == SHARPEST and gap < _NEGLIGIBLE[bits]:
                return True
    patience.left -= 1
    return None


def _swallows(least: Any, left: Node, right: Node) -> bool:
    """Whether a value is so large or small that a term of a sum may be lost in it, as 1 is in `2024! + 1`."""
    if _TINY < least < _HUGE:
        return False
    return any(type(part) is Apply and part.head == "add" for side in (left, right) for part in walk(side))


def _has_pieces(node: Node) -> bool:
    """Whether the expression may be one thing here and another there: `|x-3|`, `max(a, b)`, `sqrt((a-b)^2)`."""
    if type(node) is not Apply or not node.args:
        return False
    if node.head in _PIECEWISE and names(node):
        return True
    if node.head in _ROOTS and not (node.head == "pow" and type(node.args[1]) is Number and node.args[1].value.q % 2):
        # Roots of sines and the like are left out: where they are asked for, the angle is an acute one.
        heads = {part.head for part in walk(node.args[0]) if type(part) is Apply}
        if "add" in heads and not heads & TRIGONOMETRIC:
            return True
    return any(_has_pieces(arg) for arg in node.args)


def _differ_somewhere(left: Node, right: Node, free: frozenset[str], integral: frozenset[str]) -> bool:
    """Whether two expressions provably differ at one of the wide points where both are defined."""
    tried = wide_points(free, integral) if size(left) + size(right) <= _LARGE else wide_points(free, integral, turns=1)
    if _has_modulus(left) or _has_modulus(right):
        # Names stand for positive values as a rule, but who writes |x| thinks of the others too.
        signs = [free, *(frozenset((name,)) for name in sorted(free)[:3])]
        tried += [{n: -v if n in negative else v for n, v in point.items()} for point in tried[:2] for negative in signs]
    for point in tried:
        try:
            with precision(QUICK):
                a, b = evaluate(left, point), evaluate(right, point)
                if a.is_finite() and b.is_finite() and not a.overlaps(b):
                    return True
        except (NotNumeric, NeedsComplex):
            continue
    return False


def _has_modulus(node: Node) -> bool:
    return any(type(part) is Apply and part.head == "abs" and names(part) for part in walk(node))


def _low(ball: Any) -> Any:
    return abs(ball).lower()


def constant(node: Node) -> Any:
    """The value of a tree without names: an `fmpq` when it is rational, else a real ball of 448 bits; None without either."""
    exact = rational(node)
    if exact is not None:
        return exact
    try:
        with precision(SHARP):
            value = evaluate(node, {})
    except NotNumeric:
        return None
    return value if value.is_finite() else None


def ratio_is_constant(left: Node, right: Node, *, positive: bool = False) -> bool | None:
    """Whether one expression is a constant, not zero, times the other; with `positive`, a positive constant.

    Equations `left = 0` and `right = 0` are then the same, and with `positive` so are the inequalities.
    """
    free = names(left) | names(right)
    ratios: list[Any] = []
    try:
        with precision(SHARP):
            for point in points(free, integer_names(left) | integer_names(right)):
                a, b = evaluate(left, point), evaluate(right, point)
                if not (a.is_finite() and b.is_finite()):
                    continue
                if a.contains(0) or b.contains(0):
                    if a.contains(0) != b.contains(0):
                        return False
                    continue
                ratio = a / b
                if not _sharp(ratio):
                    continue
                if (ratios and not ratio.overlaps(ratios[0])) or (positive and ratio < 0):
                    return False
                ratios.append(ratio)
                if len(ratios) == 4:
                    break
    except NotNumeric:
        return None
    if len(ratios) >= 2 and _is_complex(free, left, right):
        fixed = {name: Number(value) for name, value in points(free, frozenset())[0].items()}
        return agree(Apply("mul", (left, substitute(right, fixed))), Apply("mul", (right, substitute(left, fixed))))[0]
    return True if len(ratios) >= 2 else None


def _sharp(ball: Any) -> bool:
    return bool(ball.rad() < abs(ball.mid()) * arb(2) ** (-SHARP // 2))


def is_affine(node: Node, name: str) -> bool:
    """Whether the expression is of first degree in a name, with a slope that is not zero everywhere."""
    others = names(node) - {name}
    try:
        with precision(SHARP):
            for point in points(others | {name}, frozenset())[:3]:
                start = point[name]
                values = [evaluate(node, {**point, name: start + step}) for step in (0, 1, 2)]
                if not all(v.is_finite() for v in values):
                    continue
                bend = values[0] - 2 * values[1] + values[2]
                if not bend.contains(0) or (values[1] - values[0]).contains(0) or bend.rad() > arb(2) ** -100:
                    return False
    except NotNumeric:
        return False
    return True


def vanishes(node: Node) -> bool | None:
    """Whether the expression is zero wherever it is defined."""
    return agree(node, Number(fmpq(0)))[0]
