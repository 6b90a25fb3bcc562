"""Words about an answer: the label before it, and the unit, condition or domain behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewardkit.answers.grammar.cursor import END, Cursor, Unreadable
from rewardkit.answers.grammar.powers import factor
from rewardkit.answers.grammar.products import is_relation
from rewardkit.answers.notation.tokens import Token, currency
from rewardkit.answers.tree import RELATIONS, Apply, Node, Text

__all__ = ["CONDITIONS", "ENDS", "is_tail", "label", "with_tail"]

CONDITIONS = frozenset(["for", "where", "when", "if", "with", "such", "as", "since", "because", "provided"])
ENDS = frozenset(
    [
        ",",
        ";",
        "and",
        "or",
        ")",
        "]",
        "rangle",
        "}",
        "\\}",
        "end",
        "&",
        "\\\\",
        END.kind,
        "rfloor",
        "rceil",
        ".",
        "over",
        "choose",
    ]
)
"""What ends an answer within a list or a bracket."""

_LABEL = frozenset(["word", "text", "num", "name", "func", "const", "_"])
_TAIL = frozenset(["text", "unit", "word", "(", "pmod", "...", "money"])
_UNIT = frozenset(["text", "word", "unit", "name", "const", "/", "^", "num", "*", "{", "}", "-", "deg", "func", "'", "%"])
_STATED = re.compile(r"\b(?:is|are|was|were|be|equals?|than|approximately|about|not|we|so)\b", re.IGNORECASE)
_TIGHT = re.compile(r"\s*([/^*{}])\s*")
MAX_LABEL = 8  # tokens
MAX_UNIT = 12  # tokens
MAX_WORDS = 5
MAX_WORD = 40  # characters


def label(cursor: Cursor) -> str | None:
    """The words that begin here when a colon, an equals sign or `is` follows, as in `Minimum: 1`; they are taken."""
    words: list[str] = []
    for position in range(cursor.at, min(cursor.at + MAX_LABEL, len(cursor.tokens))):
        token = cursor.tokens[position]
        if token.kind in (":", "=", "~"):
            if token.kind == ":" and (_STATED.search(" ".join(words)) or _parts_numbers(cursor, position)):
                return None  # "the ratio is 1:2" does not call 2 so, nor "it starts at 2:30" 30
            cursor.at = position + 1
            return " ".join(words)
        if token.kind in ("word", "text") and token.value.rstrip(" ").endswith((":", "=")):
            cursor.at = position + 1
            return " ".join([*words, token.value.strip(" :=")])
        if token.kind not in _LABEL:
            return None
        words.append(token.value)
    return None


def _parts_numbers(cursor: Cursor, colon: int) -> bool:
    """Whether a colon stands between digits without a space, as in a time or a ratio."""
    before, after = cursor.tokens[colon - 1], cursor.tokens[min(colon + 1, len(cursor.tokens) - 1)]
    return before.kind == after.kind == "num" and not after.spaced


def is_tail(token: Token) -> bool:
    """Whether a token behind an answer begins words about it, or a domain in brackets."""
    return token.kind in _TAIL or (token.kind == "name" and token.value == "forall")


def with_tail(cursor: Cursor, node: Node) -> Node:
    """The answer with the one unit, condition, modulus or domain that stands behind it."""
    kind = cursor.kind
    if kind == "pmod":
        cursor.at += 1
        closer = {"{": "}", "(": ")"}.get(cursor.kind)
        if closer is None:
            return Apply("modulo", (node, factor(cursor)))
        cursor.at += 1
        return Apply("modulo", (node, cursor.group(closer)))
    if kind == "(":
        cursor.at += 1
        if cursor.accept("mod"):
            return Apply("modulo", (node, cursor.group(")")))
        domain = cursor.group(")")
        if not is_relation(domain):
            raise Unreadable("a bracket behind an expression")
        return Apply("where", (node, domain))
    value = cursor.tokens[cursor.at].value
    if kind == "name" or value.split(" ")[0].strip("(,:").lower() in CONDITIONS:
        rest = cursor.tokens[cursor.at : -1]
        cursor.at += len(rest)
        return Apply("where", (node, Text(" ".join(token.value or token.kind for token in rest))))
    if kind == "...":
        raise Unreadable("dots behind an expression")
    if kind == "money":
        return Apply("quantity", (node, Text(currency(cursor.take()))))
    return _quantity(node, Text(_unit(cursor)))


def _quantity(node: Node, unit: Text) -> Node:
    """The node in a unit, which belongs to the right side of a relation."""
    if type(node) is Apply and node.head in RELATIONS and len(node.args) == 2:
        return Apply(node.head, (node.args[0], Apply("quantity", (node.args[1], unit))))
    return Apply("quantity", (node, unit))


def _unit(cursor: Cursor) -> str:
    """The words behind a value up to the next number, relation or end, with their signs as in `m/s^2`."""
    words: list[str] = []
    while not _ends_unit(cursor.kind, words):
        token = cursor.take()
        if token.kind not in _UNIT:
            raise Unreadable(f"{token.value!r} among words")
        if token.kind in ("word", "text") and (len(token.value) > MAX_WORD or _STATED.search(token.value)):
            raise Unreadable("prose")
        words.append(token.value or token.kind)
    text = _TIGHT.sub(r"\1", " ".join(words))
    if sum(word.isalpha() for word in text.split()) > MAX_WORDS:
        raise Unreadable("prose")
    return text


def _ends_unit(kind: str, words: Sequence[str]) -> bool:
    if kind in RELATIONS or len(words) >= MAX_UNIT:
        return True
    if kind in ENDS:
        return not (kind == "}" and words.count("{") > words.count("}"))
    return kind == "num" and not (words and words[-1] in ("^", "-", "{"))
