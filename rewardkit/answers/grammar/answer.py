"""The grammar of a whole answer: lists of items, and the table of rules that the cursor is given.

Parsing is by recursive descent, without a step back but for set builders and brackets that turn out to be a domain.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.answers.grammar import accents, atoms, brackets, environments, functions, kets, numerals
from rewardkit.answers.grammar.cursor import END, Cursor, Grammar, Rule, Unreadable
from rewardkit.answers.grammar.relations import relation
from rewardkit.answers.grammar.words import ENDS, is_tail, label, with_tail
from rewardkit.answers.notation.tokens import Token
from rewardkit.answers.tree import Apply, Node, Text

__all__ = ["parse"]

_CLOSING = ENDS - {",", ";", "and", "or"}
_LONE = frozenset(["num", "name"])


def parse(tokens: Sequence[Token], *, tight: bool = False) -> tuple[Node, bool]:
    """The tree of a whole answer, and whether products stand behind a slash, which `tight` binds together.

    Raises `Unreadable` for anything else, also `IndexError` where the text ends too soon, and `TooComplex` past 40 levels.
    """
    cursor = Cursor(tokens, _GRAMMAR, tight=tight)
    node = _items(cursor)
    cursor.accept(".")
    if cursor.kind != END.kind:
        raise Unreadable(f"{cursor.here()} is left over")
    return node, cursor.slash


def _items(cursor: Cursor) -> Node:
    """Items joined by commas, semicolons, `and` or `or`; one item alone is itself."""
    if _is_lone(cursor, _CLOSING):
        return cursor.atom()
    cursor.deeper()
    groups: list[list[Node]] = [[]]  # semicolons part the groups
    joints: set[str] = set()
    while True:
        groups[-1].append(_item(cursor))
        joint = _joint(cursor)
        if joint is None:
            break
        joints.add(joint)
        if joint == ";":
            groups.append([])
        if cursor.kind in _CLOSING or cursor.kind in ("and", "or"):
            break
    cursor.depth -= 1
    if ";" in joints and len(joints) > 1:
        return Apply("list", tuple(g[0] if len(g) == 1 else Apply("list", tuple(g)) for g in groups if g))
    items = [node for group in groups for node in group]
    if len(items) == 1:
        return items[0]
    return Apply("or" if "or" in joints else "list" if joints - {"and"} else "and", tuple(items))


def _joint(cursor: Cursor) -> str | None:
    """What joins the next item to the last, which is taken: of `, and` the comma, of `, or` the word; None at the end."""
    kind = cursor.kind
    if kind not in (",", ";", "and", "or"):
        return None
    cursor.at += 1
    if kind in (",", ";") and cursor.kind in ("and", "or"):
        word = cursor.take().kind
        return word if word == "or" else kind
    return kind


def _is_lone(cursor: Cursor, ends: frozenset[str]) -> bool:
    """Whether a number or name stands here with nothing around it: most are read without going through the whole grammar."""
    return cursor.tokens[cursor.at].kind in _LONE and cursor.tokens[cursor.at + 1].kind in ends


def _item(cursor: Cursor) -> Node:
    """One relation with the label before it and the unit or condition behind it."""
    if _is_lone(cursor, ENDS):
        return cursor.atom()
    if cursor.kind == "~" or (cursor.kind == "=" and cursor.at == 0):
        cursor.at += 1
    name = label(cursor) if cursor.kind in ("word", "text") else None
    node = relation(cursor)
    while is_tail(cursor.tokens[cursor.at]):
        node = with_tail(cursor, node)
    if cursor.kind == "num" and type(node) is Apply and node.head == "quantity":
        cursor.deeper()
        node = Apply("compound", (node, _item(cursor)))
        cursor.depth -= 1
    return node if name is None else Apply("named", (Text(name), node))


_ATOMS: dict[str, Rule] = {
    "num": numerals.numeral,
    **accents.RULES,
    **functions.RULES,
    **atoms.RULES,
    **environments.RULES,
    **kets.RULES,
    "{": brackets.plain_braces,
    "\\{": brackets.written_braces,
    **dict.fromkeys(("(", "[", "]"), brackets.bracket),
}
_GRAMMAR = Grammar(_ATOMS, _items)
