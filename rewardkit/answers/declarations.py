r"""What a writer declares about names beside an answer: `k \in \mathbb{Z}`, `for all integers n`, `where C is a constant`."""

from __future__ import annotations

import re

from rewardkit.answers.expression import Apply, Name, Node, number

__all__ = ["bound_in", "declared", "integers_in", "is_dropped", "members_of"]

_DROPPED = re.compile(
    r"for (?:all|any|every|each)\b.*|for (?:real|integer|positive|some integer).*"
    r"|(?:where |with |for )?(?:some |any )?[a-zA-Z](?: ?, ?[a-zA-Z])* ?(?:is|are|being)? ?"
    r"(?:an?|any|arbitrary|some)? ?(?:arbitrary |any )?"
    r"(?:positive |negative |non-?negative |natural |real |whole |rational )*(?:integers?|numbers?|constants?|reals?|naturals?)"
    r"|(?:where |for |with )?[a-zA-Z] ?(?:in|\\in|∈) ?.{0,14}|(?:where|for|with|if|when) [a-zA-Z] ?[<>]=? ?\d+"
)
_BOUND = re.compile(r"(?:where|for|with|if|when) ([a-zA-Z]) ?([<>]=?) ?(\d+)")
_INTEGER_DECLARED = re.compile(r"\b([a-zA-Z])\b[^.]{0,30}?(?:in(?:teger)?s?\b|∈)")


def declared(node: Node) -> frozenset[str]:
    r"""Names that the item declares to be integers or reals and nothing else: `k \in \mathbb{Z}`."""
    if type(node) is Apply and node.head == "in" and type(node.args[0]) is Name and type(node.args[1]) is Name:
        return frozenset([node.args[0].text]) if node.args[1].text.strip("𝔹")[:1] in "ZNRQC" else frozenset()
    return frozenset()


def members_of(node: Node | None) -> str | None:
    r"""The set that a declaration `k \in \mathbb{Z}` names, positive integers as N; None when the node declares nothing."""
    if node is None or not declared(node) or type(node) is not Apply or type(node.args[1]) is not Name:
        return None
    text = node.args[1].text.strip("𝔹")
    return "N" if text[0] == "N" or text in ("Z+", "Z^+", "Z*+") else text


def integers_in(text: str) -> frozenset[str]:
    """The names that words declare to be integers."""
    return frozenset(found.group(1) for found in _INTEGER_DECLARED.finditer(text))


def bound_in(text: str) -> Node | None:
    """The inequality that `for x > 0` says in words; None for anything else."""
    found = _BOUND.fullmatch(text)
    return Apply(found[2], (Name(found[1]), number(found[3]))) if found else None


def is_dropped(text: str) -> bool:
    """Whether a condition in words only says what the names stand for."""
    return _DROPPED.fullmatch(text) is not None
