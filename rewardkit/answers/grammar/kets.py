"""What stands in angle brackets: vectors, means, and the bras and kets of quantum mechanics.

A bra or ket is one name made of what is written in it, and those set side by side are one name in their order, as products of
them do not commute. The mean of a square is another than the square of a mean, so that a mean is a function.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewardkit.answers.grammar.cursor import END, Cursor, Rule, Unreadable
from rewardkit.answers.grammar.powers import subscript
from rewardkit.answers.notation.tokens import Token
from rewardkit.answers.tree import Apply, Name, Node

__all__ = ["RULES", "ket"]

MAX_INSIDE = 24  # tokens
_SILENT = frozenset(["{", "}", "font", "arrow"])


def ket(cursor: Cursor) -> Node | None:
    """The ket whose bar was taken, with the bras and kets set against it; None where the bar opens an absolute value."""
    inside = _inside(cursor, cursor.at, ("|",))
    if inside is None or not inside:
        return None
    return _with_neighbours(cursor, f"|{_words(inside)}>")


def _angled(cursor: Cursor, token: Token) -> Node:
    inside = _inside(cursor, cursor.at, ())
    if inside is not None and any(part.kind == "|" for part in inside):
        return _with_neighbours(cursor, f"<{_words(inside)}>")
    if inside is None and (bra := _bra(cursor)) is not None:
        return _with_neighbours(cursor, bra)
    if inside is not None:
        cursor.at -= len(inside) + 1
    node = cursor.group("rangle")
    if type(node) is Apply and node.head == "list":
        return Apply("tuple", node.args)
    mean = subscript(cursor, Name("mean")) if cursor.accept("_") else Name("mean")
    if type(mean) is not Name:
        raise Unreadable("a mean with an index")
    return Apply("call", (mean, node))


def _inside(cursor: Cursor, at: int, never: Sequence[str]) -> Sequence[Token] | None:
    """The tokens up to a closing angle bracket, which is taken too; None where another opens or one of `never` comes first."""
    start = at
    while at - start <= MAX_INSIDE and (kind := cursor.tokens[at].kind) not in (END.kind, "langle", *never):
        if kind == "rangle":
            cursor.at = at + 1
            return cursor.tokens[start:at]
        at += 1
    return None


def _bra(cursor: Cursor) -> str | None:
    """`psi|` after its opening bracket, which is taken; None for anything else."""
    for at in range(cursor.at, cursor.at + MAX_INSIDE):
        kind = cursor.tokens[at].kind
        if kind == "|" and at > cursor.at:
            start, cursor.at = cursor.at, at + 1
            return f"<{_words(cursor.tokens[start:at])}|"
        if kind in (END.kind, "langle", "rangle", ","):
            return None
    return None


def _with_neighbours(cursor: Cursor, words: str) -> Name:
    while True:
        start = cursor.at
        if cursor.kind == "name" and cursor.tokens[cursor.at].value == "otimes":
            cursor.at += 1
        if cursor.accept("|"):
            inside = _inside(cursor, cursor.at, ("|",))
            more = f"|{_words(inside)}>" if inside else None
        elif cursor.accept("langle"):
            inside = _inside(cursor, cursor.at, ())
            more = f"<{_words(inside)}>" if inside is not None and any(part.kind == "|" for part in inside) else None
            more = more or (_bra(cursor) if inside is None else None)
        else:
            more = None
        if more is None:
            cursor.at = start
            return Name(words)
        words += more


def _words(inside: Sequence[Token]) -> str:
    """What is written in a bra or ket, without its dress."""
    words = " ".join(token.value or token.kind for token in inside if token.kind not in _SILENT)
    if not words:
        raise Unreadable("an empty bra or ket")
    return words


RULES: dict[str, Rule] = {"langle": _angled}
