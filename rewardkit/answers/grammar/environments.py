r"""LaTeX environments: matrices, determinants, cases and alignments, from `\begin` to `\end`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rewardkit.answers.grammar.atoms import AtomParser
from rewardkit.answers.grammar.cursor import Unreadable
from rewardkit.answers.tree import RELATIONS, Apply, Name, Node, Text

__all__ = ["CONDITIONS", "RELATIONS", "EnvironmentParser"]

CONDITIONS = frozenset(["for", "where", "when", "if", "with", "such", "as", "since", "because", "provided"])
# A condition that is one text as a whole: `\\text{if n is odd}`.
_STATED = re.compile(r"[A-Za-z]+ ([A-Za-z]) (?:is )?(?:an? )?([A-Za-z][A-Za-z -]{1,30})")


class EnvironmentParser(AtomParser):
    """Adds environments to the grammar."""

    def alternatives(self) -> Node:
        """A list of items, which `latex` provides."""
        raise NotImplementedError

    def environment(self) -> Node:
        r"""A matrix, determinant, cases or alignment after `\begin`."""
        self.expect("{")
        name = ""
        while not self.accept("}"):
            token = self.take()
            if token.kind == "end of text":
                raise Unreadable("an open environment")
            name += token.value
        if name == "array" and self.accept("{"):
            while not self.accept("}"):
                if self.take().kind == "end of text":
                    raise Unreadable("an open environment")
        rows = self._rows()
        if "matrix" in name or name == "array":
            width = max(len(row) for row in rows)
            if any(len(row) != width for row in rows):
                raise Unreadable("a matrix with ragged rows")
            matrix = Apply("matrix", tuple(Apply("row", tuple(row)) for row in rows))
            return Apply("det", (matrix,)) if name == "vmatrix" else matrix
        if name in ("cases", "dcases", "rcases"):
            if any(len(row) > 1 for row in rows):
                return Apply("cases", tuple(Apply("case", tuple(row)) for row in rows))
            return _flat(rows)
        return _flat([[_alignment(row)] for row in rows])

    def _rows(self) -> list[list[Node]]:
        rows: list[list[Node]] = [[]]
        while self.kind != "end":
            if self.accept("\\\\"):
                rows.append([])
            elif self.accept("&") or self.accept(","):
                pass
            elif self.kind == "end of text":
                raise Unreadable("an open environment")
            else:
                if self.kind in ("text", "word") and self.tokens[self.at].value.split(" ")[0].lower().strip(",") in CONDITIONS:
                    stated = _STATED.fullmatch(self.take().value.strip())
                    if stated is not None:
                        rows[-1].append(Apply("quantity", (Name(stated[1]), Text(stated[2].lower()))))
                    elif self.kind in ("end", "\\\\"):
                        rows[-1].append(Text("otherwise"))
                    continue
                if self.kind in ("text", "word"):
                    rows[-1].append(Text(self.take().value.strip().lower()))
                    continue
                sign = self.take().kind if self.kind in RELATIONS else ""
                node = self.alternatives()
                rows[-1].append(Apply("chain", (Text(sign), node)) if sign else node)
        self.at += 1
        if self.accept("{"):
            while not self.accept("}"):
                if self.take().kind == "end of text":
                    raise Unreadable("an open environment")
        kept = [row for row in rows if row]
        if not kept:
            raise Unreadable("an empty environment")
        return kept


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
