"""The code of a completion: its last fenced block in the language, or all of it where it is nothing but code."""

from __future__ import annotations

import re

from rewardkit.extract import outside_think

__all__ = ["PYTHON", "SQL", "code_of"]

PYTHON = frozenset({"", "python", "python3", "py", "py3"})
SQL = frozenset({"", "sql", "sqlite", "sqlite3"})

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t]*([\w+#.-]*)")
_STARTS = {
    PYTHON: re.compile(
        r"^(?:(?:async )?def |class |import |from [\w.]+ import |print\(|for |while |with |[A-Za-z_][\w, ]*(?:\[.*?\])? ?=[^=])",
        re.MULTILINE,
    ),
    SQL: re.compile(r"^\s*(?:select|with|values)\b", re.IGNORECASE),
}


def code_of(text: str, languages: frozenset[str]) -> str:
    """The last closed block in one of the languages, or unnamed; without any fence the whole text, if it begins as code does.

    Empty where there is none. What stands in `<think>` is not looked at, and a block that was never closed was cut off.
    """
    visible = outside_think(text)
    blocks, fenced = _blocks(visible)
    if fenced:
        return next((code for language, code in reversed(blocks) if language.lower() in languages and code.strip()), "")
    _, tag, tagged = visible.rpartition("<answer>")
    visible = tagged.partition("</answer>")[0] if tag else visible
    return visible if _STARTS[languages].search(visible) else ""


def _blocks(text: str) -> tuple[list[tuple[str, str]], bool]:
    """The closed blocks with their languages, and whether there is a fence at all."""
    blocks: list[tuple[str, str]] = []
    mark, language, lines, fenced = "", "", list[str](), False
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        if not mark and fence:
            mark, language, lines, fenced = fence[1], fence[2], [], True
        elif mark and fence and fence[1].startswith(mark) and line.strip() == fence[1]:
            blocks.append((language, "\n".join(lines)))
            mark = ""
        elif mark:
            lines.append(line)
    return blocks, fenced
