r"""What a writer declares about names beside an answer: `k \in \mathbb{Z}`, `for all integers n`, `where C is a constant`."""

from __future__ import annotations

import re

from rewardkit.answers.notation.folded import normal_text
from rewardkit.answers.tree import Apply, Name, Node, Text, number

__all__ = ["bound_in", "declared", "integers_in", "is_dropped", "members_of", "modulus_in", "says_more"]

_DROPPED = re.compile(
    r"for (?:all|any|every|each)\b.*|for (?:real|integer|positive|some integer).*"
    r"|(?:where |with |for )?(?:some |any )?[a-zA-Z](?: ?, ?[a-zA-Z])* ?(?:is|are|being)? ?"
    r"(?:an?|any|arbitrary|some)? ?(?:arbitrary |any )?"
    r"(?:positive |negative |non-?negative |natural |real |whole |rational )*(?:integers?|numbers?|constants?|reals?|naturals?)"
    r"|(?:where |for |with )?[a-zA-Z] ?(?:in|\\in|∈) ?.{0,14}|(?:where|for|with|if|when) [a-zA-Z] ?[<>]=? ?\d+"
)
_BOUND = re.compile(r"\b([a-zA-Z]) ?([<>]=?|\\[gl][et]q?) ?(-? ?\d+)")
_SIGNS = {r"\ge": ">=", r"\geq": ">=", r"\le": "<=", r"\leq": "<=", r"\gt": ">", r"\lt": "<"}
# What these words begin is no unit: more of the answer, or what a name is.
_JOINING = re.compile(r"(?:and|or|but|except|excluding|without|plus|minus|not|unless|squared|cubed)\b", re.IGNORECASE)
_MODULUS = re.compile(r"\(?mod(?:ulo)? (\d{1,9})\)?")
_ADJECTIVE = re.compile(
    r"(?:odd|even|prime|composite|positive|negative|non-?negative|integers?|real|(?:ir)?rational|coprime|divides|divisible)\b"
)
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
    """The inequality that `for x > 0` says in words, or the words themselves where they hold a number; else None."""
    if not any(c.isdigit() for c in text):
        return None
    found = _BOUND.search(text)
    if found is None or len(_BOUND.findall(text)) > 1:
        return Text(normal_text(text))
    return Apply(_SIGNS.get(found[2], found[2]), (Name(found[1]), number(found[3].replace(" ", ""))))


def is_dropped(text: str) -> bool:
    """Whether a condition in words only says what the names stand for."""
    return _DROPPED.fullmatch(text) is not None


def says_more(words: str, *, named: bool) -> bool:
    """Whether words behind a value are no unit but more of the answer; `named` where the value is one of a name."""
    return _JOINING.match(words) is not None or (named and _ADJECTIVE.match(words) is not None)


def modulus_in(words: str) -> Node | None:
    """The modulus in `(mod 7)`; None for other words."""
    found = _MODULUS.fullmatch(words)
    return number(found[1]) if found else None
