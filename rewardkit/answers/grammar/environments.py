r"""LaTeX environments: matrices, determinants, cases and alignments, from `\begin` to `\end`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewardkit.answers.grammar.cursor import END, Cursor, Rule, Unreadable
from rewardkit.answers.grammar.words import CONDITIONS
from rewardkit.answers.notation.tokens import Token
from rewardkit.answers.tree import RELATIONS, Apply, Name, Node, Text

__all__ = ["RULES"]

_OPEN = "an open environment"
# A condition that is one text as a whole: `\\text{if n is odd}`.
_STATED = re.compile(r"[A-Za-z]+ ([A-Za-z]) (?:is )?(?:an? )?([A-Za-z][A-Za-z -]{1,30})")


def _environment(cursor: Cursor, token: Token) -> Node:
    r"""A matrix, determinant, cases or alignment after `\begin`."""
    cursor.expect("{")
    name = "".join(part.value for part in cursor.until("}", _OPEN))
    if name == "array" and cursor.accept("{"):
        cursor.until("}", _OPEN)
    rows = _rows(cursor)
    if "matrix" in name or name == "array":
        if len({len(row) for row in rows}) > 1:
            raise Unreadable("a matrix with ragged rows")
        matrix = Apply("matrix", tuple(Apply("row", tuple(row)) for row in rows))
        return Apply("det", (matrix,)) if name == "vmatrix" else matrix
    if name not in ("cases", "dcases", "rcases"):
        return _flat([[_alignment(row)] for row in rows])
    if any(len(row) > 1 for row in rows):
        return Apply("cases", tuple(Apply("case", tuple(row)) for row in rows))
    return _flat(rows)


def _rows(cursor: Cursor) -> list[list[Node]]:
    rows: list[list[Node]] = [[]]
    while not cursor.accept("end"):
        if cursor.accept("\\\\"):
            rows.append([])
        elif cursor.accept("&") or cursor.accept(","):
            pass
        elif cursor.kind == END.kind:
            raise Unreadable(_OPEN)
        elif (cell := _cell(cursor)) is not None:
            rows[-1].append(cell)
    if cursor.accept("{"):
        cursor.until("}", _OPEN)
    kept = [row for row in rows if row]
    if not kept:
        raise Unreadable("an empty environment")
    return kept


def _cell(cursor: Cursor) -> Node | None:
    """An entry of a row, a relation sign at its start included; None for a word such as `if` that only leads to the next."""
    if cursor.kind in ("text", "word"):
        words = cursor.take().value
        if words.split(" ")[0].lower().strip(",") not in CONDITIONS:
            return Text(words.strip().lower())
        if (stated := _STATED.fullmatch(words.strip())) is not None:
            return Apply("quantity", (Name(stated[1]), Text(stated[2].lower())))
        return Text("otherwise") if cursor.kind in ("end", "\\\\") else None
    sign = cursor.take().kind if cursor.kind in RELATIONS else ""
    node = cursor.items()
    return Apply("chain", (Text(sign), node)) if sign else node


def _flat(rows: Sequence[Sequence[Node]]) -> Node:
    items = tuple(row[0] for row in rows)
    return items[0] if len(items) == 1 else Apply("list", items)


def _alignment(row: Sequence[Node]) -> Node:
    """A row of an alignment, where a relation may follow the `&`."""
    parts: list[Node] = []
    for cell in row:
        if type(cell) is Apply and cell.head == "chain" and type(cell.args[0]) is Text:
            parts += cell.args
        else:
            parts.append(cell)
    if len(parts) % 2 == 0 or any((type(part) is Text) != bool(at % 2) for at, part in enumerate(parts)):
        raise Unreadable("cells with no relation between them")
    if len(parts) == 3 and isinstance(parts[1], Text):
        return Apply(parts[1].words, (parts[0], parts[2]))
    return parts[0] if len(parts) == 1 else Apply("chain", tuple(parts))


RULES: dict[str, Rule] = {"begin": _environment}
