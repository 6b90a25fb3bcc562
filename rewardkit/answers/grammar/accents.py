"""Letters under an accent, an arrow or in a font of their own: segments, angles, vectors, conjugates and sets of numbers."""

from __future__ import annotations

from rewardkit.answers.grammar.cursor import Cursor, Rule, Unreadable
from rewardkit.answers.grammar.powers import lower
from rewardkit.answers.notation.tokens import Token
from rewardkit.answers.tree import Apply, Name, Node

__all__ = ["RULES"]

_PREFIXES = {"angle": "∠", "triangle": "△", "overline": "‾", "underline": "_", "hat": "^", "dot": "˙", "ddot": "¨", "tilde": "~"}
_LETTERS = frozenset(["name", "const", "num", "_", "'"])


def _figure(cursor: Cursor, token: Token) -> Node:
    """An angle, a segment or an accented name: one name made of the letters that follow."""
    if token.kind == "overline" and _is_conjugated(cursor):
        return Apply("conj", (lower(cursor),))
    words = ""
    if cursor.accept("{"):
        while not cursor.accept("}"):
            inner = cursor.take()
            if inner.kind not in _LETTERS:
                raise Unreadable(f"{inner.value!r} under an accent")
            words += inner.value
    elif token.kind in ("angle", "triangle"):
        while cursor.kind in ("name", "const") and len(words) < 3:
            words += cursor.take().value
        if cursor.kind == "num" and not words:
            words = cursor.take().value
    elif cursor.kind in ("name", "const", "num"):
        words = cursor.take().value
    if not words:
        raise Unreadable(f"{cursor.here()} after {token.kind}")
    return Name(_PREFIXES[token.kind] + words)


def _is_conjugated(cursor: Cursor) -> bool:
    """Whether a letter z or w or a sum stands under a bar, which name no segment."""
    braced = cursor.kind == "{"
    first, after = cursor.tokens[cursor.at + braced], cursor.tokens[cursor.at + 1 + braced].kind
    if first.kind == "name" and first.value in ("z", "w") and (after == "}" or not braced):
        return True
    if not braced or first.kind not in ("num", "(", "name"):
        return False
    inside = {token.kind for token in cursor.tokens[cursor.at : cursor.at + 8]}
    return not inside.isdisjoint(("+", "-")) and inside >= {"}", "const"}


def _font(cursor: Cursor, token: Token) -> Node:
    """What stands in a font, which says nothing."""
    return cursor.group("}") if cursor.accept("{") else cursor.atom()


def _arrow(cursor: Cursor, token: Token) -> Node:
    """A vector: the name under the arrow, or for points one name that keeps their order, as AB is another than BA."""
    inside = _font(cursor, token)
    if type(inside) is Apply and inside.head == "mul" and all(type(a) is Name and a.text[0].isupper() for a in inside.args):
        line = "↔" if token.value.endswith("overleftrightarrow") else "→"
        return Name(line + "".join(a.text for a in inside.args))
    return inside


def _blackboard(cursor: Cursor, token: Token) -> Node:
    """A set of numbers, with its mark as in R+."""
    braced = cursor.accept("{")
    letter = cursor.take().value
    if braced:
        cursor.expect("}")
    mark = ""
    if cursor.kind in ("^", "_") and cursor.tokens[cursor.at + 1].kind in ("+", "-", "*", "{"):
        cursor.at += 1
        inside = cursor.until("}") if cursor.accept("{") else [cursor.take()]
        mark = "".join(t.value for t in inside if t.kind != "{")
    return Name(f"𝔹{letter}{mark}")


RULES: dict[str, Rule] = {
    **dict.fromkeys(_PREFIXES, _figure),
    "font": _font,
    "arrow": _arrow,
    "mathbb": _blackboard,
}
