"""Tables of HTML, every cell escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

__all__ = ["section"]


def section(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]], before: str = "") -> str:
    """A heading, what is drawn `before` the table, and the table; numbers stand to the right."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    table = f'<table class="plain"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f"<section><h2>{html.escape(title)}</h2>{before}{table}</section>\n"


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f'<td class="n">{value:,}</td>'
    text = html.escape(str(value if value is not None else ""))
    return f"<td>{text}</td>"
