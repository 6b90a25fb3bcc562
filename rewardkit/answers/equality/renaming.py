"""Whether the names that two answers give to their values are the same, and which names give a list its order."""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.answers.forms.kinds import Answer
from rewardkit.answers.notation.folded import normal_text
from rewardkit.answers.tree import Apply, Name, Node, Text, names, substitute, walk

__all__ = ["indexed", "names_all", "numbered_by", "renamed_function", "renamed_letters", "renamed_parameter", "same_label"]


# Letters usual for a parameter that runs through the reals, as along a line, and for one that runs through the integers.
_REAL_PARAMETERS = frozenset(["t", "s", "u", "k", "lambda", "mu"])
_INTEGER_PARAMETERS = frozenset("knmlj")


def same_label(left: Node, right: Node) -> bool:
    """Whether two names are one name, or words that a name cannot contradict."""
    if type(left) is Text or type(right) is Text:
        if type(left) is Text and type(right) is Text:
            return normal_text(left.words) == normal_text(right.words)
        return True
    if type(left) is type(right) is Apply and left.head == right.head == "mul" and len(left.args) == len(right.args) == 2:
        return left.args[0] == right.args[0] == Name("d") and same_label(left.args[1], right.args[1])
    one, other = _spelled(left), _spelled(right)
    return one == other or any(rule(*pair) for rule in (_names_value, _is_refined) for pair in ((one, other), (other, one)))


def _spelled(node: Node) -> Node:
    if type(node) is Name:
        return Name(node.text.replace("{", "").replace("}", "").lstrip("‾∠△"))
    return node


def _names_value(left: Node, right: Node) -> bool:
    r"""`y` may name what `f(x)` names, and `P` what `P(\rho)` does, which is no value at one point."""
    if type(left) is not Name or type(right) is not Apply or right.head != "call":
        return False
    return left.text == "y" or (left == right.args[0] and all(type(arg) is Name for arg in right.args[1:]))


def _is_refined(left: Node, right: Node) -> bool:
    r"""`S_{total}` says in a word which S it is; a subscript of one letter or digit may tell it from another."""
    if type(left) is not Name or type(right) is not Name or not right.text.startswith(f"{left.text}_"):
        return False
    word = right.text[len(left.text) + 1 :]
    return len(word) > 1 and word.isalpha()


def renamed_function(reference: Answer, answer: Answer) -> Answer | None:
    """The answer with its bound variables named as in the reference: `f(t) = 2t` for `f(x) = 2x`."""
    to, from_ = reference.label, answer.label
    if type(to) is Name and type(from_) is Name and _builds(reference) and _builds(answer):
        return None if to.text in names(answer.node) else _rename(answer, {from_.text: to})
    if not (type(to) is Apply and type(from_) is Apply and to.head == from_.head and to.head in ("call", "index")):
        return None
    if to.args[0] != from_.args[0] or len(to.args) != len(from_.args):
        return None
    renaming: dict[str, Node] = {}
    taken: set[str] = set()
    for new, old in zip(to.args[1:], from_.args[1:], strict=True):
        if not (isinstance(new, Name) and isinstance(old, Name)):
            return None
        if old != new:
            renaming[old.text] = new
            taken.add(new.text)
    if len(taken) != len(renaming) or taken & (names(answer.node) - set(renaming)):
        return None
    return _rename(answer, renaming)


def _builds(answer: Answer) -> bool:
    return type(answer.whole) is Apply and answer.whole.head == "setof"


def _rename(answer: Answer, renaming: dict[str, Node], *, keep_labels: bool = False) -> Answer:
    items = tuple(_rename(item, renaming, keep_labels=keep_labels) for item in answer.items)
    renamed = answer._replace(node=substitute(answer.node, renaming), items=items)
    if not keep_labels:
        return renamed._replace(label=None)
    return renamed._replace(whole=answer.whole and substitute(answer.whole, renaming))


def renamed_parameter(reference: Answer, answer: Answer) -> Answer | None:
    """The answer with its one parameter named as in the reference: `(s, 2s)` for `(t, 2t)`; None without such.

    A parameter is a letter usual for one, or declared an integer, that more than one component holds.
    """
    wanted = names(reference.node)
    given = names(answer.node) if wanted else wanted
    new, old = wanted - given, given - wanted
    if len(new) != 1 or len(old) != 1:
        return None
    (to,), (from_,) = new, old
    used = [sum(name in names(item.node) for item in side.items) for name, side in ((to, reference), (from_, answer))]
    if min(used) < 2 or not {to, from_} <= _REAL_PARAMETERS | reference.integers | answer.integers:
        return None
    return _rename(answer, {from_: Name(to)}, keep_labels=True)


def renamed_letters(declared: frozenset[str], reference: Node, answer: Node) -> dict[str, Name]:
    """A new name for the answer's own: one integer parameter for another, or the same letter in the other case.

    `declared` holds the names that are declared to be integers. Empty where more than one name differs.
    """
    wanted, given = names(reference), names(answer)
    if len(wanted - given) != 1 or len(given - wanted) != 1:
        return {}
    (new,), (old,) = wanted - given, given - wanted
    if new.lower() == old.lower() and new.lower() in ("c", "k") and type(reference) is Apply:
        return {old: Name(new)}
    if (new in declared and (old in declared or old in _INTEGER_PARAMETERS)) or (old in declared and new in _INTEGER_PARAMETERS):
        return {old: Name(new)}
    if new in _INTEGER_PARAMETERS and old in _INTEGER_PARAMETERS and _periodic(reference) and _periodic(answer):
        return {old: Name(new)}
    return {}


def _periodic(node: Node) -> bool:
    """Whether the expression has a multiple of a half turn in it, as solutions of trigonometric equations do."""
    return any(type(part) is Apply and part.head in ("pi", "degree") for part in walk(node))


def indexed(labels: Sequence[Node | None]) -> str | None:
    """The one letter that all names are with different subscripts, as the roots of an equation are named; None without."""
    parts = [label.text.partition("_") for label in labels if type(label) is Name]
    letters = {letter for letter, mark, _ in parts if mark}
    if len(labels) < 2 or len(parts) != len(labels) or len(letters) != 1 or not all(mark for _, mark, _ in parts):
        return None
    return letters.pop()


def numbered_by(one: Sequence[Answer], other: Sequence[Answer]) -> bool:
    """Whether one side numbers the values that the other gives under one name or none: `x_1=1, x_2=2` and `x=1 or x=2`."""
    letter = indexed([item.label for item in other])
    return bool(one) and letter is not None and all(item.label in (None, Name(letter)) for item in one)


def names_all(items: Sequence[Answer]) -> bool:
    """Whether every item has a name of its own, which gives the list an order."""
    labels = [
        item.label for item in items if item.label is not None and not (type(item.label) is Apply and item.label.head == "call")
    ]
    return len(labels) == len(items) > 1 and len(set(labels)) == len(labels)
