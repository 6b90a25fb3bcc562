"""Equality of two answers of any kind: a table of which kinds can be equal, and what must agree for them to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from rewardkit.answers.equality.case import Case
from rewardkit.answers.equality.collections import by_names, ordered, unordered
from rewardkit.answers.equality.dates import same_date
from rewardkit.answers.equality.families import same_family
from rewardkit.answers.equality.ranges import RANGES, same_range
from rewardkit.answers.equality.ratios import as_value, clock_ratio, residue, same_ratio, same_residue, same_time
from rewardkit.answers.equality.relations import same_chain_of_equals, same_equation, solves
from rewardkit.answers.equality.renaming import indexed, names_all, renamed_function, same_label
from rewardkit.answers.equality.values import same_expression, same_value
from rewardkit.answers.forms.answer import answer_of
from rewardkit.answers.forms.declarations import members_of
from rewardkit.answers.forms.kinds import Answer, Kind
from rewardkit.answers.forms.vectors import by_unit_vectors, combined, in_unit_vectors
from rewardkit.answers.tree import Apply, Name, Node, names

__all__ = ["same_answer"]

Rule = Callable[[Case, Answer, Answer], "bool | None"]


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
    if reference.domain == answer.domain:
        return True
    members = [members_of(side.domain) for side in (reference, answer)]
    if reference.domain is not None and answer.domain is not None:
        if any(members):
            return members[0] == members[1]
        return same_answer(case, answer_of(reference.domain), answer_of(answer.domain)) or None
    return RANGES.isdisjoint((reference.kind, answer.kind)) or (members[0] or members[1] or "R") in ("R", "C")


def _same(case: Case, reference: Answer, answer: Answer) -> bool | None:
    case.integers |= reference.integers | answer.integers
    label, other_label = reference.label, answer.label
    if label is not None and other_label is not None and label != other_label:
        renamed = renamed_function(reference, answer)
        if renamed is not None:
            answer = renamed
        elif not same_label(label, other_label):
            return _same_whole(case, reference, answer)
    return _RULES[reference.kind, answer.kind](case, reference, answer)


def _same_whole(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """Two named values under different names are still equal as equations: `y = 2x` and `x = y/2`."""
    wholes = reference.whole, answer.whole
    if None in wholes or not all(type(side.label) is Name or _head(side.label) in _JOINED for side in (reference, answer)):
        return False
    left, right = (whole for whole in wholes if whole is not None)
    return same_equation(case, left, right) if names(left) == names(right) else False


_JOINED = frozenset(["add", "div", "mul", "neg"])


# -- values


def _values(case: Case, reference: Answer, answer: Answer) -> bool | None:
    if reference.label is None and answer.label is None and _differ_in_form(reference.node, answer.node):
        return False
    return same_value(case, reference, answer) or _same_otherwise(case, reference, answer)


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
    restricted = reference.domain is not None or answer.domain is not None
    if (restricted or (type(reference.node) is Apply and reference.node.head == "add")) and same_family(case, reference, answer):
        return True
    if case.undecided:
        left, right = combined(reference.node), combined(answer.node)
        if left is not None and right is not None:
            case.undecided = False
            return _same(case, answer_of(left), answer_of(right))
    return _same_solved(case, reference, answer)


def _same_solved(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """`xy = 6`, which may name the value 6, is also an equation that can be solved for y."""
    for named, bare in ((reference, answer), (answer, reference)):
        label = named.label
        if named.whole is not None and bare.whole is None and type(label) is Apply and label.head in ("mul", "add", "div"):
            return solves(case, named.whole, bare.node)
    return None if case.undecided else False


def _value_of_equation(case: Case, reference: Answer, answer: Answer) -> bool | None:
    equation, value = (reference, answer) if reference.kind is Kind.EQUATION else (answer, reference)
    if value.whole is not None:
        return same_equation(case, equation.node, value.whole)
    left, right = _args(equation)
    if names(value.node) <= names(left) | names(right) and same_expression(Case(), left, right):
        return same_value(case, Answer(Kind.VALUE, right), value)
    return solves(case, equation.node, value.node)


def _chain(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """`(x-1)/2 = y/3 = z/4` is a line; a chain of equal expressions is a derivation of the last of them."""
    if (last := _last_named(reference, answer)) is not None:
        return _same(case, last, answer)
    if (last := _last_named(answer, reference)) is not None:
        return _same(case, reference, last)
    sides = [_args(side) if side.kind is Kind.CHAIN else () for side in (reference, answer)]
    lasting = [bool(args) and not same_expression(Case(), args[0], args[-1]) for args in sides]
    if all(lasting):
        return same_chain_of_equals(case, sides[0][::2], sides[1][::2])
    if any(lasting):
        return False
    left, right = (answer_of(args[-1]) if args else side for args, side in zip(sides, (reference, answer), strict=True))
    return _same(case, left, right)


def _last_named(chain: Answer, other: Answer) -> Answer | None:
    """The last side of a chain under the other's name, where an earlier side is that name: `e^x = y = 2z` for `y = 2z`."""
    if chain.kind is not Kind.CHAIN or other.kind is Kind.CHAIN or other.label is None or other.label not in _args(chain)[:-1:2]:
        return None
    return answer_of(_args(chain)[-1])._replace(label=other.label)


