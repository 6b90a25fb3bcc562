"""Tables in a text, in HTML or with Markdown's pipes, as trees; nothing is rendered, fetched or run."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from rewardkit.verifiers.table.tree import Node

__all__ = ["tables_in"]

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})((?:[^<>\"']|\"[^\"<>]{0,500}\"|'[^'<>]{0,500}'){0,1000})>")
_SPAN = re.compile(r"\b(col|row)span\s{0,9}=\s{0,9}[\"']?\s{0,9}(\d{1,6})", re.IGNORECASE)
_RULE = re.compile(r":?-+:?")
_PIPE = re.compile(r"(?<!\\)\|")
_SECTIONS = frozenset(["thead", "tbody", "tfoot"])
_CELLS = frozenset(["td", "th"])
_ENDING = _SECTIONS | _CELLS | {"tr"}
_DEEPEST = 100  # tags in one another whose ends are looked for
_VOID = frozenset(["br", "hr", "img", "input", "wbr"])


def tables_in(text: str, *, sections: bool) -> list[Node]:
    """The tables of a text that stand in no other: those in HTML, else those with pipes.

    `sections` keeps head, body and foot as nodes above their rows; without, rows stand in the table.
    """
    reader = _Reader(sections)
    text = _without_comments(text)
    at = 0
    for tag in _TAG.finditer(text):
        reader.text(text[at : tag.start()])
        reader.tag(tag[2].lower(), tag[1] == "/", tag[3])
        at = tag.end()
    reader.text(text[at:])
    reader.end()
    return reader.tables or list(_piped(text, sections))


def _without_comments(text: str) -> str:
    parts, at = [], 0
    while (begin := text.find("<!--", at)) >= 0:
        parts.append(text[at:begin])
        end = text.find("-->", begin)
        at = len(text) if end < 0 else end + 3
    return "".join([*parts, text[at:]])


class _Reader:
    """Builds tables from tags as they come; an end that is left out is where the next part begins, as in HTML."""

    def __init__(self, sections: bool) -> None:
        self.sections = sections
        self.tables: list[Node] = []
        self.table: Node | None = None
        self.section: Node | None = None
        self.row: Node | None = None
        self.spans: tuple[int, int] | None = None  # of the cell that is open
        self.content: list[str] = []
        self.inside: list[str] = []  # tags that are open in it

    def text(self, text: str) -> None:
        if self.spans is not None and text:
            self.content += html.unescape(text)

    def tag(self, name: str, closes: bool, attributes: str) -> None:
        if self.table is None:
            if name == "table" and not closes:
                self.table = self.section = Node("table")
        elif "table" in self.inside or (self.spans is not None and name not in _ENDING and (name != "table" or not closes)):
            self.inline(name, closes)
        elif name == "table" and closes:
            self.end()
        elif name in _SECTIONS:
            self.end_row()
            self.section = self.table
            if self.sections and not closes:
                self.section = Node(name)
                self.table.children.append(self.section)
        elif name == "tr":
            self.end_row()
            if not closes:
                self.begin_row()
        elif name in _CELLS:
            self.end_cell()
            if not closes:
                spans = {kind.lower(): int(number) for kind, number in _SPAN.findall(attributes)}
                self.spans = spans.get("col", 1), spans.get("row", 1)

    def inline(self, name: str, closes: bool) -> None:
        """A tag in a cell is a part of its content."""
        if name in _VOID:
            self.content += [f"<{name}>", f"</{name}>"]
        elif not closes:
            if len(self.inside) < _DEEPEST:
                self.inside.append(name)
            self.content.append(f"<{name}>")
        elif name in self.inside:
            while self.inside:
                last = self.inside.pop()
                self.content.append(f"</{last}>")
                if last == name:
                    break

    def begin_row(self) -> None:
        self.row = Node("tr")
        if self.section is not None:
            self.section.children.append(self.row)

    def end_cell(self) -> None:
        if self.spans is None:
            return
        self.content += [f"</{name}>" for name in reversed(self.inside)]
        if self.row is None:
            self.begin_row()
        if self.row is not None:
            self.row.children.append(Node("td", spans=self.spans, content=_tidy(self.content)))
        self.spans, self.content, self.inside = None, [], []

    def end_row(self) -> None:
        self.end_cell()
        self.row = None

    def end(self) -> None:
        self.end_row()
        if self.table is not None:
            self.tables.append(self.table)
        self.table = self.section = None


def _tidy(content: list[str]) -> tuple[str, ...]:
    """Characters and tags with one space for white space in a row, and none at the ends."""
    kept: list[str] = []
    for token in content:
        if not token.isspace():
            kept.append(token)
        elif kept and kept[-1] != " ":
            kept.append(" ")
    return tuple(kept[:-1] if kept and kept[-1] == " " else kept)


def _piped(text: str, sections: bool) -> Iterator[Node]:
    """Tables of Markdown: a line of heads, a line of rules, and lines of cells."""
    lines = text.split("\n")
    at = 1
    while at < len(lines):
        rules = _cells(lines[at])
        heads = _cells(lines[at - 1])
        at += 1
        if not rules or len(heads) != len(rules) or not all(map(_RULE.fullmatch, rules)):
            continue
        head, body = Node("thead"), Node("tbody")
        head.children.append(_row(heads))
        while at < len(lines) and (cells := _cells(lines[at])):
            body.children.append(_row((cells + [""] * len(heads))[: len(heads)]))
            at += 1
        parts = [part for part in (head, body) if part.children]
        yield Node("table", parts if sections else [row for part in parts for row in part.children])


def _cells(line: str) -> list[str]:
    """The cells of a line with pipes; nothing for any other line."""
    line = line.strip()
    if "|" not in line:
        return []
    cells = _PIPE.split(line)
    return [cell.strip().replace("\\|", "|") for cell in cells[line[0] == "|" : len(cells) - (len(cells) > 1 and not cells[-1])]]


def _row(cells: list[str]) -> Node:
    return Node("tr", [Node("td", content=_tidy(list(html.unescape(cell)))) for cell in cells])
