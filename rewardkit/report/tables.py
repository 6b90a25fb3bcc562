"""Tables of HTML, every cell escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

__all__ = ["section"]


def section(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]], before: str = "") -> str:
    """A heading, what is drawn `before` the table, and the table; what is no text is a number, and kept on one line."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    table = f'<table class="plain"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f"<section><h2>{html.escape(title)}</h2>{before}{table}</section>\n"


def _cell(value: object) -> str:
    if value is None or isinstance(value, (str, bool)):
        return f"<td>{html.escape(str('' if value is None else value))}</td>"
    text = f"{value:,}" if isinstance(value, int) else f"{value:.3f}" if isinstance(value, float) else str(value)
    # An interval stands below its number, or seven of them would not fit beside each other.
    return f'<td class="n">{html.escape(text).replace(" [", "<br>[")}</td>'