def _value_of_ratio(case: Case, reference: Answer, answer: Answer) -> bool | None:
    ratio = reference if reference.kind is Kind.RATIO else answer
    return same_value(case, as_value(reference), as_value(answer)) if len(_args(ratio)) == 2 else False


def _vector(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """A vector against a sum or multiple of vectors, or against one by the unit vectors i, j and k."""
    vector, value = (answer, reference) if reference.kind is Kind.VALUE else (reference, answer)
    if (whole := combined(value.node)) is not None:
        found = answer_of(whole)
        return _same(case, found, vector) if value is reference else _same(case, vector, found)
    written = in_unit_vectors(value.node)
    other = by_unit_vectors(tuple(item.node for item in vector.items)) if written is not None else None
    if written is None or other is None or any(item.kind is not Kind.VALUE for item in vector.items):
        return False
    return same_expression(case, *((written, other) if value is reference else (other, written)))


# -- collections


def _same_in(case: Case) -> Callable[[Answer, Answer], bool | None]:
    return partial(same_answer, case)


def _tuples(case: Case, reference: Answer, answer: Answer) -> bool | None:
    return ordered(_same_in(case), reference.items, by_names(reference.items, answer.items))


def _lists(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """Lists in any order; letters joined by `and` are another statement than letters joined by `or`, and no list of values."""
    if _are_statements(reference.node) and _are_statements(answer.node) and _head(reference.node) != _head(answer.node):
        return False
    return unordered(case, _same_in(case), reference, answer, collapse=False)


def _are_statements(node: Node) -> bool:
    return type(node) is Apply and node.head in ("and", "or") and all(type(arg) is Name for arg in node.args)


def _sets(case: Case, reference: Answer, answer: Answer) -> bool | None:
    return unordered(case, _same_in(case), reference, answer, collapse=True)


def _list_as_set(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """A list as a set, unless it gives each value a name of its own: `x=1, y=2` says more than `{1, 2}`."""
    listed, gathered = (reference, answer) if reference.kind is Kind.ITEMS else (answer, reference)
    numbered = indexed([item.label for item in listed.items]) is not None
    if names_all(listed.items) and not numbered and not names_all(gathered.items):
        return False
    return _sets(case, reference, answer)


def _list_as_tuple(case: Case, reference: Answer, answer: Answer) -> bool | None:
    listed = reference if reference.kind is Kind.ITEMS else answer
    if indexed([item.label for item in listed.items]) is not None:
        return False
    sides = (_by_coordinate(side) if side is listed else side for side in (reference, answer))
    return _tuples(case, *sides)


def _by_coordinate(listed: Answer) -> Answer:
    """A list of coordinates with x before y and z: "y = 3, x = 4" is the point (4, 3)."""
    names = [item.label.text if type(item.label) is Name else "" for item in listed.items]
    if not set(names) <= {"x", "y", "z"} or len(set(names)) < len(names):
        return listed
    places = sorted(range(len(names)), key=names.__getitem__)
    return listed._replace(items=tuple(listed.items[place] for place in places))


def _matrices(case: Case, reference: Answer, answer: Answer) -> bool | None:
    if _size(reference.node) != _size(answer.node):
        return False
    return ordered(_same_in(case), reference.items, answer.items)


def _size(node: Node) -> tuple[int, ...]:
    if type(node) is Apply and node.head == "matrix":
        return len(node.args), len(node.args[0].args)
    return (len(node.args),) if type(node) is Apply else ()


def _matrix_as_tuple(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """A vector for a row or column, and tuples in a tuple for rows."""
    matrix, listed = (reference, answer) if reference.kind is Kind.MATRIX else (answer, reference)
    if any(item.kind is Kind.MATRIX for item in matrix.items) and any(item.kind is not Kind.TUPLE for item in listed.items):
        return False
    return ordered(_same_in(case), reference.items, answer.items)


def _set_of_one(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """A value for the set that holds nothing else."""
    left, right = (side.items if side.kind is Kind.SET else (side,) for side in (reference, answer))
    return ordered(_same_in(case), left, right)


# -- what is left


def _ranges(case: Case, reference: Answer, answer: Answer) -> bool | None:
    return same_range(case, _same_in(case), reference, answer)


def _residues(case: Case, reference: Answer, answer: Answer) -> bool | None:
    same = same_residue(case, reference.node, answer.node)
    return _structure(case, reference, answer) if same is None else same


def _structure(case: Case, reference: Answer, answer: Answer) -> bool | None:
    """The same head with the same arguments; what differs in its head cannot be told."""
    left, right = reference.node, answer.node
    if left == right:
        return True
    if type(left) is not Apply or type(right) is not Apply:
        return False
    if left.head != right.head or len(left.args) != len(right.args):
        return None
    if left.head in ("perp", "parallel") and left.args == right.args[::-1]:
        return True
    verdicts = [same_answer(case, answer_of(a), answer_of(b)) for a, b in zip(left.args, right.args, strict=True)]
    return True if all(verdicts) else None if None in verdicts and False not in verdicts else False


def _head(node: Node | None) -> str:
    return node.head if type(node) is Apply else ""


def _args(answer: Answer) -> tuple[Node, ...]:
    return answer.node.args if type(answer.node) is Apply else ()


def _between(left: Iterable[Kind], right: Iterable[Kind], rule: Rule) -> dict[tuple[Kind, Kind], Rule]:
    pairs = [(one, other) for one in left for other in right]
    return dict.fromkeys([*pairs, *(pair[::-1] for pair in pairs)], rule)


_ONLY_AS_WRITTEN = (Kind.STATEMENT, Kind.SET_OF, Kind.CASES)

# A later line overrules an earlier one.
_RULES: Mapping[tuple[Kind, Kind], Rule] = {
    **_between(Kind, Kind, lambda case, reference, answer: False),
    **_between(_ONLY_AS_WRITTEN, Kind, lambda case, reference, answer: None),
    (Kind.STATEMENT, Kind.STATEMENT): _structure,
    (Kind.SET_OF, Kind.SET_OF): _structure,
    (Kind.CASES, Kind.CASES): _sets,
    (Kind.VALUE, Kind.VALUE): _values,
    (Kind.ITEMS, Kind.ITEMS): _lists,
    (Kind.SET, Kind.SET): _sets,
    (Kind.TUPLE, Kind.TUPLE): _tuples,
    (Kind.MATRIX, Kind.MATRIX): _matrices,
    (Kind.EQUATION, Kind.EQUATION): lambda case, reference, answer: same_equation(case, reference.node, answer.node),
    (Kind.RATIO, Kind.RATIO): lambda case, reference, answer: same_ratio(case, reference.node, answer.node),
    (Kind.TIME, Kind.TIME): lambda case, reference, answer: same_time(reference.node, answer.node),
    (Kind.DATE, Kind.DATE): lambda case, reference, answer: same_date(reference.node, answer.node),
    (Kind.MODULO, Kind.MODULO): _residues,
    **_between([Kind.ITEMS], [Kind.SET], _list_as_set),
    **_between([Kind.ITEMS], [Kind.TUPLE], _list_as_tuple),
    **_between([Kind.TUPLE], [Kind.MATRIX], _matrix_as_tuple),
    **_between([Kind.VALUE], [Kind.TUPLE, Kind.MATRIX], _vector),
    **_between([Kind.VALUE], [Kind.EQUATION], _value_of_equation),
    **_between([Kind.VALUE], [Kind.RATIO], _value_of_ratio),
    **_between([Kind.VALUE], [Kind.SET], _set_of_one),
    **_between([Kind.VALUE], [Kind.MODULO], lambda case, *sides: same_value(case, *map(residue, sides))),
    **_between([Kind.TIME], [Kind.RATIO], lambda case, *sides: same_ratio(case, *(clock_ratio(s.node) for s in sides))),
    **_between(RANGES, Kind, _ranges),
    **_between([Kind.CHAIN], Kind, _chain),
}
