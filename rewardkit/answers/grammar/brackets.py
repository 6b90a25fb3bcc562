"""What stands in brackets and braces: parentheses, tuples, intervals, lists, sets and set builders."""

from __future__ import annotations

from rewardkit.answers.grammar.cursor import END, Cursor, Unreadable
from rewardkit.answers.grammar.powers import factor, postfixes
from rewardkit.answers.notation.tokens import Token
from rewardkit.answers.tree import Apply, Name, Node, Text

__all__ = ["bracket", "plain_braces", "written_braces"]


def bracket(cursor: Cursor, token: Token) -> Node:
    """A parenthesis, tuple, interval or list after its opening bracket."""
    opener = token.kind
    if opener != "]" and cursor.kind in (")", "]"):
        closer = cursor.take().kind
        return Apply("tuple" if closer == ")" else "span", ())
    node = cursor.items()
    closer = _closer(cursor, opener)
    many = type(node) is Apply and node.head == "list"
    items = node.args if many and type(node) is Apply else (node,)
    if opener == "(" and closer == ")":
        return Apply("tuple", items) if many else node
    if len(items) == 2:
        return Apply("span", (Text(("[" if opener == "[" else "(") + ("]" if closer == "]" else ")")), *items))
    if opener == "[" and closer == "]":
        tuple_inside = type(node) is Apply and node.head == "tuple"
        return Apply("tuple", items) if many or tuple_inside else node
    raise Unreadable("brackets that do not match")


def _closer(cursor: Cursor, opener: str) -> str:
    """The bracket that closes here, which is taken; the end of the text closes like its opener."""
    kind = cursor.kind
    if kind in (")", "]") or (opener == "]" and kind == "["):
        cursor.at += 1
        return kind
    if kind == END.kind and opener in ("(", "["):
        return {"(": ")", "[": "]"}[opener]
    if kind == "[":
        return kind  # another opens where this one should close
    raise Unreadable(f"{cursor.here()} where a bracket should close")


def plain_braces(cursor: Cursor, token: Token) -> Node:
    """The transparent group that braces are in LaTeX, unless they hold a list or a set builder, whose backslashes were lost."""
    if cursor.accept("}"):
        if cursor.kind in (END.kind, "cup", "cap"):
            return Apply("set")
        return postfixes(cursor, Name("")) if cursor.kind in ("^", "_") else cursor.atom()
    if (built := _builder(cursor, "}")) is not None:
        return built
    node = cursor.group("}")
    return Apply("braces", node.args) if type(node) is Apply and node.head == "list" else node


def written_braces(cursor: Cursor, token: Token) -> Node:
    """A set or a set builder."""
    if cursor.accept("\\}"):
        return Apply("set")
    if (built := _builder(cursor, "\\}")) is not None:
        return built
    node = cursor.items()
    if cursor.kind != END.kind:
        cursor.expect("\\}")
    return Apply("set", node.args if type(node) is Apply and node.head in ("list", "and") else (node,))


def _builder(cursor: Cursor, closer: str) -> Node | None:
    """A set builder, when one begins here; its closing brace is taken."""
    bars, cursor.bars = cursor.bars, 0
    variable = _variable(cursor)
    cursor.bars = bars
    if variable is None:
        return None
    cursor.at += 1
    condition = cursor.items()
    cursor.expect(closer)
    return Apply("setof", (variable[0], condition, *variable[1:]))


def _variable(cursor: Cursor) -> tuple[Node, ...] | None:
    """The variable of a set builder before its bar, a name or a tuple, and the set it is `in`; None without."""
    start = cursor.at
    try:
        if cursor.kind in ("name", "(", "const"):
            node = factor(cursor)
            members = (factor(cursor),) if cursor.accept("in") else ()
            if cursor.kind in ("|", "mid", ":") and (type(node) is Name or (type(node) is Apply and node.head == "tuple")):
                return (node, *members)
    except (Unreadable, IndexError):
        pass
    cursor.at = start
    return None
